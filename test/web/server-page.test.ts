import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NOTHING, Refused } from './fake-api.ts';
import { ago, BAD_PROBE, DETAIL, latencyOf, PROBES, poolsOf, timelineOf, UI_DETAIL } from './fixtures.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

const plain = (words: string) => words.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');

test('the title says what is wrong, the layer lights where', async () => {
  stage.api.answer('GET /servers/:id', { ...DETAIL, open_incidents: ['i-1', 'i-2'] });
  const page = await stage.open('/servers/orders');
  await page.getByRole('heading', { name: 'Orders MCP', level: 1 }).waitFor();
  await page.getByText('Silent failure:').waitFor();
  await page.getByText('See the canary incident · latency incident').waitFor();
  await page
    .getByText('Others see: A ping: up, 200 in 84 ms. Handshake: ok. 14 tools: ok. Tool calls: fail.')
    .waitFor();
  const lights = await page.getByRole('list', { name: 'Layers' }).getByRole('listitem').allInnerTexts();
  expect(lights.map(plain)).toEqual([
    'protocol 84.3 ms',
    'canary isError',
    'health URL 503',
    'latency P95 1.24 s',
    'pool 10/10, 7 waiting',
    'tools 14, unchanged 9 d',
    'TLS 61 d',
  ]);
  expect(await page.title()).toBe('Orders MCP: down · AliveMCP');
});

test('words of the target are text, never markup', async () => {
  const page = await stage.open('/servers/orders');
  await page.getByText('timeout exceeded when trying to connect <script>alert(1)</script>').first().waitFor();
  expect(await page.locator('main script').count()).toBe(0);
});

test('the newest probe that failed is open, its failed step with its message', async () => {
  const page = await stage.open('/servers/orders');
  const newest = page.locator('.probes details').first();
  await newest.getByText('The health URL answered 503.').waitFor();
  expect(await newest.getAttribute('open')).not.toBeNull();
  const second = page.locator('.probes details').nth(1);
  expect(await second.getByText('tools/list').isVisible()).toBe(false);
  await second.locator('summary').click();
  await second.getByText('tools/list').waitFor();

  // A newer one comes: what is being read stays where it is, the same elements and open.
  await newest.evaluate((element) => element.setAttribute('data-seen', ''));
  const newer = { ...BAD_PROBE, id: 'p-10' };
  stage.api.answer('GET /servers/:id', { ...DETAIL, last_probe: newer });
  stage.api.answer('GET /servers/:id/probes', { items: [newer, ...PROBES], next: null });
  stage.api.push('server', { items: [DETAIL], removed: [] });
  await expect.poll(() => page.locator('.probes details').count()).toBe(PROBES.length + 1);
  const states = await page
    .locator('.probes details')
    .evaluateAll((all) => all.map((each) => each.hasAttribute('open')));
  expect(states.slice(0, 3)).toEqual([false, true, true]);
  expect(await page.locator('.probes details').nth(1).getAttribute('data-seen')).toBe('');
});

/** What was asked for the charts, as `latency window=7d`. */
function listenToCharts(): string[] {
  const asked: string[] = [];
  const listen = (what: string, answer: (query: URLSearchParams) => unknown) =>
    stage.api.answer(`GET /servers/:id/${what}`, ({ query }: { query: URLSearchParams }) => {
      asked.push(`${what} ${query}`);
      return answer(query);
    });
  listen('latency', (query) => latencyOf('orders', query));
  listen('pools', (query) => poolsOf(query));
  listen('timeline', timelineOf);
  return asked;
}

test('the charts are drawn for the window and the step in the address', async () => {
  const asked = listenToCharts();
  const page = await stage.open('/servers/orders?window=7d');
  const chart = page.getByRole('img', { name: 'Latency chart' });
  await chart.locator('canvas').waitFor();
  expect(asked.toSorted()).toEqual(['latency window=7d&step=initialize', 'pools window=7d', 'timeline window=7d']);
  await page.getByRole('button', { name: '1 y', exact: true }).click();
  await expect.poll(() => page.url()).toContain('window=365d');
  await expect.poll(() => asked.slice(3).toSorted()[0]).toBe('latency window=365d&step=initialize');
  const steps = page.getByRole('combobox', { name: 'Step' });
  expect(await steps.getByRole('option').allInnerTexts()).toEqual([
    'initialize',
    'connect',
    'tools/list',
    'canary',
    'health URL',
  ]);
  expect(await wordsOf(page.locator('.key.limit').first())).toBe('limit');
  await steps.selectOption('canary');
  await expect.poll(() => asked.at(-1)).toBe('latency window=365d&step=canary');
  expect(page.url()).toContain('step=canary');
  await page.getByRole('region', { name: 'Latency' }).locator('.key.limit').waitFor({ state: 'detached' });
  const slowest = page.getByRole('button', { name: 'slowest' });
  await slowest.click();
  expect(await slowest.getAttribute('aria-pressed')).toBe('false');
});

