import { afterAll, afterEach, expect, test } from 'vitest';
import type { ProbeReport } from '../../src/core/probe.ts';
import { REVISIONS, type Revision } from '../../src/core/target.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { aServer, aTarget, type ServerChanges } from '../fixtures/facts.ts';
import { startHealthy } from '../fixtures/targets/healthy.ts';
import { startModern } from '../fixtures/targets/modern.ts';
import {
  type Act,
  LEGACY,
  MODERN,
  refusal,
  result,
  type ScriptedRequest,
  startScripted,
  startStateless,
} from '../fixtures/targets/scripted.ts';
import { aProber, aTool, failure, faults, probe, stepOf } from './support.ts';

const opened: { close(): Promise<void> }[] = [];
async function open<T extends { close(): Promise<void> }>(target: Promise<T>): Promise<T> {
  opened.push(await target);
  return target;
}
afterEach(async () => {
  for (const target of opened.splice(0)) await target.close();
});
afterAll(() => expect(faults).toEqual([]));

const STEP_MS = 600;
const pinned = (url: string, protocol: Revision) => ({ target: aTarget(url, { protocol }) });

/** Several probes by one prober, whose clock can be set ahead. */
function aWatch(changes: ServerChanges) {
  let ahead = 0;
  const prober = aProber({ clock: { ...systemClock, monotonic: () => systemClock.monotonic() + ahead } });
  const { signal } = new AbortController();
  return {
    probe: (): Promise<ProbeReport> =>
      prober.probe({ server: aServer({ timeoutMs: STEP_MS, ...changes }), scheduledAt: Date.now(), signal }),
    pass(hours: number) {
      ahead += hours * 3_600_000;
    },
  };
}

test('a server that only speaks 2026-07-28 is up, and initialize is asked first', async () => {
  const target = await open(startModern());
  const report = await probe({ url: target.url, canaries: [aTool('echo', { arguments: { message: 'hi' } })] });
  expect(failure(report)).toBeNull();
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect ok',
    'initialize ok',
    'tools_list ok',
    'canary ok',
  ]);
  expect(report).toMatchObject({
    protocolVersion: '2026-07-28',
    alsoSpeaks: [],
    serverInfo: { name: 'modern', version: '2.0.0' },
    hasTools: true,
    tools: { count: 1, invalid: [] },
    canaries: [{ answer: { kind: 'result', isError: false, text: 'hi' } }],
  });
  expect(target.asked.map(({ what, status }) => `${what} ${status}`)).toEqual([
    'POST initialize 400',
    'POST server/discover 200',
    'POST tools/list 200',
    'POST tools/call 200',
  ]);
});

test('a server of both eras is probed as most clients would, and says once a day that it speaks 2026-07-28 too', async () => {
  const target = await open(startModern({ legacy: 'stateless' }));
  const watch = aWatch({ url: target.url });
  for (const hours of [0, 1, 22]) {
    watch.pass(hours);
    expect(await watch.probe()).toMatchObject({ protocolVersion: '2025-11-25', alsoSpeaks: ['2026-07-28'] });
  }
  expect(target.asked.filter(({ what }) => what === 'POST server/discover')).toHaveLength(1);
  watch.pass(2);
  await watch.probe();
  expect(target.asked.filter(({ what }) => what === 'POST server/discover')).toHaveLength(2);
  expect(target.asked.at(-1)?.what).toBe('POST server/discover');
});

test.each([
  ['with sessions', startHealthy],
  ['without sessions', startStateless],
])('a server of the official SDK %s speaks no 2026-07-28, and that is no fault of its', async (_, start) => {
  const target = await open<{ url: string; close(): Promise<void> }>(start());
  const report = await probe({ url: target.url });
  expect(failure(report)).toBeNull();
  expect(report).toMatchObject({ protocolVersion: '2025-11-25', alsoSpeaks: [] });
});

