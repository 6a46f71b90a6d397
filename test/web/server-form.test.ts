import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readPasted } from '../../src/config/pasted.ts';
import { type Asked, Refused, Streamed } from './fake-api.ts';
import { DETAIL, probe, steps, UI_DETAIL } from './fixtures.ts';
import { TOOLS } from './fixtures-tools.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

const TICKED = steps().map((step) => ['step', step] as const);

test('a URL is enough: tested step by step, then saved', async () => {
  stage.api.answer(
    'POST /probe',
    new Streamed([...TICKED, ['probe', { ...probe('x', Date.now()), tools: TOOLS.items }]]),
  );
  stage.api.answer('POST /servers', UI_DETAIL);
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Test' }).click();
  const checks = page.getByRole('region', { name: 'Test' });
  await checks.getByText('It is up.').waitFor();
  expect(await checks.getByRole('listitem').count()).toBe(9);
  expect(await wordsOf(checks)).toMatch(/initialize\s+84\.3 ms.*14 tools · orders 2\.4\.1/s);
  await page.getByRole('button', { name: 'Call health_check' }).click();
  expect(await page.getByLabel('Tool', { exact: true }).inputValue()).toBe('health_check');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByRole('heading', { name: 'Billing', exact: true, level: 1 }).waitFor();
  expect(stage.api.changes.map(({ path, body }) => ({ path, body }))).toEqual([
    { path: '/probe', body: { id: 'billing-example-com', url: 'https://billing.example.com/mcp' } },
    {
      path: '/servers',
      body: { id: 'billing-example-com', url: 'https://billing.example.com/mcp', canary: { tool: 'health_check' } },
    },
  ]);
});

test('a test that fails says at which step and why', async () => {
  const refused = { code: 'tcp_refused', message: 'Nothing listens on that port.' };
  const bad = probe('x', Date.now(), {
    state: 'down',
    reason: { ...refused, layer: 'transport', step: 'connect' },
    tool_count: null,
    server_info: null,
    protocol_version: null,
    also_speaks: [],
    steps: steps({ connect: { status: 'failed', ms: 1, error: refused }, initialize: { status: 'skipped', ms: null } }),
  });
  stage.api.answer('POST /probe', new Streamed([['probe', bad]]));
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Test' }).click();
  const checks = page.getByRole('region', { name: 'Test' });
  await checks
    .getByRole('listitem')
    .filter({ hasText: 'connect' })
    .getByText('Nothing listens on that port.')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Save and watch' }).isEnabled()).toBe(true);
});

test('a test that ends without a probe says why', async () => {
  const [first] = TICKED;
  const why = 'The probe was given up: AliveMCP is ending.';
  stage.api.answer(
    'POST /probe',
    new Streamed([...(first === undefined ? [] : [first]), ['problem', { detail: why }]]),
  );
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText(`The test could not be run. ${why}`).waitFor();
});

test('a tool that was found is picked, its arguments asked for one by one', async () => {
  stage.api.answer('POST /probe', new Streamed([['probe', { ...probe('x', Date.now()), tools: TOOLS.items }]]));
  stage.api.answer('POST /servers', UI_DETAIL);
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('button', { name: 'Call health_check' }).click();
  const tool = page.getByLabel('Tool', { exact: true });
  await tool.fill('search');
  await page.getByText('Finds orders <script>alert(1)</script>').waitFor();
  const offered = `[...document.getElementById(${JSON.stringify(await tool.getAttribute('list'))}).options].map((one) => one.value)`;
  expect(await page.evaluate(offered)).toEqual(['search', 'health_check']);
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByText('The tool needs this.').waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('field-canary-arguments-city');
  await page.getByLabel('city (needed)').fill('Oslo "north"');
  expect(JSON.parse(await page.getByLabel('Arguments (JSON)').inputValue())).toEqual({ city: 'Oslo "north"' });
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await expect
    .poll(() => stage.api.changes.at(-1)?.body)
    .toMatchObject({
      canary: { tool: 'search', arguments: { city: 'Oslo "north"' } },
    });
});

