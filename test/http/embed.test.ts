import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { EMBED_SCRIPT } from '../../src/http/public/embed-script.ts';
import { aFailure, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { start } from './start.ts';

const HOUR_MS = 3_600_000;

test('how a public server stands, for scripts of any site', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders', isPublic: true });
  memory.spans = [
    { serverId: 'orders', state: 'down', from: NOON - 24 * HOUR_MS, to: NOON - 23 * HOUR_MS },
    { serverId: 'orders', state: 'up', from: NOON - 23 * HOUR_MS, to: null },
  ];
  const { status, headers, json } = await get('/api/embed-status/orders', { origin: 'https://blog.example.com' });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=60, stale-while-revalidate=300',
    'access-control-allow-origin': '*',
    etag: expect.stringMatching(/^W\/"[\w-]+"$/),
    vary: 'accept-encoding',
  });
  expect(json).toEqual({
    slug: 'orders',
    status: 'live',
    last_probe_at: '2026-11-21T12:00:00.000Z',
    uptime_24h_pct: 95.833,
    p95_latency_ms_24h: 120,
    schema_drift_in_last_24h: false,
    status_page_url: null,
  });
});

test('who has it already gets no second one', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders', isPublic: true });
  const { headers } = await get('/api/embed-status/orders');
  const again = await get('/api/embed-status/orders', { 'if-none-match': String(headers['etag']) });
  expect(again).toMatchObject({ status: 304, text: '', headers: { etag: headers['etag'], vary: 'accept-encoding' } });
});

test('a server nobody has looked at yet has nulls, never zeros', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders', isPublic: true }, null);
  Object.assign(monitor.server('orders') ?? {}, {
    latency: () => ({ p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 }),
  });
  expect((await get('/api/embed-status/orders')).json).toMatchObject({
    status: 'unknown',
    last_probe_at: null,
    uptime_24h_pct: null,
    p95_latency_ms_24h: null,
  });
});

test('a change of the tools counts as drift for a day', async () => {
  const { clock, get, memory, monitor } = await start();
  monitor.watch({ id: 'orders', isPublic: true });
  const at = NOON - 23 * HOUR_MS;
  const list = { hash: 'b', contractHash: 'b', tools: [] };
  const change = {
    id: 'c1',
    serverId: 'orders',
    at,
    from: 'a',
    to: 'b',
    grade: 'wording',
    differences: [],
    omitted: 0,
  } as const;
  const seen = { hash: 'b', at };
  const standing = { serverId: 'orders', accepted: seen, current: seen, drift: null, candidate: null, changedAt: at };
  memory.tools.set('orders', { standing, lists: { accepted: list, current: list }, changes: [change] });
  expect((await get('/api/embed-status/orders')).json).toMatchObject({ schema_drift_in_last_24h: true });
  clock.setWall(NOON + HOUR_MS);
  expect((await get('/api/embed-status/orders')).json).toMatchObject({ schema_drift_in_last_24h: false });
});

test('nothing of the inside gets out: no address, no reason, no text of the target', async () => {
  const { get, memory, monitor } = await start();
  const said = 'password authentication failed for user "orders_rw" at 10.1.2.3';
  const url = 'https://internal.example.com/mcp?key=1';
  monitor.watch(
    { id: 'orders', isPublic: true, url, tags: ['team-blue'], channels: ['ops'] },
    aFailure(reason('tcp_refused', 'connect', said)),
  );
  memory.incidents = [anIncident()];
  for (const path of ['/api/embed-status/orders', '/badge/orders.svg', '/badge/orders.json'])
    expect((await get(path)).text).not.toMatch(/internal|password|10\.1|orders_rw|team-blue|ops|refused|pool/);
});

test('the script is under 3 kB and may be loaded by any site', async () => {
  const { get } = await start();
  const { status, headers, text } = await get('/embed.js');
  expect({ status, text }).toEqual({ status: 200, text: EMBED_SCRIPT });
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(Buffer.byteLength(EMBED_SCRIPT)).toBeLessThan(3000);
  expect(gzipSync(EMBED_SCRIPT).length).toBeLessThan(1200);
});
