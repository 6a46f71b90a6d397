import { afterAll, afterEach, expect, test } from 'vitest';
import {
  type Act,
  type Answer,
  LEGACY,
  refusal,
  result,
  type Script,
  type Scripted,
  startScripted,
} from '../fixtures/targets/scripted.ts';
import { aTool, failure, faults, probe, stepOf } from './support.ts';

let target: Scripted | null = null;
afterEach(async () => {
  await target?.close();
  target = null;
});
afterAll(() => expect(faults).toEqual([]));

const STEP_MS = 600;
const canaries = [aTool('check')];

/** A server that numbers its sessions from 1, and has lost a session when it is asked for what `isLost` says. */
function forgetful(isLost: (method: string, session: number) => boolean, changes: Script = {}): Script {
  let opened = 0;
  const guard =
    (method: string, act: Act): Act =>
    (request) =>
      isLost(method, Number(request.headers['mcp-session-id'])) ? GONE : act(request);
  const script: Script = { ...LEGACY, DELETE: (): Answer => ({ status: 200 }), ...changes };
  const acts = Object.entries(script).map(([method, act = () => GONE]) => [method, guard(method, act)] as const);
  return {
    ...Object.fromEntries(acts),
    initialize: async (request) => {
      opened += 1;
      const answer = await script['initialize']?.(request);
      return answer == null ? null : { ...answer, headers: { 'mcp-session-id': String(opened) } };
    },
  };
}
const GONE = refusal(404, -32001);

async function ask(script: Script) {
  target = await startScripted(script);
  const report = await probe({ url: target.url, timeoutMs: STEP_MS, canaries });
  return { report, asked: target.asked, requests: target.requests };
}

test.each([['notifications/initialized'], ['tools/list'], ['tools/call']])(
  'a session that is lost at %s is opened anew, and the probe goes on',
  async (method) => {
    const { report, asked, requests } = await ask(forgetful((at, session) => at === method && session === 1));
    expect(failure(report)).toBeNull();
    expect(report.steps.map(({ name }) => name)).toEqual([
      'connect',
      'initialize',
      'initialized',
      'tools_list',
      'canary',
      'close',
    ]);
    expect(asked.filter((line) => line === 'POST initialize')).toHaveLength(2);
    const second = requests[asked.lastIndexOf('POST initialize')];
    expect(second?.headers, 'what opens a session names none').not.toHaveProperty('mcp-session-id');
    expect(requests[asked.indexOf('POST tools/call')]?.headers['mcp-session-id']).toBe(
      method === 'tools/call' ? '1' : '2',
    );
    expect(asked.filter((line) => line === 'DELETE')).toHaveLength(2);
  },
);

test('one that is lost a second time is session_lost, at the step where that happened', async () => {
  const both = await ask(forgetful((at) => at === 'tools/list'));
  expect(failure(both.report)).toMatchObject({ step: 'tools_list', code: 'session_lost' });
  expect(both.asked).toEqual([
    'POST initialize',
    'POST notifications/initialized',
    'POST tools/list',
    'POST initialize',
    'POST notifications/initialized',
    'POST tools/list',
    'DELETE',
    'DELETE',
  ]);
  await target?.close();
  const later = await ask(
    forgetful((at, session) => (at === 'tools/list' && session === 1) || (at === 'tools/call' && session === 2)),
  );
  expect(failure(later.report)).toMatchObject({ step: 'canary', code: 'session_lost' });
  expect(later.report.canaries).toMatchObject([{ sessionSurvived: true }]);
  await target?.close();
  const early = await ask(forgetful((at) => at === 'notifications/initialized'));
  expect(failure(early.report)).toMatchObject({ step: 'initialized', code: 'session_lost' });
});

test('a list that was begun in a lost session is read from its beginning', async () => {
  const page: Act = ({ id, params, headers }) => {
    const session = headers['mcp-session-id'];
    if (params['cursor'] === undefined)
      return result(id, { tools: [{ name: 'first', inputSchema: {} }], nextCursor: `page 2 of ${session}` });
    return params['cursor'] === `page 2 of ${session}`
      ? result(id, { tools: [{ name: 'check', inputSchema: {} }] })
      : refusal(400, -32602, id);
  };
  const script = forgetful(() => false, { 'tools/list': page });
  let isLost = false;
  const { report, asked } = await ask({
    ...script,
    'tools/list': (request) => {
      if (request.params['cursor'] === undefined || isLost) return page(request);
      isLost = true;
      return GONE;
    },
  });
  expect(failure(report)).toBeNull();
  expect(report.tools).toMatchObject({ count: 2 });
  expect(asked.filter((line) => line === 'POST tools/list')).toHaveLength(4);
});

test.each<[string, Act, string, RegExp]>([
  ['HTTP 503', () => ({ status: 503, body: 'starting' }), 'http_server_error', /HTTP 503: starting/],
  ['HTTP 401', () => ({ status: 401 }), 'auth_required', /HTTP 401/],
  ['an error', ({ id }) => refusal(200, -32603, id), 'rpc_error', /answered initialize with an error: not like this/],
  ['another shape', ({ id }) => result(id, {}), 'init_invalid', /result of initialize .* protocolVersion/],
  ['silence', () => null, 'timeout', /initialize was not answered within 600 ms/],
])('where the second initialize is answered by %s, that is the reason', async (_, answer, code, message) => {
  let opened = 0;
  const initialize: Act = (request) => {
    opened += 1;
    return opened === 1 ? (LEGACY['initialize']?.(request) ?? null) : answer(request);
  };
  const { report } = await ask(forgetful((at, session) => at === 'tools/list' && session === 1, { initialize }));
  expect(failure(report)).toMatchObject({ step: 'tools_list', code, message: expect.stringMatching(message) });
  expect(stepOf(report, 'initialize').status).toBe('ok');
});

test('a session that is lost under a failing tool is not opened anew for the ping', async () => {
  const { report, asked } = await ask(
    forgetful((at) => at === 'ping', {
      'tools/call': ({ id }) => result(id, { isError: true, content: [{ type: 'text', text: 'no' }] }),
    }),
  );
  expect(report.canaries).toMatchObject([{ sessionSurvived: false }]);
  expect(asked.filter((line) => line === 'POST initialize')).toHaveLength(1);
});

test('a 404 where no session was given is no lost session', async () => {
  const { report, asked } = await ask({ ...LEGACY, 'tools/list': () => GONE });
  expect(failure(report)).toMatchObject({ step: 'tools_list', code: 'http_client_error' });
  expect(asked.filter((line) => line === 'POST initialize')).toHaveLength(1);
});

test('both sessions are given back within the 30 requests of a probe', async () => {
  const many = Array.from({ length: 40 }, () => aTool('check'));
  target = await startScripted(forgetful((at, session) => at === 'tools/list' && session === 1));
  const report = await probe({ url: target.url, timeoutMs: STEP_MS, canaries: many });
  expect(failure(report)).toMatchObject({ step: 'canary', code: 'probe_budget' });
  expect(target.asked).toHaveLength(30);
  expect(target.asked.slice(-2)).toEqual(['DELETE', 'DELETE']);
});
