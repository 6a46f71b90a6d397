import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reason } from '../../src/core/reasons.ts';
import { Monitor, Summary } from '../../src/http/schema-monitor.ts';
import { aCanary, aFailure, callTool, NOON } from '../fixtures/facts.ts';
import { aNotice, anIncident } from '../fixtures/notices.ts';
import { emptyFolder, start } from './start.ts';

test('the summary counts servers by state, and what a person must know at once', async () => {
  const { call, get, memory, monitor } = await start();
  monitor.watch({ id: 'a' });
  monitor.watch({ id: 'b' });
  monitor.watch({ id: 'c' }, aFailure(reason('tcp_refused', 'connect')));
  monitor.watch({ id: 'd' });
  await call('POST', '/api/v1/servers/d/pause');
  monitor.listen({ id: 'ops' }, { id: 'ops' });
  memory.incidents = [anIncident(), anIncident({ id: 'past', resolvedAt: NOON })];
  monitor.figuresAre({ demoUrl: 'http://127.0.0.1:9090/' });
  expect(Summary.parse((await get('/api/v1/summary')).json)).toEqual({
    version: '0.1.0',
    location: 'local',
    now: '2026-11-21T12:00:00.000Z',
    servers: 4,
    states: { unknown: 0, up: 2, degraded: 0, down: 1, auth_required: 0, rate_limited: 0, paused: 1 },
    maintenance: 0,
    incidents_open: 1,
    probes_last_hour: 60,
    channels: 1,
    reached_nobody: null,
    deliveries_failed: 1,
    config_errors: null,
    demo_url: 'http://127.0.0.1:9090/',
    password: false,
  });
});

test('the summary tells of notices of the last day that reached nobody', async () => {
  const { get, memory } = await start();
  const toNobody = (at: number) => ({
    notice: aNotice({ at }),
    channel: null,
    status: 'nobody' as const,
    message: null,
    nextTryAt: null,
    deliveries: [],
  });
  memory.notices = [toNobody(NOON - 60_000), toNobody(NOON - 120_000), toNobody(NOON - 86_400_000)];
  const { reached_nobody } = Summary.parse((await get('/api/v1/summary')).json);
  expect(reached_nobody).toEqual({ count: 2, last_at: '2026-11-21T11:59:00.000Z' });
});

test('a configuration file that was not taken over is told with its mistakes', async () => {
  const { get, monitor } = await start();
  const errors = [{ line: 3, column: 5, message: 'intervall is not a key; did you mean interval?' }];
  monitor.figuresAre({ reload: { at: NOON, file: 'config.yaml', errors } });
  const told = { at: '2026-11-21T12:00:00.000Z', file: 'config.yaml', errors };
  expect(Summary.parse((await get('/api/v1/summary')).json).config_errors).toEqual(told);
  expect(Monitor.parse((await get('/api/v1/monitor')).json).reload).toEqual(told);
  monitor.figuresAre({ reload: { at: NOON, file: 'config.yaml', errors: [] } });
  expect(Summary.parse((await get('/api/v1/summary')).json).config_errors).toBeNull();
});

test('the monitor tells its own figures', async () => {
  const { get } = await start();
  expect(Monitor.parse((await get('/api/v1/monitor')).json)).toMatchObject({
    started_at: '2026-11-21T11:00:00.000Z',
    probes: { running: 1, waiting: 0, last_hour: 60 },
    slots: { late: 2, missed: 3 },
    lag: { p50_ms: 1, p99_ms: 4, max_ms: 9 },
    event_loop: { p50_ms: 1, p99_ms: 3, max_ms: 5 },
    store: { bytes: 4096, schema: 1, waiting: 0, fault: null },
    outbox: { pending: 5, failed: 1, oldest_pending_at: '2026-11-21T11:59:59.000Z' },
    cron: [{ name: 'retention', expression: '7 3 * * *', last: { ok: true, message: 'dropped 1 day' } }],
    streams: 0,
  });
});