test('under the pointer the charts read out their figures, and the incident or deploy of that time', async () => {
  const page = await stage.open('/servers/orders');
  const over = page.locator('.u-over').first();
  const said = async (nth: number) => plain(await wordsOf(page.locator('.readout').nth(nth)));
  const { width = 0 } = (await over.boundingBox()) ?? {};
  await over.hover({ position: { x: width * 0.25, y: 60 } });
  await expect.poll(() => said(0)).toMatch(/P50 [\d.]+ ms P95 [\d.]+ ms slowest [\d.]+ ms latency incident .* to /);
  await expect.poll(() => said(1)).toMatch(/open \d+ idle \d+ in use \d+ waiting 0 latency incident/);
  await over.hover({ position: { x: width * 0.81, y: 60 } });
  await expect.poll(() => said(1)).toContain('deploy');
  expect(await said(0)).not.toContain('incident');
});

test('states, incidents and deploys stand along the same time', async () => {
  const page = await stage.open('/servers/orders');
  await page.getByRole('img', { name: /^States: up 13.h.55.min, not monitored 1.h.55.min, in maintenance/ }).waitFor();
  const titles = await page
    .locator('.ribbon i')
    .evaluateAll((pieces) => pieces.map((piece) => piece.getAttribute('title') ?? ''));
  expect(titles.map((title) => plain(title).replace(/ \d.*/, ''))).toEqual([
    'up',
    'not monitored',
    'up',
    'in maintenance',
    'up',
    'paused',
    'unknown',
    'needs credentials',
    'up',
    'degraded',
    'down',
  ]);
  const boxOf = async (place: string) => (await page.locator(place).first().boundingBox()) ?? { x: 0, width: 0 };
  const [ribbon, over] = [await boxOf('.ribbon'), await boxOf('.u-over')];
  expect([ribbon.x, ribbon.width]).toEqual([over.x, over.width]);
  const events = (await page.locator('.events li').allInnerTexts()).map(plain);
  expect(events).toEqual([
    expect.stringMatching(/^canary incident .* until now: The canary returned isError: true\.$/),
    expect.stringMatching(/^deploy .*: 2\.4\.0 → 2\.4\.1$/),
    expect.stringMatching(/^latency incident .* to .*: P95 of initialize is 812 ms/),
  ]);
  await page.getByRole('link', { name: /^canary incident/ }).click();
  await expect.poll(() => page.url()).toContain('/incidents/i-1');
});

