import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { Probe, ProbePage } from '../../src/http/schema-probe.ts';
import { Latency, UptimeDays } from '../../src/http/schema-server.ts';
import { Trial } from '../../src/http/schema-tools.ts';
import { aCanary, aFailure, anAnswer, aReport, callTool, NOON } from '../fixtures/facts.ts';
import { readEvents } from './events.ts';
import { start } from './start.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

test('the probes of a server come newest first, in pages, each with its steps', async () => {
  const { call, get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  await call('POST', '/api/v1/servers/orders/probe');
  const first = ProbePage.parse((await get('/api/v1/servers/orders/probes?limit=1')).json);
  expect(first.items).toMatchObject([{ id: 'p2', steps: [{ name: 'connect', status: 'ok', ms: 1 }, {}, {}, {}, {}] }]);
  const second = ProbePage.parse((await get(`/api/v1/servers/orders/probes?limit=1&cursor=${first.next}`)).json);
  expect(second).toMatchObject({ items: [{ id: 'p1' }], next: null });
  expect(Probe.parse((await get('/api/v1/servers/orders/probes/p1')).json)).toEqual(second.items[0]);
});

test('a probe tells what its canary brought back', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders', canaries: [callTool] });
  monitor.willSee(
    aCanary({ kind: 'result', isError: true, text: 'timeout exceeded when trying to connect', json: undefined }),
  );
  const probe = Probe.parse((await call('POST', '/api/v1/servers/orders/probe')).json);
  expect(probe).toMatchObject({
    state: 'down',
    silent_failure: true,
    likely_cause: { code: 'pool_exhausted' },
    signals: { protocol: 'ok', canary: 'fail' },
    canary: { tool: 'health_check', resource: null, is_error: true, text: 'timeout exceeded when trying to connect' },
  });
});

test('of several canaries the one that failed is shown first, and all are listed', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders', canaries: [callTool, { ...callTool, tool: 'search' }] });
  const good = { kind: 'result', isError: false, text: 'ok', json: undefined } as const;
  const late = { kind: 'failure', reason: reason('canary_timeout', 'canary') } as const;
  const canaries = [
    { canary: { kind: 'tool', tool: 'health_check' } as const, ms: 12, answer: good, sessionSurvived: null },
    { canary: { kind: 'tool', tool: 'search' } as const, ms: null, answer: late, sessionSurvived: true },
  ];
  monitor.willSee(aReport({ canaries }));
  const probe = Probe.parse((await call('POST', '/api/v1/servers/orders/probe')).json);
  expect(probe.canary).toMatchObject({
    tool: 'search',
    is_error: null,
    reason: { code: 'canary_timeout' },
    session_survived: true,
  });
  expect(probe.canaries.map(({ tool }) => tool)).toEqual(['health_check', 'search']);
});

test('a probe tells what the health URL answered, without the secrets in its address', async () => {
  const { call, monitor } = await start();
  const url = 'http://127.0.0.1:9999/ready?token=s3cret';
  monitor.watch({ id: 'orders', healthUrl: { ready: url, live: url, headers: {}, expectStatus: null } });
  const live = { kind: 'failure', url, reason: reason('health_unreachable', 'health_url') } as const;
  monitor.willSee(aReport({ health: { ready: { ...anAnswer(503, { status: 'degraded' }), url }, live } }));
  const answer = await call('POST', '/api/v1/servers/orders/probe');
  expect(Probe.parse(answer.json).health_url).toMatchObject({
    ready: { url: 'http://127.0.0.1:9999/ready?token=***', status: 503, text: '{"status":"degraded"}', reason: null },
    live: { status: null, reason: { code: 'health_unreachable' } },
  });
  expect(answer.text).not.toContain('s3cret');
});