test.each<[string, Act]>([
  ['404 and unknown method', ({ id }) => refusal(404, -32601, id)],
  ['400 and a code of its own', ({ id }) => refusal(400, -32000, id, { reason: 'no session' })],
  ['400 and invalid parameters', ({ id }) => refusal(400, -32602, id)],
  ['500 and an internal error', ({ id }) => refusal(500, -32603, id)],
  ['401', () => ({ status: 401 })],
  ['429', () => ({ status: 429, headers: { 'retry-after': '60' } })],
  ['a page', () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Hi</title>' })],
  ['an empty result', ({ id }) => result(id, {})],
  [
    'other revisions',
    ({ id }) => result(id, { resultType: 'complete', supportedVersions: ['2027-01-01'], capabilities: {} }),
  ],
  ['nothing', () => null],
])('an older server that answers server/discover with %s is up all the same', async (_, discover) => {
  const target = await open(startScripted({ ...LEGACY, 'server/discover': discover }));
  const report = await probe({ url: target.url, timeoutMs: STEP_MS });
  expect(report.steps.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(report).toMatchObject({ protocolVersion: '2025-03-26', alsoSpeaks: [], retryAfterMs: null });
  expect(target.asked.at(-1)).toBe('POST server/discover');
});

test('the question is left out when something is wrong with the server, or its revision is configured', async () => {
  const target = await open(startScripted({ ...LEGACY, 'tools/list': () => ({ status: 500 }) }));
  await probe({ url: target.url });
  target.script = LEGACY;
  await probe({ ...pinned(target.url, '2025-03-26') });
  await probe({ url: target.url, canaries: [aTool('other')] });
  expect(target.asked).not.toContain('POST server/discover');
});

test.each<[string, Act]>([
  ['400 and its own revisions', ({ id }) => refusal(400, -32022, id, { supported: ['2026-07-28'] })],
  ['400 and headers that do not match', ({ id }) => refusal(400, -32020, id)],
  ['400 and a missing capability', ({ id }) => refusal(400, -32021, id)],
  ['400 and invalid parameters', ({ id }) => refusal(400, -32602, id)],
  ['404 and unknown method', ({ id }) => refusal(404, -32601, id)],
  ['200 and unknown method', ({ id }) => refusal(200, -32601, id)],
  ['400 and an error for no request', () => refusal(400, -32000)],
  ['400 alone', () => ({ status: 400 })],
  ['404 alone', () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<title>Not Found</title>' })],
  ['405 alone', () => ({ status: 405 })],
  [
    'a revision nobody knows',
    ({ id }) =>
      result(id, { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } }),
  ],
])('a newer server that refuses initialize with %s is met by server/discover', async (_, initialize) => {
  const target = await open(startScripted({ ...MODERN, initialize }));
  const report = await probe({ url: target.url, timeoutMs: STEP_MS });
  expect(failure(report)).toBeNull();
  expect(report).toMatchObject({ protocolVersion: '2026-07-28', serverInfo: null, tools: { count: 1 } });
});

test.each<[string, Act, string]>([
  ['401', () => ({ status: 401 }), 'auth_required'],
  ['403', () => ({ status: 403 }), 'forbidden'],
  ['429', () => ({ status: 429 }), 'rate_limited'],
  ['500', () => ({ status: 500 }), 'http_server_error'],
  ['503', () => ({ status: 503 }), 'http_server_error'],
  [
    'a login page',
    () => ({ headers: { 'content-type': 'text/html' }, body: '<title>Log in</title>' }),
    'wrong_content_type',
  ],
  ['nothing', () => null, 'timeout'],
])('what answers initialize with %s is ill, not of another era: nothing else is asked', async (_, initialize, code) => {
  const target = await open(startScripted({ ...MODERN, initialize }));
  expect(failure(await probe({ url: target.url, timeoutMs: STEP_MS }))).toMatchObject({ code, step: 'initialize' });
  expect(target.asked.filter((what) => what.startsWith('POST'))).toEqual(['POST initialize']);
});

test('where no era leads in, the reason is that of initialize', async () => {
  const target = await open(startScripted({ '*': undefined, initialize: ({ id }) => refusal(400, -32602, id) }));
  const ask = async () => failure(await probe({ url: target.url, timeoutMs: STEP_MS }));
  expect(await ask()).toMatchObject({
    code: 'rpc_error',
    step: 'initialize',
    message: expect.stringContaining('-32602'),
  });
  target.script = { 'server/discover': ({ id }) => refusal(500, -32603, id) };
  expect(await ask()).toMatchObject({ code: 'http_client_error', message: expect.stringContaining('405') });
  target.script = {
    initialize: ({ id }) => refusal(400, -32022, id, { supported: ['2027-01-01'] }),
    'server/discover': ({ id }) => refusal(400, -32022, id, { supported: ['2027-01-01'] }),
  };
  expect(await ask()).toMatchObject({ code: 'version_mismatch', step: 'initialize' });
});

test('finding out takes no longer than initialize may', async () => {
  const target = await open(
    startScripted({ initialize: ({ id }) => refusal(404, -32601, id), 'server/discover': () => null }),
  );
  const from = performance.now();
  const timeoutMs = 3000;
  expect(failure(await probe({ url: target.url, timeoutMs }))).toMatchObject({ code: 'rpc_error' });
  expect(performance.now() - from).toBeLessThan(2 * timeoutMs - 500);
});

test('a server that once refuses 2026-07-28 and names it in the same breath is asked again', async () => {
  const refusals = [refusal(400, -32022, 0, { supported: ['2026-07-28'] })];
  const target = await open(
    startScripted({
      ...MODERN,
      'server/discover': (request) => {
        const refused = refusals.pop();
        const body = {
          jsonrpc: '2.0',
          id: request.id,
          error: { code: -32022, message: 'no', data: { supported: ['2026-07-28'] } },
        };
        return refused === undefined ? (MODERN['server/discover']?.(request) ?? null) : { ...refused, body };
      },
    }),
  );
  expect(failure(await probe(pinned(target.url, '2026-07-28')))).toBeNull();
  expect(target.asked.slice(0, 2)).toEqual(['POST server/discover', 'POST server/discover']);
});

test('once met, a newer server is asked no initialize for a day', async () => {
  const target = await open(startScripted(MODERN));
  const watch = aWatch({ url: target.url });
  await watch.probe();
  watch.pass(23);
  await watch.probe();
  expect(target.asked.filter((what) => what === 'POST initialize')).toHaveLength(1);
  watch.pass(2);
  await watch.probe();
  expect(target.asked.filter((what) => what === 'POST initialize')).toHaveLength(2);
});

test('a server that changes its era is met in the same probe, whichever way it changed', async () => {
  const target = await open(startScripted(MODERN));
  const watch = aWatch({ url: target.url });
  expect(await watch.probe()).toMatchObject({ protocolVersion: '2026-07-28' });
  target.script = { ...LEGACY, 'server/discover': () => refusal(400, -32000) };
  const older = await watch.probe();
  expect(failure(older)).toBeNull();
  expect(older).toMatchObject({ protocolVersion: '2025-03-26' });
  target.script = MODERN;
  const newer = await watch.probe();
  expect(failure(newer)).toBeNull();
  expect(newer).toMatchObject({ protocolVersion: '2026-07-28' });
});

test('a newer server that falls ill is ill, and no initialize is asked', async () => {
  const target = await open(startScripted(MODERN));
  const watch = aWatch({ url: target.url });
  await watch.probe();
  target.script = { ...MODERN, 'server/discover': () => ({ status: 503 }) };
  expect(failure(await watch.probe())).toMatchObject({ code: 'http_server_error', step: 'initialize' });
  expect(target.asked.filter((what) => what === 'POST initialize')).toHaveLength(1);
});

test('an address that is changed is met anew', async () => {
  const [newer, older] = [await open(startScripted(MODERN)), await open(startScripted(LEGACY))];
  const prober = aProber();
  const { signal } = new AbortController();
  for (const { url } of [newer, older])
    await prober.probe({ server: aServer({ url }), scheduledAt: Date.now(), signal });
  expect(older.asked[0]).toBe('POST initialize');
});

test.each(REVISIONS.filter((revision) => revision !== '2026-07-28'))(
  'where %s is configured, it alone is offered, and one that echoes it is up',
  async (revision) => {
    const echo = ({ id, params }: ScriptedRequest) =>
      result(id, {
        protocolVersion: params['protocolVersion'],
        capabilities: {},
        serverInfo: { name: 'x', version: '1' },
      });
    const target = await open(startScripted({ ...LEGACY, initialize: echo }));
    const report = await probe(pinned(target.url, revision));
    expect(failure(report)).toBeNull();
    expect(report).toMatchObject({ protocolVersion: revision });
    expect(target.requests[1]?.headers).toMatchObject({ 'mcp-protocol-version': revision });
  },
);

test('a server that chooses another revision than the configured one is refused, and its session given back', async () => {
  const initialize: Act = async (request) => ({
    ...(await LEGACY['initialize']?.(request)),
    headers: { 'mcp-session-id': 's-1' },
  });
  const target = await open(startScripted({ ...LEGACY, initialize, DELETE: () => ({}) }));
  const report = await probe(pinned(target.url, '2024-11-05'));
  expect(failure(report)).toMatchObject({
    code: 'version_mismatch',
    step: 'initialize',
    message: 'The server chose 2025-03-26, but 2024-11-05 is configured.',
  });
  expect(target.asked).toEqual(['POST initialize', 'DELETE']);
});

test('where 2026-07-28 is configured, initialize is never asked', async () => {
  const target = await open(startScripted({ ...LEGACY, 'server/discover': ({ id }) => refusal(404, -32601, id) }));
  const report = await probe(pinned(target.url, '2026-07-28'));
  expect(failure(report)).toMatchObject({ code: 'rpc_error', step: 'initialize' });
  expect(target.asked).toEqual(['POST server/discover']);
});

test.each<[string, object, string]>([
  [
    'none of our revisions',
    { resultType: 'complete', supportedVersions: ['2027-01-01'], capabilities: {} },
    'version_mismatch',
  ],
  ['no revisions at all', { resultType: 'complete', capabilities: {} }, 'init_invalid'],
  ['no type of result', { supportedVersions: ['2026-07-28'], capabilities: {} }, 'init_invalid'],
])('server/discover with %s is %s', async (_, discovered, code) => {
  const target = await open(startScripted({ ...MODERN, 'server/discover': ({ id }) => result(id, discovered) }));
  expect(failure(await probe(pinned(target.url, '2026-07-28')))).toMatchObject({ code, step: 'initialize' });
});

test('the time of a newer server’s initialize is that of server/discover', async () => {
  const slow: Act = async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return refusal(404, -32601, id);
  };
  const target = await open(startScripted({ ...MODERN, initialize: slow }));
  const steps: string[] = [];
  const report = await aProber().probe({
    server: aServer({ url: target.url }),
    scheduledAt: Date.now(),
    signal: new AbortController().signal,
    onStep: ({ name }) => steps.push(name),
  });
  expect(steps.filter((name) => name === 'initialize')).toHaveLength(1);
  expect(stepOf(report, 'initialize')).toMatchObject({ status: 'ok' });
  expect(stepOf(report, 'initialize').ms).toBeLessThan(1500);
});