test('it is live while it runs, and ready while the store answers and servers are probed', async () => {
  let isScheduling = false;
  const { get, memory } = await start({ isScheduling: () => isScheduling });
  expect(await get('/live')).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect(await get('/ready')).toMatchObject({
    status: 503,
    json: { detail: expect.stringContaining('no server is being probed') },
  });
  isScheduling = true;
  expect(await get('/ready')).toMatchObject({ status: 200, json: { status: 'ok' } });
  memory.isBroken = true;
  const broken = await get('/ready');
  expect(broken).toMatchObject({ status: 503, json: { detail: 'Not ready: the store does not answer.' } });
  expect(broken.text).not.toContain('SQLITE');
  expect(await get('/live')).toMatchObject({ status: 200 });
});

/** The samples of Prometheus' text format, by name and labels. */
async function metrics(get: (path: string) => Promise<{ text: string }>): Promise<Record<string, number>> {
  const { text } = await get('/metrics');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

test('Prometheus reads the pools as the newest probe found them, and nothing of a paused server', async () => {
  const { call, get, monitor } = await start();
  const json = { pool: { primary: { total: 10, idle: 0, waiting: 7, max: 10 }, cache: { idle: 1 } } };
  monitor.watch({ id: 'orders', canaries: [callTool] }, aCanary({ kind: 'result', isError: false, text: '', json }));
  const pools = async () => Object.entries(await metrics(get)).filter(([name]) => name.startsWith('alivemcp_pool_'));
  expect(Object.fromEntries(await pools())).toEqual({
    'alivemcp_pool_waiting{server="orders",pool="primary"}': 7,
    'alivemcp_pool_idle{server="orders",pool="primary"}': 0,
    'alivemcp_pool_idle{server="orders",pool="cache"}': 1,
    'alivemcp_pool_total{server="orders",pool="primary"}': 10,
    'alivemcp_pool_max{server="orders",pool="primary"}': 10,
  });
  await call('POST', '/api/v1/servers/orders/pause', {});
  expect(await pools()).toEqual([]);
});

test('Prometheus reads how servers stand and how the monitor does', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'a' });
  monitor.watch({ id: 'b' }, aFailure(reason('tcp_refused', 'connect')));
  memory.incidents = [anIncident(), anIncident({ id: 'past', resolvedAt: NOON })];
  expect(await metrics(get)).toMatchObject({
    'alivemcp_server_up{server="a",signal="protocol"}': 1,
    'alivemcp_server_up{server="b",signal="protocol"}': 0,
    'alivemcp_incidents_open{severity="critical"}': 1,
    'alivemcp_incidents_open{severity="warning"}': 0,
    alivemcp_outbox_pending: 5,
    alivemcp_slots_missed_total: 3,
    alivemcp_config_last_reload_successful: 1,
    process_resident_memory_bytes: expect.any(Number),
  });
  monitor.figuresAre({
    slotsMissed: 4,
    reload: { at: NOON, file: 'config.yaml', errors: [{ line: 1, column: 1, message: 'x' }] },
  });
  expect(await metrics(get)).toMatchObject({
    alivemcp_slots_missed_total: 4,
    alivemcp_config_last_reload_successful: 0,
  });
});

test('each probe is counted once, however often its server is told of', async () => {
  const { get, monitor } = await start();
  const tell = () => monitor.emit({ kind: 'server', id: 'orders', stateChanged: false });
  monitor.watch({ id: 'orders' }, null);
  tell();
  expect(Object.keys(await metrics(get)).filter((name) => name.startsWith('alivemcp_probes_total'))).toEqual([]);
  monitor.watch({ id: 'orders' });
  tell();
  tell();
  monitor.watch({ id: 'orders' }, aFailure(reason('tcp_refused', 'connect'), { startedAt: NOON + 2000 }));
  tell();
  expect(await metrics(get)).toMatchObject({
    'alivemcp_probes_total{server="orders",state="up"}': 1,
    'alivemcp_probes_total{server="orders",state="down"}': 1,
    'alivemcp_probe_duration_seconds_count{server="orders",step="initialize"}': 1,
    'alivemcp_probe_duration_seconds_sum{server="orders",step="initialize"}': 0.08,
    'alivemcp_probe_duration_seconds_bucket{le="0.05",server="orders",step="initialize"}': 0,
    'alivemcp_probe_duration_seconds_bucket{le="0.1",server="orders",step="initialize"}': 1,
    'alivemcp_probe_duration_seconds_bucket{le="+Inf",server="orders",step="initialize"}': 1,
    alivemcp_scheduler_lag_seconds_count: 2,
    alivemcp_scheduler_lag_seconds_sum: 2,
  });
});