test('a duplicate starts like the other, but for its id and its secrets', async () => {
  stage.api.answer('GET /servers/:id', {
    ...DETAIL,
    config: {
      id: 'orders',
      name: 'Orders',
      url: 'https://o.example/mcp',
      auth: { type: 'bearer', token: { set: true } },
      timeout: '5s',
    },
  });
  stage.api.answer('POST /servers', UI_DETAIL);
  const page = await stage.open('/servers/orders');
  await page.getByRole('link', { name: 'Duplicate' }).click();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Orders copy');
  await page.getByLabel('Token').fill('another');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await expect
    .poll(() => stage.api.changes.at(-1)?.body)
    .toEqual({
      id: 'orders-copy',
      name: 'Orders copy',
      url: 'https://o.example/mcp',
      auth: { type: 'bearer', token: 'another' },
      timeout: '5s',
    });
});

test('mistakes are said at their fields, the first one focused; others above the form', async () => {
  const errors = [
    { path: 'interval', message: 'expected a duration such as `60s`' },
    { path: 'alerts.latency', message: 'expected a list' },
  ];
  stage.api.answer('POST /servers', new Refused(422, { detail: 'The body cannot be used.', errors }));
  const page = await stage.open('/servers/new');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  const url = page.getByLabel('MCP server');
  expect(await url.getAttribute('aria-invalid')).toBe('true');
  expect(stage.api.changes).toEqual([]);
  await url.fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByRole('alert').getByText('alerts.latency expected a list').waitFor();
  const interval = page.getByLabel('Interval');
  await expect.poll(() => interval.getAttribute('aria-invalid')).toBe('true');
  expect(await page.evaluate('document.activeElement.id')).toBe('field-interval');
  expect(await wordsOf(page.locator('#field-interval-error'))).toBe('Expected a duration such as 60s');
});

test('an id that is taken is said in the words of the monitor', async () => {
  stage.api.answer(
    'POST /servers',
    new Refused(409, { detail: 'The id “billing” is taken (config.yaml:31). Choose another one.' }),
  );
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByRole('alert').getByText('config.yaml:31').waitFor();
});

/** As a person does it: copied from elsewhere, put in where the cursor is. */
async function paste(page: Page, into: Locator, text: string): Promise<void> {
  await page.evaluate(`(() => {
    const from = document.body.appendChild(document.createElement('textarea'));
    from.value = ${JSON.stringify(text)};
    from.select();
  })()`);
  await page.keyboard.press('Control+c');
  await page.evaluate("document.body.querySelector(':scope > textarea').remove()");
  await into.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+v');
}

/** The real reader behind the fake API. */
function readsPasted(): void {
  stage.api.answer('POST /entries/read', ({ body }: Asked) => {
    const pasted = readPasted(Object(body).text);
    return pasted.ok ? { items: pasted.servers } : new Refused(422, { detail: pasted.message });
  });
}

test('a pasted mcp.json fills the form; of its commands there is the YAML', async () => {
  readsPasted();
  const page = await stage.open('/servers/new');
  const field = page.getByLabel('MCP server');
  await paste(
    page,
    field,
    '{\n"mcpServers":{"orders":{"url":"https://o.example/mcp","headers":{"X-Key":"k"}},"files":{"command":"npx","args":["-y","files"],"env":{"TOKEN":"t"}}}\n}',
  );
  await expect.poll(() => field.inputValue()).toBe('https://o.example/mcp');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('orders');
  const yaml = () => wordsOf(page.getByRole('region', { name: 'YAML of this server' }));
  expect(await yaml()).toContain('headers: { X-Key: "${ORDERS_HEADERS_X_KEY}" }');
  await page.getByRole('button', { name: 'files: a command, for the file only' }).click();
  await expect.poll(yaml).toContain('command: [npx, "-y", files] env: { TOKEN: "${FILES_ENV_TOKEN}" }');
  expect(await yaml()).not.toMatch(/url:|headers:/);
  await field.fill('uvx mcp-server-fetch --all');
  await field.blur();
  await expect
    .poll(yaml)
    .toBe('- id: mcp-server-fetch name: mcp-server-fetch command: [uvx, mcp-server-fetch, "--all"]');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByText('A command is for the file only.').waitFor();
});

