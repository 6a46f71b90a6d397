import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { Probe } from '../../src/http/schema-probe.ts';
import { Beats, ServerDetail, ServerPage } from '../../src/http/schema-server.ts';
import { aCanary, aFailure, aReport, callTool, NOON } from '../fixtures/facts.ts';
import { anIncident, aPool } from '../fixtures/notices.ts';
import { start } from './start.ts';

const refused = aFailure(reason('tcp_refused', 'connect'));
const isError = aCanary({ kind: 'result', isError: true, text: 'pool exhausted', json: undefined });

async function fleet() {
  const app = await start();
  app.monitor.watch({ id: 'zebra', name: 'Zebra', tags: ['prod'] });
  app.monitor.watch({ id: 'broken', name: 'Broken', tags: ['prod', 'postgres'] }, refused);
  app.monitor.watch({ id: 'silent', name: 'Silent', canaries: [callTool] }, isError);
  app.monitor.watch({ id: 'new', name: 'New' }, null);
  return app;
}

const ids = (json: unknown) => ServerPage.parse(json).items.map(({ id }) => id);

test('servers are listed worst first', async () => {
  const { get } = await fleet();
  expect(ids((await get('/api/v1/servers')).json)).toEqual(['broken', 'silent', 'new', 'zebra']);
});

test.each([
  ['?sort=name', ['broken', 'new', 'silent', 'zebra']],
  ['?state=down', ['broken', 'silent']],
  ['?state=down,unknown', ['broken', 'silent', 'new']],
  ['?state=up&state=unknown', ['new', 'zebra']],
  ['?tag=prod', ['broken', 'zebra']],
  ['?tag=prod,postgres', ['broken']],
  ['?q=ZEB', ['zebra']],
  ['?q=postgres', ['broken']],
  ['?q=nothing', []],
])('GET /servers%s lists %j', async (query, expected) => {
  const { get } = await fleet();
  expect(ids((await get(`/api/v1/servers${query}`)).json)).toEqual(expected);
});

test('a list comes in pages, and a server that changes its place shifts nothing else', async () => {
  const { get, monitor } = await fleet();
  const first = ServerPage.parse((await get('/api/v1/servers?limit=2&sort=name')).json);
  expect(first.items.map(({ id }) => id)).toEqual(['broken', 'new']);
  await monitor.removeServer('broken');
  const second = ServerPage.parse((await get(`/api/v1/servers?limit=2&sort=name&cursor=${first.next}`)).json);
  expect(second).toMatchObject({ items: [{ id: 'silent' }, { id: 'zebra' }], next: null });
});

test('a row says what is wrong, and a silent failure is named as such', async () => {
  const { get } = await fleet();
  const { items } = ServerPage.parse((await get('/api/v1/servers?q=silent')).json);
  expect(items[0]).toMatchObject({
    state: 'down',
    reason: { code: 'canary_is_error', layer: 'canary' },
    signals: { protocol: 'ok', canary: 'fail' },
    silent_failure: true,
    source: 'ui',
    maintenance: false,
    p95_ms: 120,
    last_probe_at: '2026-11-21T12:00:00.000Z',
  });
  expect(items[0]?.sentence).toBe(`${items[0]?.name} answers, but its tool calls fail. ${items[0]?.reason?.message}.`);
});

test('a row shows the uptime of 30 days, without the time nothing was known', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const day = 86_400_000;
  memory.spans = [
    { serverId: 'orders', state: 'unknown', from: NOON - 10 * day, to: NOON - 4 * day },
    { serverId: 'orders', state: 'up', from: NOON - 4 * day, to: NOON - day },
    { serverId: 'orders', state: 'down', from: NOON - day, to: null },
  ];
  const { items } = ServerPage.parse((await get('/api/v1/servers')).json);
  expect(items[0]?.uptime_30d).toBe(0.75);
});

test('durations are told to the microsecond', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  monitor.willSee(
    aReport({
      durationMs: 100.70159599999,
      steps: [{ name: 'connect', status: 'ok', ms: 0.8518180000010034, error: null }],
    }),
  );
  const probe = Probe.parse((await call('POST', '/api/v1/servers/orders/probe')).json);
  expect(probe).toMatchObject({ duration_ms: 100.702, steps: [{ ms: 0.852 }] });
});

test('a signal about to turn is counted', async () => {
  const { get, monitor } = await start();
  const watched = monitor.watch({ id: 'orders' });
  const turning = { to: 'fail', count: 2, firstAt: NOON } as const;
  const { signals } = watched.status;
  Object.assign(watched, {
    status: { ...watched.status, signals: { ...signals, protocol: { ...signals.protocol, turning } } },
  });
  const { items } = ServerPage.parse((await get('/api/v1/servers')).json);
  expect(items[0]).toMatchObject({ state: 'up', turning: { signal: 'protocol', to: 'bad', count: 2, needed: 3 } });
});

test('beats are given for the servers asked for, or for all', async () => {
  const { get } = await fleet();
  const asked = Beats.parse((await get('/api/v1/servers/beats?ids=zebra,new,gone')).json);
  expect(asked.items.map(({ id, beats }) => [id, beats.length])).toEqual([
    ['zebra', 48],
    ['new', 48],
  ]);
  expect(Beats.parse((await get('/api/v1/servers/beats')).json).items).toHaveLength(4);
});