test('a time is looked at closer by dragging over it or by buttons, kept in the address, and left again', async () => {
  const asked = listenToCharts();
  const page = await stage.open('/servers/orders?window=24h');
  const over = page.locator('.u-over').first();
  const length = async () => {
    const { searchParams } = new URL(page.url());
    return Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
  };
  const { x = 0, y = 0, width = 0 } = (await over.boundingBox()) ?? {};
  await page.mouse.move(x + width * 0.5, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + 60, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
  expect((await length()) / 3_600_000).toBeCloseTo(2.4, 1);
  const { search } = new URL(page.url());
  const span = search.replace('?', '').replace('window=24h&', '');
  await expect
    .poll(() => asked.filter((one) => one.includes(span)).toSorted())
    .toEqual([`latency ${span}&step=initialize`, `pools ${span}`, `timeline ${span}`]);
  await page.getByRole('button', { name: 'Zoom in' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await length()) / 3_600_000).toBeCloseTo(1.2, 1);
  const before = new URL(page.url()).searchParams.get('from');
  await page.getByRole('button', { name: 'Earlier' }).click();
  await expect.poll(() => String(new URL(page.url()).searchParams.get('from')) < String(before)).toBe(true);
  expect((await length()) / 3_600_000).toBeCloseTo(1.2, 1);
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await expect.poll(() => page.url()).not.toContain('from=');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
  await over.dblclick();
  await expect.poll(() => page.url()).not.toContain('from=');
});

describe('the pool', () => {
  test('has a gauge and a chart of the same window', async () => {
    const asked: string[] = [];
    stage.api.answer('GET /servers/:id/pools', ({ query }: { query: URLSearchParams }) => {
      asked.push(query.get('window') ?? '');
      return poolsOf(query);
    });
    const page = await stage.open('/servers/orders?window=7d');
    const panel = page.getByRole('region', { name: 'Connection pool' });
    await panel.getByText('10 of 10 connections in use, 7 waiting').waitFor();
    expect(await panel.locator('.gauge .used').getAttribute('width')).toBe('10');
    await panel
      .getByRole('img', { name: 'Pool chart: 10 of 10 connections in use, 7 waiting' })
      .locator('canvas')
      .waitFor();
    expect(await panel.locator('.key').allInnerTexts()).toEqual(['open', 'idle', 'in use', 'waiting', 'maximum']);
    expect(asked).toEqual(['7d']);
  });

  test('says when it will be exhausted at its present pace', async () => {
    const left = 14 * 60_000;
    const pool = { ...DETAIL.pools[0], used: 7, waiting: 0, exhausted_in_ms: left };
    stage.api.answer('GET /servers/:id', { ...DETAIL, pools: [pool] });
    stage.api.answer('GET /servers/:id/pools', poolsOf(new URLSearchParams('window=1h'), { leftMs: left }));
    const page = await stage.open('/servers/orders?window=1h');
    await page.getByText('7 of 10 connections in use, 0 waiting, exhausted in about 14 min at this pace').waitFor();
  });

  test('of several is the one that is chosen, kept in the address', async () => {
    const [pool] = DETAIL.pools;
    const two = ['primary', 'replica'];
    stage.api.answer('GET /servers/:id', {
      ...DETAIL,
      pools: two.map((name) => ({ ...pool, name, used: name.length })),
    });
    stage.api.answer('GET /servers/:id/pools', poolsOf(new URLSearchParams(), { names: two }));
    const page = await stage.open('/servers/orders?pool=replica');
    const used = page.locator('.gauge .used');
    await expect.poll(() => used.getAttribute('width')).toBe('7');
    await page.getByRole('button', { name: 'primary' }).click();
    await expect.poll(() => page.url()).toContain('pool=primary');
  });

  test('is no part of the page of a server that publishes none', async () => {
    stage.api.answer('GET /servers/:id', { ...DETAIL, pools: [], signals: { protocol: 'ok' } });
    const page = await stage.open('/servers/orders');
    await page.getByRole('img', { name: 'Latency chart' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Connection pool' }).count()).toBe(0);
  });
});

test('uptime has a bar for each day since the first known one', async () => {
  const page = await stage.open('/servers/orders');
  await expect.poll(() => page.locator('.bars g').count()).toBe(70);
  expect(plain((await page.locator('.bars g title').nth(40).textContent()) ?? '')).toMatch(
    /uptime 93.7 % \(down 1 h 30 min\)/,
  );
});

test('Probe now probes, says what came of it, and shows it', async () => {
  const page = await stage.open('/servers/orders');
  await page.getByRole('heading', { level: 1, name: 'Orders MCP' }).waitFor();
  stage.api.answer('GET /servers/:id', {
    ...DETAIL,
    name: 'Orders, probed again',
    last_probe: { ...BAD_PROBE, id: 'p-10' },
  });
  await page.getByRole('button', { name: 'Probe now' }).click();
  await page
    .getByRole('status')
    .getByText(/Probed: down, 10\.4.s in all\./)
    .waitFor();
  await page.getByRole('heading', { name: 'Orders, probed again' }).waitFor();
});

test('pausing becomes resuming', async () => {
  stage.api.answer('POST /servers/:id/pause', DETAIL);
  const page = await stage.open('/servers/orders');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  stage.api.answer('GET /servers/:id', {
    ...DETAIL,
    state: 'paused',
    paused: true,
    pause: { at: ago(0), until: null },
  });
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  expect(stage.api.changes.map(({ path, body }) => [path, body])).toEqual([['/servers/orders/pause', {}]]);
});

test('a pause may be for a time', async () => {
  stage.api.answer('POST /servers/:id/pause', DETAIL);
  const page = await stage.open('/servers/orders');
  await page.getByRole('button', { name: 'Pause' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause Orders MCP?' });
  await dialog.getByLabel('How long').selectOption('for 4 hours');
  const before = Date.now();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Orders MCP is paused.').waitFor();
  const [change] = stage.api.changes;
  expect(change?.body).toEqual({ until: expect.stringMatching(/^\d{4}-.*Z$/) });
  const hours = (Date.parse(JSON.stringify(change?.body).slice(10, 34)) - before) / 3_600_000;
  expect(hours).toBeGreaterThanOrEqual(4);
  expect(hours).toBeLessThan(4.1);
});

test('maintenance says until when', async () => {
  stage.api.answer('GET /servers/:id', { ...DETAIL, maintenance: true, maintenance_until: '2030-01-06T03:00:00.000Z' });
  const page = await stage.open('/servers/orders');
  await expect
    .poll(async () => plain(await wordsOf(page.locator('.flag'))))
    .toBe('in maintenance until 6 Jan 2030 04:00');
});

test('deleting names what goes with it, and only then deletes', async () => {
  stage.api.answer('DELETE /servers/:id', NOTHING);
  const page = await stage.open('/servers/billing');
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Billing?' });
  await dialog.getByText(/all probes, latency and uptime figures, and its incidents/).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(stage.api.changes).toEqual([]);
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete server and history' }).click();
  await page.getByRole('heading', { name: 'Servers' }).waitFor({ state: 'attached' });
  expect(stage.api.changes.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /servers/billing']);
});

test('a server of the file cannot be deleted here; its entry is shown with file and line, to copy', async () => {
  const page = await stage.open('/servers/orders?tab=settings');
  await page.getByText('config.yaml:31').waitFor();
  expect(await wordsOf(page.getByRole('region', { name: 'YAML of Orders MCP' }))).toContain(
    'headers: { X-Api-Key: "${ORDERS_HEADERS_X_API_KEY}" }',
  );
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Show entry' }).click();
  await page.getByRole('heading', { name: 'Orders MCP as configured' }).waitFor();
});

test('tabs answer to arrow keys and stay in the address', async () => {
  const page = await stage.open('/servers/orders');
  await page.getByRole('tab', { name: 'Probes' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tabpanel').getByText('could not be reached').waitFor();
  expect(page.url()).toContain('tab=incidents');
  expect(await page.getByRole('tab', { name: 'Incidents' }).getAttribute('aria-selected')).toBe('true');
});

test('an event about this server renews the page, one about another does not', async () => {
  let reads = 0;
  stage.api.answer('GET /servers/:id', () => {
    reads += 1;
    return reads === 1 ? UI_DETAIL : { ...UI_DETAIL, sentence: 'Billing is renewed.' };
  });
  const page = await stage.open('/servers/billing');
  await page.getByRole('heading', { name: 'Billing', level: 1 }).waitFor();
  stage.api.push('server', { items: [{ ...UI_DETAIL, id: 'files' }], removed: [] });
  stage.api.push('server', { items: [UI_DETAIL], removed: [] });
  await page.getByText('Billing is renewed.').waitFor();
  expect(reads).toBe(2);
});

test('a server that is not there is said, with the way back', async () => {
  const page = await stage.open('/servers/none');
  await page.getByRole('alert').getByText('There is no server with this id.').waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Servers' }).click();
  await page.getByRole('heading', { name: 'Broken now' }).waitFor();
});

test('figures that cannot be renewed stay, with the reason and a Retry', async () => {
  const page = await stage.open('/servers/billing');
  await page.getByRole('heading', { name: 'Billing', level: 1 }).waitFor();
  stage.api.answer(
    'GET /servers/:id',
    new Refused(500, { detail: 'The store could not be read: disk I/O error. Look at the log.' }),
  );
  stage.api.push('server', { items: [UI_DETAIL], removed: [] });
  await page.getByRole('alert').getByText('disk I/O error').waitFor();
  await page.getByRole('heading', { name: 'Billing', level: 1 }).waitFor();
});
