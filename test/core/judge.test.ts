import { expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import { reason } from '../../src/core/reasons.ts';
import { aCanary, aFailure, anAnswer, aReport, aServer, callTool } from '../fixtures/facts.ts';

const watched = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
});

test('a probe in which every step went well says up', () => {
  const judged = judge(aReport(), aServer());
  expect(judged).toMatchObject({ state: 'up', reason: null, cause: null });
  expect(judged.verdicts.protocol.level).toBe('ok');
  expect(judged.verdicts.auth.level).toBe('ok');
});

test.each([
  ['tcp_refused', 'connect', 'down'],
  ['timeout', 'initialize', 'down'],
  ['http_server_error', 'initialize', 'down'],
  ['tools_list_invalid', 'tools_list', 'down'],
  ['auth_required', 'initialize', 'auth_required'],
  ['forbidden', 'tools_list', 'auth_required'],
  ['rate_limited', 'initialize', 'rate_limited'],
  ['blocked', 'connect', 'unknown'],
  ['monitor_fault', 'initialize', 'unknown'],
] as const)('%s at %s makes the probe %s', (code, step, state) => {
  const judged = judge(aFailure(reason(code, step)), watched);
  expect(judged.state).toBe(state);
  expect(judged.reason?.code).toBe(code);
  expect(judged.verdicts.canary.level).toBe('unknown');
});

test('auth trouble leaves the protocol unknown', () => {
  const judged = judge(aFailure(reason('auth_rejected', 'initialize')), watched);
  expect(judged.verdicts.protocol.level).toBe('unknown');
  expect(judged.verdicts.auth.level).toBe('fail');
});

test('isError makes a silent failure: protocol green, canary red, the pool named', () => {
  const json = {
    ok: false,
    error: 'timeout exceeded when trying to connect',
    pool: { total: 10, idle: 0, waiting: 7, max: 10 },
  };
  const judged = judge(aCanary({ kind: 'result', isError: true, text: JSON.stringify(json), json }), watched);
  expect(judged.state).toBe('down');
  expect(judged.reason?.code).toBe('canary_is_error');
  expect(judged.reason?.message).toBe('health_check returned isError: timeout exceeded when trying to connect');
  expect(judged.verdicts.protocol.level).toBe('ok');
  expect(judged.cause?.code).toBe('pool_exhausted');
  expect(judged.cause?.explanation).toBe(
    'Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use; calls fail at once.',
  );
});

test('ok: false is red although isError is not set', () => {
  const judged = judge(aCanary({ kind: 'result', isError: false, text: '{"ok":false}', json: { ok: false } }), watched);
  expect(judged.reason?.code).toBe('canary_not_ok');
});

test('an expectation that is not met says what was found', () => {
  const server = aServer({ canaries: [{ ...callTool, expect: [{ path: 'pool.waiting', kind: 'less', value: 1 }] }] });
  const judged = judge(
    aCanary({ kind: 'result', isError: false, text: null, json: { ok: true, pool: { waiting: 3 } } }),
    server,
  );
  expect(judged.reason).toMatchObject({
    code: 'canary_expectation',
    message: 'health_check: Expected `pool.waiting` to be less than 1, found 3.',
  });
});

test('a tool that asks for credentials turns auth, not the canary', () => {
  const judged = judge(aCanary({ kind: 'failure', reason: reason('auth_required', 'canary') }), watched);
  expect(judged.state).toBe('auth_required');
  expect(judged.verdicts.canary.level).toBe('unknown');
});

test('a health URL outside 2xx degrades, and its own reason is told', () => {
  const health = {
    ready: anAnswer(503, { status: 'degraded', reason: 'replica_lag_exceeded', lag_seconds: 40 }),
    live: null,
  };
  const judged = judge(aReport({ health }), watched);
  expect(judged.state).toBe('degraded');
  expect(judged.reason?.message).toBe('The health URL answered 503: replica_lag_exceeded.');
  expect(judged.cause?.code).toBe('replica_lag');
});

test('expect_status says which answers are good', () => {
  const server = aServer({ healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: [204, 503] } });
  expect(judge(aReport({ health: { ready: anAnswer(503), live: null } }), server).state).toBe('up');
  expect(judge(aReport({ health: { ready: anAnswer(200), live: null } }), server).state).toBe('degraded');
});

test('an empty tool list degrades only where tools were advertised', () => {
  const empty = { count: 0, hash: '', contractHash: '', surfaceHash: '', invalid: [], again: null, list: null };
  expect(judge(aReport({ tools: empty }), aServer())).toMatchObject({
    state: 'degraded',
    reason: { code: 'tools_list_empty' },
  });
  expect(judge(aReport({ tools: null, hasTools: false }), aServer()).state).toBe('up');
});

test('the worst state speaks, then the earliest step', () => {
  const health = { ready: anAnswer(503), live: null };
  const judged = judge(aCanary({ kind: 'failure', reason: reason('canary_timeout', 'canary') }, { health }), watched);
  expect(judged.reason?.code).toBe('canary_timeout');
  expect(judged.cause?.code).toBe('hanging_tool');
});