test('deliveries are counted by channel and how they ended', async () => {
  const { get, monitor } = await start();
  for (const result of ['retry', 'retry', 'delivered', 'failed'] as const)
    monitor.emit({ kind: 'delivery', channel: 'ops', result });
  expect(await metrics(get)).toMatchObject({
    'alivemcp_deliveries_total{channel="ops",result="delivered"}': 1,
    'alivemcp_deliveries_total{channel="ops",result="retry"}': 2,
    'alivemcp_deliveries_total{channel="ops",result="failed"}': 1,
  });
});

test('a server that is gone or paused is gone from the gauges', async () => {
  const { call, get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const name = 'alivemcp_server_up{server="orders",signal="protocol"}';
  expect(await metrics(get)).toHaveProperty([name]);
  await call('POST', '/api/v1/servers/orders/pause');
  expect(await metrics(get)).not.toHaveProperty([name]);
});

const Described = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ summary: z.string(), responses: z.record(z.string(), z.unknown()) })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

test('the API describes itself from the schemas it answers with', async () => {
  const { get } = await start();
  const document = Described.parse((await get('/api/v1/openapi.json')).json);
  expect(Object.keys(document.paths)).toContain('/api/v1/servers/{id}/latency');
  expect(document.paths).not.toHaveProperty(['/api/v1/import']);
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['ServerRow', 'ServerDetail', 'Probe', 'Incident', 'Problem']),
  );
  for (const operations of Object.values(document.paths))
    for (const { responses } of Object.values(operations)) expect(responses).toHaveProperty('default');
  expect(refsOf(document).filter((ref) => !(ref in document.components.schemas))).toEqual([]);
});

function refsOf(document: object): string[] {
  return [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
}

test('the API is explained on a page without scripts', async () => {
  const { get } = await start();
  const page = await get('/api/docs');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.text).toContain('<code>/api/v1/servers/{id}/probes</code>');
  expect(page.text).not.toMatch(/<script|<style|style=|https?:/);
  expect((await get('/plain.css')).headers['content-type']).toBe('text/css; charset=utf-8');
});

function built(): string {
  const webRoot = emptyFolder();
  mkdirSync(join(webRoot, 'assets'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>AliveMCP</title>');
  writeFileSync(join(webRoot, 'assets', 'app-1a2b3c.js'), 'export {};');
  writeFileSync(join(webRoot, '.secret'), 'no');
  return webRoot;
}

const page = { accept: 'text/html,application/xhtml+xml' };

test.each(['/', '/servers/orders', '/incidents/inc-1'])(
  '%s is a page of the dashboard, asked for each time',
  async (path) => {
    const { get } = await start({ webRoot: built() });
    const answer = await get(path, page);
    expect(answer).toMatchObject({
      status: 200,
      text: expect.stringContaining('<title>AliveMCP'),
      headers: { 'cache-control': 'no-cache' },
    });
  },
);

test('assets may be kept for ever', async () => {
  const { get } = await start({ webRoot: built() });
  const { headers } = await get('/assets/app-1a2b3c.js');
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'application/javascript; charset=utf-8',
  });
});

test.each(['/assets/app-old.js', '/api/v1/nothing', '/.secret', '/..%2f..%2fetc%2fpasswd', '/%00'])(
  '%s is not answered with the page',
  async (path) => {
    const { get } = await start({ webRoot: built() });
    const answer = await get(path, path.startsWith('/a') ? page : {});
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/<title>|root:|^no$/);
  },
);

test('a dashboard that is not built says how to build it', async () => {
  const { get } = await start();
  expect(await get('/', page)).toMatchObject({
    status: 404,
    json: { detail: expect.stringContaining('npm run build') },
  });
});
