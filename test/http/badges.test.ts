import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { aFailure, aReport, NOON } from '../fixtures/facts.ts';
import { type Started, start } from './start.ts';

const DAY_MS = 86_400_000;
const PUBLIC_CACHE = 'public, max-age=60, stale-while-revalidate=300';
const GONE = aFailure(reason('tcp_refused', 'connect', '10.1.2.3:5432 refused the connection'));

async function open(): Promise<Started> {
  const app = await start();
  app.monitor.watch({ id: 'orders', isPublic: true });
  return app;
}

test('a badge says how a public server stands, in words and colour, and anybody may show and keep it', async () => {
  const { get } = await open();
  const { status, headers, text } = await get('/badge/orders.svg');
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'image/svg+xml; charset=utf-8',
    'cache-control': PUBLIC_CACHE,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*aria-label="Orders MCP: live">/);
  expect(text).toContain('<title>Orders MCP: live</title>');
  expect(text).toContain('#17754a');
});

test.each([
  ['it is down', GONE, 'down', 'bf2219'],
  ['it was never probed', null, 'unknown', '5f6c79'],
])('the badge where %s', async (_when, seen, message, color) => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders', isPublic: true }, seen);
  expect((await get('/badge/orders.json')).json).toEqual({ schemaVersion: 1, label: 'Orders MCP', message, color });
});

test('the badge of a paused server claims nothing', async () => {
  const { call, get } = await open();
  await call('POST', '/api/v1/servers/orders/pause');
  expect((await get('/badge/orders.json')).json).toMatchObject({ message: 'unknown' });
});

test.each([
  [0, '100 %', '17754a'],
  [0.02, '99.933 %', '17754a'],
  [0.2, '99.33 %', '8a5a00'],
  [3, '90 %', 'bf2219'],
])('uptime over 30 days of which %s days were down', async (daysDown, message, color) => {
  const { get, memory } = await open();
  const fell = NOON - daysDown * DAY_MS;
  memory.spans = [
    { serverId: 'orders', state: 'up', from: NOON - 40 * DAY_MS, to: fell },
    { serverId: 'orders', state: 'down', from: fell, to: null },
  ];
  expect((await get('/badge/orders/uptime.json')).json).toMatchObject({ label: 'uptime 30 d', message, color });
  expect((await get('/badge/orders/uptime.svg')).text).toContain(`>${message}</text>`);
});

test('what is not known has no colour and no figure', async () => {
  const { get, monitor } = await open();
  Object.assign(monitor.server('orders') ?? {}, {
    latency: () => ({ p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 }),
  });
  for (const what of ['uptime', 'p95'])
    expect((await get(`/badge/orders/${what}.json`)).json).toMatchObject({ message: '–', color: '5f6c79' });
});

test('P95 of the last 24 hours has the colour of the limit it is under', async () => {
  const { get, monitor } = await open();
  const colours: unknown[] = [];
  for (const p95Ms of [120, 501, 3001]) {
    Object.assign(monitor.server('orders') ?? {}, { latency: () => ({ p50Ms: 1, p95Ms, p99Ms: 1, samples: 9 }) });
    colours.push((await get('/badge/orders/p95.json')).json);
  }
  expect(colours).toEqual([
    { schemaVersion: 1, label: 'P95 24 h', message: '120 ms', color: '17754a' },
    { schemaVersion: 1, label: 'P95 24 h', message: '501 ms', color: '8a5a00' },
    { schemaVersion: 1, label: 'P95 24 h', message: '3 s', color: 'bf2219' },
  ]);
  expect((await get('/badge/orders/p95.svg')).headers['content-type']).toBe('image/svg+xml; charset=utf-8');
});

test('who has the badge already gets no second one', async () => {
  const { get, monitor } = await open();
  const { headers } = await get('/badge/orders.svg');
  const again = { 'if-none-match': String(headers['etag']) };
  expect(await get('/badge/orders.svg', again)).toMatchObject({ status: 304, text: '' });
  expect(
    await get('/badge/orders.svg', { 'if-none-match': `"other", ${String(headers['etag']).slice(2)}` }),
  ).toMatchObject({
    status: 304,
  });
  monitor.watch({ id: 'orders', isPublic: true }, GONE);
  expect(await get('/badge/orders.svg', again)).toMatchObject({ status: 200 });
});

test.each(['/badge/%s.svg', '/badge/%s.json', '/badge/%s/uptime.svg', '/badge/%s/p95.json', '/api/embed-status/%s'])(
  'at %s a server that is not public is the same as one that is not there',
  async (path) => {
    const { get, monitor } = await start();
    monitor.watch({ id: 'secret', name: 'Secret project' });
    const at = async (id: string) => {
      const { status, headers, text } = await get(path.replace('%s', id));
      const { date: _date, ...same } = headers;
      return { status, headers: same, text: text.replace(/"request_id":"[^"]+"/, '') };
    };
    const answer = await at('secret');
    expect(answer).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
    expect(answer).toEqual(await at('nobody'));
  },
);

test.each(['/badge/orders', '/badge/orders.png', '/badge/.svg', '/badge/orders/latency.svg', '/badge/'])(
  'there is nothing at %s',
  async (path) => {
    const { get } = await open();
    expect(await get(path)).toMatchObject({ status: 404 });
  },
);

test('a name cannot break out of the badge, nor make it endless or invalid', async () => {
  const { get, monitor } = await start();
  const name = `"/><script>alert(1)</script>&\u{0}\u{FFFF}\u{D800}${'x'.repeat(200)}`;
  monitor.watch({ id: 'orders', isPublic: true, name }, aReport());
  const { text } = await get('/badge/orders.svg');
  expect(text).not.toMatch(/<script|&(?!#\d+;)/);
  expect([...text].every((sign) => sign !== '\u{0}' && sign !== '\u{FFFF}' && sign !== '\u{FFFD}')).toBe(true);
  expect(Number(/width="(\d+)"/.exec(text)?.[1])).toBeLessThan(400);
  expect(text).toContain('…');
});