test('one server comes with everything known of it', async () => {
  const { get, memory, monitor } = await start();
  const report = aReport({
    tls: { expiresAt: NOON },
    credential: { expiresAt: NOON + 864_000_000 },
    health: null,
    alsoSpeaks: ['2026-07-28'],
  });
  monitor.watch(
    {
      id: 'orders',
      url: 'https://user:pass@orders.example.com/mcp?key=s3cret',
      source: { kind: 'config', file: 'config.yaml', line: 12 },
      latencyRules: [
        { of: 'initialize', p95Ms: 500, overMs: 3_600_000, minSamples: 20, confirmOverMs: 600_000, spike: 3 },
      ],
    },
    report,
  );
  memory.incidents = [anIncident({ id: 'b', severity: 'warning' }), anIncident({ id: 'a', severity: 'critical' })];
  const detail = ServerDetail.parse((await get('/api/v1/servers/orders')).json);
  expect(detail).toMatchObject({
    url: 'https://orders.example.com/mcp?key=***',
    command: null,
    transport: 'auto',
    paused: false,
    defined_at: { file: 'config.yaml', line: 12 },
    schedule: { interval_ms: 60_000, cron: null },
    protocol_version: '2025-11-25',
    also_speaks: ['2026-07-28'],
    server_info: { name: 'orders', version: '1' },
    tool_count: 3,
    latency: { p95_ms: 120, samples: 60 },
    latency_limits: [{ of: 'initialize', p95_ms: 500 }],
    open_incidents: ['a', 'b'],
    last_probe: {
      state: 'up',
      also_speaks: ['2026-07-28'],
      tls: { expires_at: '2026-11-21T12:00:00.000Z' },
      credential: { expires_at: '2026-12-01T12:00:00.000Z' },
    },
  });
  expect(detail.standing.map(({ signal }) => signal)).toEqual(['protocol', 'latency', 'tools', 'auth']);
});

test('a server with pools shows the figures and how many calls wait', async () => {
  const { get, monitor } = await start();
  const watched = monitor.watch({ id: 'orders' });
  const last = watched.last;
  Object.assign(watched, { last: last && { ...last, judgement: { ...last.judgement, pools: [aPool()] } } });
  const detail = ServerDetail.parse((await get('/api/v1/servers/orders')).json);
  expect(detail).toMatchObject({
    pool_waiting: 7,
    pools: [{ name: 'default', waiting: 7, max: 10, error_rate: null }],
  });
});

test('a server is added, changed and removed', async () => {
  const { call, get } = await start();
  const added = await call('POST', '/api/v1/servers', { id: 'orders', url: 'http://127.0.0.1:1/mcp' });
  expect(added).toMatchObject({ status: 201, headers: { location: '/api/v1/servers/orders' } });
  expect(ServerDetail.parse(added.json)).toMatchObject({
    state: 'unknown',
    sentence: 'orders has not been probed yet.',
  });
  const changed = await call(
    'PATCH',
    '/api/v1/servers/orders',
    { interval: '30s' },
    { 'content-type': 'application/merge-patch+json' },
  );
  expect(ServerDetail.parse(changed.json).config).toMatchObject({ interval: '30s' });
  expect(await call('DELETE', '/api/v1/servers/orders')).toMatchObject({ status: 204, text: '' });
  expect((await get('/api/v1/servers/orders')).status).toBe(404);
});

test('a server is paused until a time, shows it, and is resumed', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const paused = await call('POST', '/api/v1/servers/orders/pause', { until: '2026-11-21T14:00:00+01:00' });
  expect(ServerDetail.parse(paused.json)).toMatchObject({
    state: 'paused',
    paused: true,
    pause: { at: '2026-11-21T12:00:00.000Z', until: '2026-11-21T13:00:00.000Z' },
    sentence: 'Orders MCP is paused until 2026-11-21 13:00 UTC.',
    reason: null,
  });
  const resumed = await call('POST', '/api/v1/servers/orders/resume');
  expect(ServerDetail.parse(resumed.json)).toMatchObject({ state: 'up', paused: false, pause: null });
  expect(ServerDetail.parse((await call('POST', '/api/v1/servers/orders/pause')).json)).toMatchObject({
    sentence: 'Orders MCP is paused.',
  });
});

test('a pause cannot end in the past', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const answer = await call('POST', '/api/v1/servers/orders/pause', { until: '2020-01-01T00:00:00Z' });
  expect(answer).toMatchObject({ status: 422, json: { errors: [{ path: 'until' }] } });
});

test('probing by hand answers with the finished probe', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  monitor.willSee(refused);
  const probe = Probe.parse((await call('POST', '/api/v1/servers/orders/probe')).json);
  expect(probe).toMatchObject({
    server: 'orders',
    state: 'down',
    reason: { code: 'tcp_refused', layer: 'transport', step: 'connect' },
    steps: [
      { name: 'connect', status: 'failed', error: { code: 'tcp_refused' } },
      { name: 'tools_list', status: 'skipped', ms: null, error: null },
    ],
  });
});
