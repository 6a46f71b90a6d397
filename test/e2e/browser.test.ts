import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace, type Program } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { type Moody, startMoody, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';
import { openBrowser } from '../web/browser.ts';

const NAME = 'Orders <img src=x onerror="window.wasRun=1">';
const SAID = '<script>window.wasRun=2</script><b onclick="window.wasRun=3">the pool is dry</b>';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Scene {
  readonly page: Page;
  readonly program: Program;
  readonly target: Moody;
  /** Errors in the console, exceptions and breaches of the page's own policy. */
  readonly problems: readonly string[];
}

/** A fresh monitor that looks each second, its page open in a browser. */
async function scene(): Promise<Scene> {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
  });
  const program = await here.serve();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  onTestFinished(() => context.close());
  const problems: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} ${message.location().url}`.trim());
  });
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('breach of', event.violatedDirective, event.blockedURI));`,
  );
  const startedAt = performance.now();
  await page.goto(program.url);
  await page.getByRole('heading', { name: 'Add your first server' }).waitFor();
  console.info(
    `page on screen ${Math.round(performance.now() - startedAt)} ms after it was asked for, ${Math.round(performance.now() - program.startedAt)} ms after the start of the process`,
  );
  return { page, program, target, problems };
}

test('a newcomer adds a server, sees it break and recover, pauses it, is told by a webhook, and deletes it', {
  timeout: 120_000,
}, async () => {
  const { page, program, target, problems } = await scene();
  const api = openApi(program.url);
  const menu = page.getByRole('navigation', { name: 'Pages' });

  await page.getByRole('main').getByRole('link', { name: 'Add server' }).click();
  await page.getByLabel('MCP server').fill(target.url());
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('region', { name: 'Test' }).getByText('It is up.').waitFor();
  await page.getByRole('button', { name: 'Call health_check' }).click();
  await page.getByLabel('Name', { exact: true }).fill(NAME);
  await page.getByRole('button', { name: 'Save and watch' }).click();
  await page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
  const [added] = await api.servers();
  const id = added?.id ?? '';
  expect(await api.server(id)).toMatchObject({
    source: 'ui',
    config: { url: target.url(), canary: { tool: 'health_check' } },
  });

  await menu.getByRole('link', { name: 'Servers' }).click();
  const row = page.getByRole('row', { name: NAME });
  await row.getByRole('img', { name: 'up', exact: true }).waitFor();
  await page.evaluate('window.isSamePage = true');
  target.become({ kind: 'tool_error', text: SAID });
  await row.getByRole('img', { name: 'down', exact: true }).waitFor();
  expect(await page.evaluate('window.isSamePage')).toBe(true);

  const band = page.getByRole('region', { name: 'Broken now' });
  await band.getByRole('link', { name: /^Incident of/ }).click();
  await page.getByRole('heading', { name: /answers, but its tool calls fail/, level: 1 }).waitFor();
  await page.getByText(SAID).first().waitFor();
  await page.getByLabel('Note (optional)').fill('I look at it');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('“I look at it”').waitFor();
  expect(await api.incidents()).toMatchObject([
    { state: 'open', signal: 'canary', acknowledged: { note: 'I look at it' } },
  ]);
  await page.getByText(/Mail: DOWN/).click();
  await page.frameLocator('iframe').getByText('answers, but its tool calls fail.').first().waitFor();

  target.become(WELL);
  await api.becomes(id, 'up');
  await menu.getByRole('link', { name: 'Servers' }).click();
  await row.getByRole('img', { name: 'up', exact: true }).waitFor();
  await row.getByRole('link', { name: NAME }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  expect(await api.server(id)).toMatchObject({ paused: true, state: 'paused' });
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  const before = (await api.probes(id)).length;
  await api.probed(id, before + 1);

  const receiver = await startReceiver();
  onTestFinished(receiver.close);
  await menu.getByRole('link', { name: 'Channels' }).click();
  // Where there are none, the button beside the title makes room for the one that is explained.
  await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor();
  await page.getByRole('link', { name: 'Add channel' }).click();
  await page.getByLabel('Kind').selectOption('webhook');
  await page.getByLabel('Id', { exact: true }).fill('pager');
  await page.getByLabel('URL').fill(receiver.url);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText(/Accepted: answered 204/).waitFor();
  expect(receiver.posts.map(({ body }) => JSON.parse(body).event)).toEqual(['test']);

  await page.goto(`${program.url}/servers/${id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await api.servers()).toHaveLength(1);
  await page.getByRole('button', { name: 'Delete' }).click();
  expect(problems).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete server and history' }).click();
  await page.getByRole('heading', { name: 'Add your first server' }).waitFor();
  expect(await api.servers()).toEqual([]);

  expect(await page.evaluate('window.wasRun')).toBeUndefined();
  // What the page was asking of the server while it was deleted finds nothing any more; anything else is a fault.
  const isLate = (problem: string) => problem.includes('status of 404') && problem.includes(`/api/v1/servers/${id}`);
  expect(problems.filter((problem) => !isLate(problem))).toEqual([]);
});

test('what targets and people write is text on every page, and no script of it runs', {
  timeout: 120_000,
}, async () => {
  const { page, program, target, problems } = await scene();
  const api = openApi(program.url);
  await api.addServer({
    id: 'orders',
    name: NAME,
    url: target.url(),
    canary: { tool: 'health_check' },
    tags: ['<i>tag</i>'],
  });
  await api.becomes('orders', 'up');
  target.become({ kind: 'tool_error', text: SAID });
  const incident = await until(async () => (await api.incidents())[0], { what: 'an incident' });
  const paths = [
    '/',
    '/servers/orders',
    '/servers/orders/edit',
    '/incidents',
    `/incidents/${incident.id}`,
    '/channels',
    '/monitor',
  ];
  for (const path of paths) {
    await page.goto(program.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    if (path !== '/channels' && path !== '/monitor')
      await page.getByText('Orders <img src=x').first().waitFor({ state: 'attached' });
    expect(await page.locator('main script, main img[onerror], main b[onclick]').count(), path).toBe(0);
    expect(await page.evaluate('window.wasRun'), path).toBeUndefined();
  }
  expect(problems).toEqual([]);

  // Were there a hole, the page's policy would still hold.
  await page.evaluate(
    `{ const script = document.createElement('script'); script.textContent = 'window.wasRun = 4'; document.body.append(script); }`,
  );
  await until(() => problems.some((problem) => problem.startsWith('breach of script-src')), {
    what: 'the breach is seen',
  });
  expect(await page.evaluate('window.wasRun')).toBeUndefined();
});
