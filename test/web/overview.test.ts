import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isBroken } from '../../web/overview/filters.ts';
import { SMUGGLED } from '../fixtures/smuggled.ts';
import { Refused } from './fake-api.ts';
import {
  ago,
  BAD_PROBE,
  CHANNELS,
  DETAIL,
  INCIDENT,
  INCIDENT_DETAIL,
  ORDERS,
  ROWS,
  row,
  SUMMARY,
  UI_DETAIL,
} from './fixtures.ts';
import { TOOLS } from './fixtures-tools.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

test('what is broken stands first: sentence, since when, and a way to say that someone is on it', async () => {
  stage.api.answer('POST /incidents/:id/acknowledge', { ...INCIDENT, acknowledged: { at: ago(0), note: null } });
  const page = await stage.open('/');
  const band = page.getByRole('region', { name: 'Broken now' });
  const first = band.getByRole('listitem').first();
  await expect
    .poll(() => wordsOf(first))
    .toMatch(/Orders MCP answers, but its tool calls fail.*since \d\d:\d\d · 14 min/s);
  expect(await first.getByRole('link', { name: 'Orders MCP', exact: true }).getAttribute('href')).toBe(
    '/servers/orders',
  );
  await first.getByRole('button', { name: 'Ack Orders MCP' }).click();
  await first.getByText('acknowledged').waitFor();
  expect(stage.api.changes.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /incidents/i-1/acknowledge']);
});

test('every server has a row: state, reason, latency, canary, pool, uptime', async () => {
  const page = await stage.open('/');
  await page.getByRole('link', { name: 'Orders MCP' }).first().waitFor();
  const cells = page.getByRole('row', { name: /Orders MCP/ });
  await cells.getByRole('img', { name: 'down', exact: true }).waitFor();
  await cells.getByRole('img', { name: 'canary failing' }).waitFor();
  await cells.getByRole('img', { name: /Last 24 h: 21.5 h up, 1.5 h degraded, 1 h down/ }).waitFor();
  await cells.getByTitle('Slower in the last hour than in the day before it').waitFor();
  expect(await wordsOf(cells)).toMatch(/1\.24 s.*7 waiting.*99\.91 %/s);
  expect(await page.getByRole('row').count()).toBe(ROWS.length + 1);
  expect((await wordsOf(page.getByRole('row', { name: /^unknown Fresh/ }))).match(/–/g)?.length).toBe(5);
});

test('filters and search live in the address and survive a reload', async () => {
  const page = await stage.open('/');
  await page.getByRole('link', { name: /^broken/ }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(4);
  await page.keyboard.press('/');
  await page.keyboard.type('slowly');
  await expect.poll(() => page.url()).toContain('/?state=broken&q=slowly');
  await page.reload();
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  await page.getByRole('searchbox').fill('no such server');
  await page.getByText('No server matches').waitFor();
  await page.getByRole('link', { name: 'Show all 9' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(10);
});

test('arrows lead from server to server, and ? says which keys there are', async () => {
  const page = await stage.open('/?sort=name');
  await page.getByRole('row', { name: /Orders MCP/ }).waitFor();
  const focused = () => page.evaluate('document.activeElement.textContent');
  await page.keyboard.press('ArrowDown');
  const first = await focused();
  await page.keyboard.press('ArrowDown');
  expect(await focused()).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe(first);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByRole('button', { name: 'Close' }).click();
});

test('servers stand in groups by their first tag', async () => {
  const page = await stage.open('/?sort=tag');
  await page.getByRole('rowheader', { name: 'without a tag' }).waitFor();
  const groups = await page.locator('tr.group').allInnerTexts();
  expect(groups).toEqual([...new Set(groups)]);
  expect(groups.length).toBeGreaterThan(2);
});

test('what the filters show is paused, resumed or tagged at once; what refused is said', async () => {
  stage.api.answer('POST /servers/:id/pause', UI_DETAIL);
  stage.api.answer('PATCH /servers/:id', new Refused(409, { detail: 'It comes from the file config.yaml.' }));
  const page = await stage.open('/?state=broken');
  const all = page.getByRole('combobox', { name: /^With the 3 servers shown/ });
  await all.selectOption('pause');
  await page.getByRole('button', { name: 'Pause 3 servers' }).click();
  await page.getByText('Pause: 3 of 3 servers done.').waitFor();
  await all.selectOption('tag');
  await page.getByLabel('Tag', { exact: true }).fill('night');
  await page.getByRole('button', { name: 'Tag 3 servers' }).click();
  await page.getByText('Tag: 0 of 3 servers done. It comes from the file config.yaml.').waitFor();
  const tags = stage.api.changes.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
  expect(tags).toEqual(ROWS.filter(isBroken).map((row) => ({ tags: [...row.tags, 'night'] })));
});

test('a count leads to the servers it counts', async () => {
  const page = await stage.open('/');
  await page.getByRole('link', { name: '1 down' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  expect(page.url()).toContain('state=down');
});

test('rows follow events, and keep their places while the pointer is among them', async () => {
  const page = await stage.open('/');
  const names = page.locator('tbody th a');
  await expect.poll(() => wordsOf(names.first())).toBe('Orders MCP');
  await page.getByRole('link', { name: 'Search', exact: true }).last().hover();
  stage.api.push('server', {
    items: [row('weather', 'Weather', { state: 'down', sentence: 'Weather cannot be reached.' })],
    removed: ['docs'],
  });
  await page.getByText('cannot be reached').waitFor();
  expect(await wordsOf(names.last())).toBe('Weather');
  await page.getByRole('link', { name: 'AliveMCP' }).hover();
  await expect.poll(() => wordsOf(names.nth(1))).toBe('Weather');
  expect(await page.getByRole('link', { name: 'Docs' }).count()).toBe(0);
  await page.getByRole('link', { name: '2 down' }).waitFor();
});

test('an incident that opens appears in the band, one that ends leaves it', async () => {
  const page = await stage.open('/');
  const band = page.getByRole('region', { name: 'Broken now' });
  await band.waitFor();
  stage.api.push('incident', {
    ...INCIDENT,
    id: 'i-9',
    server: { id: 'files', name: 'Files' },
    sentence: 'Files cannot be reached.',
  });
  await band.getByRole('link', { name: 'Files', exact: true }).waitFor();
  stage.api.push('incident', {
    ...INCIDENT,
    id: 'i-9',
    server: { id: 'files', name: 'Files' },
    state: 'resolved',
    resolved_at: ago(0),
  });
  await expect.poll(() => band.getByRole('link', { name: 'Files', exact: true }).count()).toBe(0);
});

test('a lost connection says since when and what is shown, and heals by reading everything again', async () => {
  const page = await stage.open('/');
  await page.getByRole('link', { name: 'Files' }).waitFor();
  stage.api.cut();
  await page.getByText(/Connection lost .* showing \d\d:\d\d:\d\d/).waitFor();
  stage.api.answer('GET /servers', { items: [{ ...ORDERS, name: 'Orders renamed' }], next: null });
  stage.api.restore();
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByRole('link', { name: 'Orders renamed' }).waitFor();
  expect(await page.getByText('Connection lost').count()).toBe(0);
});

test('of a thousand servers only those near the window are drawn, the others as one scrolls to them', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => row(`s${index}`, `Server ${String(index).padStart(3, '0')}`));
  stage.api.answer('GET /servers', { items: many, next: null });
  const page = await stage.open('/');
  await page.getByRole('link', { name: 'Server 000' }).waitFor();
  expect(await page.getByRole('row').count()).toBeLessThan(320);
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  await page.getByRole('link', { name: 'Server 999' }).waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBeLessThan(320);
  await page.getByRole('searchbox').fill('Server 501');
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
});

test('while the list is being read its shape is shown, after a moment', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  stage.api.answer('GET /servers', () => held);
  const page = await stage.open('/');
  await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor();
  await expect.poll(() => stage.api.streams()).toBe(1);
  // What happens meanwhile is newer than the list that is on its way.
  stage.api.push('server', { items: [row('files', 'Files', { state: 'paused' })], removed: ['docs'] });
  answer({ items: ROWS, next: null });
  await page.getByRole('row', { name: /^paused Files/ }).waitFor();
  expect(await page.getByRole('link', { name: 'Docs' }).count()).toBe(0);
});

test('with no server there are two ways on: add one, or watch the demo', async () => {
  stage.api.answer('GET /servers', { items: [], next: null });
  const page = await stage.open('/');
  await page.getByRole('heading', { name: 'Add your first server' }).waitFor();
  await page.getByText('node dist/main.js demo').waitFor();
  expect(await page.getByRole('link', { name: 'Add server' }).getAttribute('href')).toBe('/servers/new');
});

test('a list that cannot be read says why, and Retry reads it', async () => {
  stage.api.answer(
    'GET /servers',
    new Refused(503, { detail: 'The store is locked by another process. Stop it, then retry.' }),
  );
  const page = await stage.open('/');
  await page.getByRole('alert').getByText('The store is locked by another process. Stop it, then retry.').waitFor();
  stage.api.answer('GET /servers', { items: ROWS, next: null });
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('link', { name: 'Files' }).waitFor();
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('thirty ways to smuggle a script in are text on every page, and none runs', async () => {
  const all = SMUGGLED.join(' ');
  stage.api.answer('GET /servers', {
    items: SMUGGLED.map((said, n) => row(`s${n}`, said, { state: 'down', sentence: `${said} ${said}`, tags: [said] })),
    next: null,
  });
  const incident = { ...INCIDENT_DETAIL, server: { id: 'orders', name: all }, sentence: all, probable_cause: all };
  stage.api.answer('GET /incidents', { items: [incident], next: null });
  stage.api.answer('GET /incidents/:id', incident);
  stage.api.answer('GET /servers/:id', {
    ...DETAIL,
    name: all,
    sentence: all,
    tags: SMUGGLED,
    server_info: { name: all, version: all },
  });
  stage.api.answer('GET /servers/:id/tools', {
    ...TOOLS,
    items: SMUGGLED.map((said) => ({ ...TOOLS.items[0], name: said, title: said, description: said })),
  });
  const probe = { ...BAD_PROBE, reason: { ...BAD_PROBE.reason, message: all } };
  stage.api.answer('GET /servers/:id/probes', { items: [probe], next: null });
  stage.api.answer('GET /channels', { items: SMUGGLED.map((said) => ({ ...CHANNELS[0], id: said })), next: null });
  const page = await stage.open('/');
  for (const path of [
    '/',
    '/servers/orders',
    '/servers/orders?tab=tools',
    '/incidents',
    '/incidents/i-1',
    '/channels',
  ]) {
    await page.goto(stage.api.url + path);
    await page
      .getByText('window.wasRun=1')
      .nth(path === '/' || path.endsWith('tools') ? 29 : 0)
      .waitFor({ state: 'attached' });
    expect(await page.locator('main :is(script, img, iframe, object, math)').count(), path).toBe(0);
    expect(await page.evaluate('window.wasRun'), path).toBeUndefined();
  }
});

test('what reached nobody, and a file not taken over, are said on every page', async () => {
  stage.api.answer('GET /summary', {
    ...SUMMARY,
    channels: 0,
    reached_nobody: { count: 1, last_at: ago(60_000) },
    config_errors: {
      at: ago(5_000),
      file: 'config.yaml',
      errors: [{ line: 12, column: 5, message: 'unknown key `intervall`' }],
    },
  });
  const page = await stage.open('/monitor');
  await page.getByText('This reached nobody. Add a channel.').waitFor();
  await page.getByText('12:5 unknown key intervall').waitFor();
  await page.getByRole('link', { name: 'Add a channel' }).click();
  await page.getByRole('heading', { name: 'Add a channel' }).waitFor();
});

test('while the demo runs a button leads to its control page', async () => {
  stage.api.answer('GET /summary', { ...SUMMARY, demo_url: 'http://127.0.0.1:9/' });
  const page = await stage.open('/');
  expect(await page.getByRole('link', { name: 'Break the demo' }).getAttribute('href')).toBe('http://127.0.0.1:9/');
});

test('a session that ended leads to the sign-in page, and back', async () => {
  stage.api.answer('GET /servers', new Refused(401, { detail: 'Sign in.' }));
  const page = await stage.open('/?state=down');
  await page.waitForURL(/\/login\?to=%2F%3Fstate%3Ddown$/);
});

test('the theme follows the system until a person chooses, and remembers the choice', async () => {
  const page = await stage.open('/', { dark: true });
  const theme = () => page.locator('html').getAttribute('data-theme');
  await expect.poll(theme).toBe('dark');
  await page.getByRole('button', { name: 'Switch to light colours' }).click();
  expect(await theme()).toBe('light');
  await page.reload();
  await expect.poll(theme).toBe('light');
});

// Narrow windows are phones, which are touched. From wide to narrow, so that what does not follow stands out.
test.each([
  [390, 320],
  [2560, 1280],
])('at %i and %i px nothing is cut off or scrolls sideways', async (...widths) => {
  for (const path of ['/', '/servers/orders', '/servers/new', '/incidents/i-1', '/channels', '/monitor']) {
    const page = await stage.open(path, { width: widths[0] });
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle').catch(() => undefined);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      // As soon as what follows the width has followed it.
      const excess = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
      await expect.poll(excess, { message: `${path} at ${width} px` }).toBeLessThanOrEqual(0);
      expect(await page.evaluate('innerWidth')).toBe(width);
    }
    await page.context().close();
  }
});