test('pasted YAML fills the form; where it cannot be read it stays, with a sentence that names the line', async () => {
  readsPasted();
  stage.api.answer('POST /servers', UI_DETAIL);
  const page = await stage.open('/servers/new');
  const field = page.getByLabel('MCP server');
  const wrong = 'servers:\n  - id: orders\n    url: https://o.example/mcp\n   interval: 30s';
  await paste(page, field, wrong);
  await expect.poll(() => wordsOf(page.locator('#field-url-error'))).toMatch(/^Line 4: a bracket, a comma/);
  expect(await field.inputValue()).toBe(wrong);
  expect(await wordsOf(page.getByRole('region', { name: 'YAML of this server' }))).not.toContain('o.example');
  expect(await page.evaluate('document.activeElement.id')).toBe('field-url');
  const rest =
    'cron: "*/5 * * * *"\n    auth: { type: bearer, token: "${TOKEN}" }\n    health_url: https://o.example/ready\n    tags: [prod, eu]\n    canary: [{ tool: ping }]';
  await field.fill(wrong.replace('   interval: 30s', `    ${rest}`));
  await field.blur();
  await page.getByText('${TOKEN} works in the configuration file only.').waitFor();
  expect(await field.inputValue()).toBe('https://o.example/mcp');
  await page.getByLabel('Token').fill('s3cret');
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await expect
    .poll(() => stage.api.changes.at(-1)?.body)
    .toEqual({
      id: 'orders',
      url: 'https://o.example/mcp',
      cron: '*/5 * * * *',
      auth: { type: 'bearer', token: 's3cret' },
      health_url: 'https://o.example/ready',
      tags: ['prod', 'eu'],
      canary: { tool: 'ping' },
    });
});

test('stored secrets are shown as set, kept when left alone, and sent when replaced', async () => {
  stage.api.answer('PATCH /servers/:id', UI_DETAIL);
  const page = await stage.open('/servers/billing/edit');
  await page.getByText('set, not shown').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Billing EU');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Billing', exact: true, level: 1 }).waitFor();
  await page.goto(`${stage.api.url}/servers/billing/edit`);
  await page.getByRole('button', { name: 'Replace Token' }).click();
  await page.getByLabel('Token').fill('new-token');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Billing', exact: true, level: 1 }).waitFor();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([{ name: 'Billing EU' }, { auth: { token: 'new-token' } }]);
});

test('a test while editing sends what changed under the id, so that the stored secrets are used', async () => {
  stage.api.answer('POST /probe', new Streamed([['probe', { ...probe('x', Date.now()), tools: TOOLS.items }]]));
  const page = await stage.open('/servers/billing/edit');
  await page.getByLabel('MCP server').fill('https://eu.example.com/mcp');
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText('It is up.').waitFor();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([{ id: 'billing', url: 'https://eu.example.com/mcp' }]);
});

test('what is not saved is not lost by a click', async () => {
  const page = await stage.open('/servers/new');
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  const nav = page.getByRole('navigation', { name: 'Pages' });
  await nav.getByRole('link', { name: 'Monitor' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click();
  expect(await page.getByLabel('MCP server').inputValue()).toBe('https://billing.example.com/mcp');
  await nav.getByRole('link', { name: 'Monitor' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Monitor', level: 1 }).waitFor();
});

test('the back button asks, too', async () => {
  const page = await stage.open('/monitor');
  await page.getByRole('link', { name: 'Servers' }).first().click();
  await page.getByRole('link', { name: 'Add server' }).click();
  await page.getByLabel('MCP server').fill('https://billing.example.com/mcp');
  await page.evaluate('history.back()');
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click();
  expect(page.url()).toContain('/servers/new');
  await page.evaluate('history.back()');
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Broken now' }).waitFor();
});