test('latency is drawn from the samples of its window', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  memory.samples = [
    { at: NOON - 25 * 60 * MINUTE, ms: 9000 },
    { at: NOON - 10 * MINUTE, ms: 100 },
    { at: NOON - 9 * MINUTE, ms: null },
    { at: NOON - 5 * MINUTE, ms: 300 },
  ];
  const { json, text } = await get('/api/v1/servers/orders/latency');
  const latency = Latency.parse(json);
  // It is not held to its schema when it is written: it has to fit by itself, and to say nothing else.
  expect(text).toBe(JSON.stringify(latency));
  expect(latency).toMatchObject({
    step: 'initialize',
    bucket_ms: 5 * MINUTE,
    from: '2026-11-20T12:00:00.000Z',
    to: '2026-11-21T12:00:00.000Z',
    p50_ms: 100,
    p95_ms: 300,
    samples: 2,
    points: [
      { at: '2026-11-21T11:50:00.000Z', p95_ms: 100, count: 1, failed: 1 },
      { at: '2026-11-21T11:55:00.000Z', p95_ms: 300, count: 1, failed: 0 },
    ],
  });
});

test('a window of 7 days has points of an hour', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const answer = await get('/api/v1/servers/orders/latency?window=7d&step=canary');
  expect(Latency.parse(answer.json)).toMatchObject({
    step: 'canary',
    bucket_ms: 60 * MINUTE,
    p95_ms: null,
    points: [],
  });
});

test('latency from one instant to another is told from the finest that is kept of it', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const ask = async (from: number, to: number) => {
    const [begin, end] = [from, to].map((at) => new Date(at).toISOString());
    return Latency.parse((await get(`/api/v1/servers/orders/latency?from=${begin}&to=${end}`)).json);
  };
  memory.samples = [
    { at: NOON - 40 * DAY + MINUTE, ms: 100 },
    { at: NOON - 3 * DAY + MINUTE, ms: 200 },
  ];
  expect(await ask(NOON - 3 * DAY, NOON - 3 * DAY + 5 * MINUTE)).toMatchObject({
    from: '2026-11-18T12:00:00.000Z',
    to: '2026-11-18T12:05:00.000Z',
    bucket_ms: 1000,
    points: [{ at: '2026-11-18T12:01:00.000Z', p95_ms: 200 }],
  });
  expect((await ask(NOON - 4 * DAY, NOON - 2 * DAY)).bucket_ms).toBe(60 * MINUTE);
  expect((await ask(NOON - 41 * DAY, NOON - 39 * DAY)).bucket_ms).toBe(DAY);
  expect((await ask(NOON - 20 * DAY, NOON - 20 * DAY + MINUTE)).bucket_ms).toBe(60 * MINUTE);
});

test('an impossible time is refused, with the place', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  for (const [path, query] of [
    ['from', 'to=2026-11-18T12:00:00Z'],
    ['to', 'from=2026-11-18T12:00:00Z'],
    ['to', 'from=2026-11-18T12:00:00Z&to=2026-11-18T12:00:00Z'],
    ['from', 'from=2024-11-18T12:00:00Z&to=2026-11-18T12:00:00Z'],
    ['from', 'from=yesterday&to=2026-11-18T12:00:00Z'],
  ])
    expect(await get(`/api/v1/servers/orders/timeline?${query}`)).toMatchObject({
      status: 400,
      json: { errors: [{ path }] },
    });
});

test.each(['window=1y', 'window=0h', 'window=401d', 'step=nonsense', 'window='])(
  'latency with %s is refused',
  async (query) => {
    const { get, monitor } = await start();
    monitor.watch({ id: 'orders' });
    expect(await get(`/api/v1/servers/orders/latency?${query}`)).toMatchObject({
      status: 400,
      json: { errors: [{ path: query.split('=')[0] }] },
    });
  },
);

test('uptime is told per UTC day, oldest first', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const midnight = NOON - DAY / 2;
  memory.spans = [
    { serverId: 'orders', state: 'up', from: NOON - DAY, to: midnight + 2 * 3_600_000 },
    { serverId: 'orders', state: 'down', from: midnight + 2 * 3_600_000, to: midnight + 3 * 3_600_000 },
    { serverId: 'orders', state: 'up', from: midnight + 3 * 3_600_000, to: null },
  ];
  const uptime = UptimeDays.parse((await get('/api/v1/servers/orders/uptime?days=2')).json);
  expect(uptime.items).toMatchObject([
    { date: '2026-11-20', up_seconds: 43_200, down_seconds: 0, uptime: 1 },
    { date: '2026-11-21', up_seconds: 39_600, down_seconds: 3_600, maintenance_seconds: 0 },
  ]);
  expect(uptime.uptime).toBe(82_800 / 86_400);
  expect(UptimeDays.parse((await get('/api/v1/servers/orders/uptime')).json).items).toHaveLength(90);
});

test('time in maintenance is told apart and never counts as downtime', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  memory.spans = [{ serverId: 'orders', state: 'down', from: NOON - 4 * 3_600_000, to: null }];
  memory.maintenance = [{ serverId: 'orders', from: NOON - 3 * 3_600_000, to: NOON + 3_600_000 }];
  const uptime = UptimeDays.parse((await get('/api/v1/servers/orders/uptime?days=1')).json);
  expect(uptime.items).toMatchObject([{ down_seconds: 3_600, maintenance_seconds: 10_800 }]);
  memory.maintenance = [{ serverId: 'orders', from: NOON - DAY, to: NOON + 3_600_000 }];
  expect((await get('/api/v1/servers/orders')).json).toMatchObject({ uptime: { '24h': null } });
});

test('a one-off test answers with a probe that is not kept', async () => {
  const { call, memory, monitor } = await start();
  const bare = { title: null, description: null, outputSchema: null, annotations: null };
  const list = { hash: 'a', contractHash: 'c', tools: [{ ...bare, name: 'search', inputSchema: { type: 'object' } }] };
  const seen = aReport();
  monitor.willSee({ ...seen, tools: seen.tools && { ...seen.tools, list } });
  const answer = await call('POST', '/api/v1/probe', { url: 'http://127.0.0.1:1/mcp' });
  expect(Trial.parse(answer.json)).toMatchObject({
    id: null,
    state: 'up',
    tools: [{ name: 'search', input_schema: { type: 'object' } }],
  });
  expect(memory.probes).toEqual([]);
});

test('a one-off test of an unusable entry says what is wrong with it', async () => {
  const { call } = await start();
  const stream = { accept: 'text/event-stream' };
  const expected = { status: 422, json: { errors: [{ path: 'url', message: 'is required' }] } };
  expect(await call('POST', '/api/v1/probe', {})).toMatchObject(expected);
  expect(await call('POST', '/api/v1/probe', {}, stream)).toMatchObject(expected);
});

test('a streamed test sends each step as it ends, then the whole probe', async () => {
  const { url, monitor } = await start();
  monitor.willSee(aFailure(reason('tcp_refused', 'connect')));
  const release = monitor.holdTries();
  const events = readEvents(await post(`${url}/api/v1/probe`));
  expect(await events.next()).toMatchObject({ event: 'step', data: { name: 'connect', status: 'failed' } });
  release();
  expect(await events.next()).toMatchObject({ event: 'step', data: { name: 'tools_list', status: 'skipped' } });
  const last = await events.next();
  expect(last?.event).toBe('probe');
  expect(Probe.parse(last?.data)).toMatchObject({ id: null, state: 'down' });
  expect(await events.next()).toBeNull();
});

test('a streamed test that breaks off says so', async () => {
  const { url, monitor, log } = await start();
  monitor.willFailTries(new Error('the prober is gone: secret'));
  const events = readEvents(await post(`${url}/api/v1/probe`));
  expect(await events.next()).toMatchObject({ event: 'step' });
  const last = await events.next();
  expect(last).toMatchObject({ event: 'problem', data: { status: 500 } });
  expect(JSON.stringify(last)).not.toContain('secret');
  expect(log.join()).toContain('the prober is gone');
});

test('at most four tests run at once, and one that its reader left makes room', async () => {
  const { url, call, monitor } = await start();
  monitor.holdTries();
  const leave = new AbortController();
  const streams = await Promise.all([1, 2, 3, 4].map(() => post(`${url}/api/v1/probe`, leave.signal)));
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const refused = await call('POST', '/api/v1/probe', { url: 'http://127.0.0.1:1/mcp' });
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
  leave.abort();
  await expect.poll(async () => (await call('POST', '/api/v1/probe', {})).status, { timeout: 30_000 }).toBe(422);
});

function post(url: string, signal: AbortSignal = AbortSignal.timeout(10_000)): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    signal,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: '{"url":"http://127.0.0.1:1/mcp"}',
  });
}
