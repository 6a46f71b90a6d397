import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { judge } from '../../src/core/judge.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import { aCanary, anAnswer, aReport, aServer, callTool, NOON } from '../fixtures/facts.ts';
import { watching } from '../fixtures/watching.ts';

const watched = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
});

const EXHAUSTED = { total: 10, idle: 0, waiting: 7, max: 10 };
const BUSY_ONE = { total: 1, idle: 0, waiting: 0, utilization: 1 };
const SPARE = { total: 4, idle: 3, waiting: 0, max: 10 };

/** A canary that fails with `text`, after 12 ms, with these figures beside it. */
function failing(text: string, pool: Json = null, changes: Partial<ProbeReport> = {}): ProbeReport {
  const json = { ok: false, error: text, ...(pool === null ? {} : { pool }) };
  return aCanary({ kind: 'result', isError: true, text: JSON.stringify(json), json }, changes);
}

const plain = (text: string): ProbeReport => aCanary({ kind: 'result', isError: true, text, json: undefined });
const causeOf = (report: ProbeReport) => judge(report, watched).cause;

test.each([
  ['timeout exceeded when trying to connect', 'pool_exhausted'],
  ['Knex: Timeout acquiring a connection. The pool is probably full.', 'pool_exhausted'],
  ['acquire timeout', 'pool_exhausted'],
  ['connection pool exhausted', 'pool_exhausted'],
  ['The server is temporarily busy, please retry', 'pool_exhausted'],
  ['QueuePool limit of size 5 overflow 10 reached, connection timed out', 'pool_exhausted'],
  ['sorry, too many clients already', 'db_connections_exhausted'],
  ['remaining connection slots are reserved for roles with the SUPERUSER attribute', 'db_connections_exhausted'],
  ['ER_CON_COUNT_ERROR: Too many connections', 'db_connections_exhausted'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'dependency_unreachable'],
  ['getaddrinfo ENOTFOUND db.internal', 'dependency_unreachable'],
  ['terminating connection due to administrator command', 'dependency_unreachable'],
  ['Connection terminated unexpectedly', 'dependency_unreachable'],
  ['Connection terminated due to connection timeout', 'dependency_unreachable'],
  ['the database system is shutting down', 'dependency_unreachable'],
  ['database_unreachable', 'dependency_unreachable'],
  ['password authentication failed for user "orders"', 'credential_rejected'],
  ['error 28P01', 'credential_rejected'],
  ['NOAUTH Authentication required.', 'credential_rejected'],
  ['WRONGPASS invalid username-password pair', 'credential_rejected'],
  ['canceling statement due to statement timeout', 'slow_query'],
  ['QueryCanceledError', 'slow_query'],
  ['SQLSTATE 57014', 'slow_query'],
  ['prepared statement "s1" does not exist', 'pgbouncer_prepared_statement'],
  ['prepared statement "s1" already exists', 'pgbouncer_prepared_statement'],
  ['RESOURCE_LIMIT', 'throttled'],
  ['HTTP 429', 'throttled'],
  ['Too many concurrent calls', 'throttled'],
  ['it broke', 'unknown'],
])('“%s” names %s, alone and inside JSON', (text, code) => {
  expect([causeOf(plain(text))?.code, causeOf(failing(text))?.code]).toEqual([code, code]);
});

describe('a wrapper is not what it says', () => {
  test.each([
    ['pool_exhausted: password authentication failed for user', null, 'credential_rejected'],
    ['pool_exhausted: connect ECONNREFUSED 10.0.0.1:5432', EXHAUSTED, 'dependency_unreachable'],
    ['pool_exhausted: sorry, too many clients already', EXHAUSTED, 'db_connections_exhausted'],
    ['pool_exhausted: timeout exceeded when trying to connect', null, 'pool_exhausted'],
    ['pool_exhausted:', null, 'unknown'],
    ['pool_exhausted:', SPARE, 'unknown'],
    ['pool_exhausted:', BUSY_ONE, 'unknown'],
    ['pool_exhausted:', EXHAUSTED, 'pool_exhausted'],
    ['pool_exhausted:', { waiting: 2 }, 'pool_exhausted'],
  ])('“%s” beside %j is %s', (text, pool, code) => expect(causeOf(failing(text, pool))?.code).toBe(code));

  test('database_unreachable beside a timeout of the pool is the pool: the health handler caught any error', () => {
    const body = {
      status: 'unhealthy',
      reason: 'database_unreachable',
      error: 'timeout exceeded when trying to connect',
    };
    const judged = judge(aReport({ health: { ready: anAnswer(503, body), live: null } }), watched);
    expect(judged.cause?.code).toBe('pool_exhausted');
  });
});

describe('“database unavailable” is decided by the figures', () => {
  test.each([
    [null, 'dependency_unreachable'],
    [BUSY_ONE, 'dependency_unreachable'],
    [SPARE, 'dependency_unreachable'],
    [EXHAUSTED, 'pool_exhausted'],
    [{ total: 3, idle: 0, waiting: 0 }, 'pool_exhausted'],
    [{ waiting: 3 }, 'pool_exhausted'],
  ])('beside %j it is %s', (pool, code) => expect(causeOf(failing('database unavailable', pool))?.code).toBe(code));
});

test('a figure is no word: 429 queries are not a refusal, and 57014 not a canceled statement', () => {
  expect(causeOf(failing('it broke', { ...SPARE, totalQueries: 429, totalErrors: 57014 }))?.code).toBe('unknown');
  const refused = { ok: false, error: { status: 429 } };
  expect(causeOf(aCanary({ kind: 'result', isError: true, text: null, json: refused }))?.code).toBe('throttled');
});

test('what our own connection died of says nothing of the server’s database', () => {
  const cut = reason(
    'connection_reset',
    'canary',
    'x:80 cut the connection before its answer was complete (ECONNRESET).',
  );
  expect(causeOf(aCanary({ kind: 'failure', reason: cut }))?.code).toBe('unknown');
  const refused = reason('health_unreachable', 'health_url', 'Nothing listens on x:80 (ECONNREFUSED).');
  const health = { ready: { kind: 'failure', url: 'http://x/ready', reason: refused }, live: null } as const;
  expect(judge(aReport({ health }), watched).cause).toBeNull();
});

test('what a good canary says is no symptom of the one that fails', () => {
  const good = { canary: { kind: 'tool', tool: 'search' }, ms: 5, sessionSurvived: null } as const;
  const text = 'Articles about ECONNREFUSED';
  const report = plain('it broke');
  const canaries = [
    { ...good, answer: { kind: 'result', isError: false, text, json: undefined } as const },
    ...report.canaries,
  ];
  const server = aServer({ canaries: [{ ...callTool, tool: 'search' }, callTool] });
  expect(judge({ ...report, canaries }, server).cause?.code).toBe('unknown');
});

describe('calls that get no answer', () => {
  const hung = (pool: Json | null): ProbeReport =>
    aCanary(
      { kind: 'failure', reason: reason('canary_timeout', 'canary') },
      pool === null ? {} : { health: { ready: anAnswer(200, { pool }), live: null } },
    );

  test('queue, as far as it can be told', () => {
    expect(causeOf(hung(null))).toMatchObject({
      code: 'hanging_tool',
      explanation: 'The call hangs while the protocol answers fast.',
    });
  });

  test('wait for a connection where the figures show callers waiting', () => {
    expect(causeOf(hung(EXHAUSTED))).toMatchObject({
      code: 'pool_exhausted',
      explanation:
        'Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use; calls hang, without an answer within 12 s.',
    });
  });

  test('wait for something else where the pool has connections to spare', () => {
    expect(causeOf(hung(SPARE))).toMatchObject({
      code: 'hanging_tool',
      explanation:
        'The call hangs while the protocol answers fast, although its pool has connections to spare (1 of 10 connections in use).',
    });
  });
});

test('every claim has its source: protocol, canary, health URL, and where the figures were read', () => {
  const body = { status: 'degraded', reason: 'connection_pool_backlog', pool: EXHAUSTED };
  const health = { ready: anAnswer(503, body), live: null };
  const cause = causeOf(failing('timeout exceeded when trying to connect', EXHAUSTED, { health }));
  expect(cause?.evidence).toEqual([
    { source: 'protocol', text: 'Answers initialize in 80 ms, 3 tools listed.' },
    { source: 'canary', text: expect.stringMatching(/^health_check fails; calls fail at once: “.*trying to connect/) },
    { source: 'health_url', text: expect.stringMatching(/^Answers 503: “.*connection_pool_backlog/) },
    { source: 'canary', text: 'Pool default: 7 calls waiting, 10 of 10 connections in use.' },
  ]);
});

test('a server that takes itself out of rotation and says so is draining', () => {
  const health = { ready: anAnswer(503, { status: 'draining' }), live: anAnswer(200, { status: 'ok' }) };
  const { cause } = judge(aReport({ health }), watched);
  expect(cause).toMatchObject({ code: 'draining', explanation: expect.stringMatching(/out of rotation/) });
});

test('says what it does not know and what to publish', () => {
  expect(causeOf(plain('internal error'))).toMatchObject({
    code: 'unknown',
    explanation: 'We see “internal error” and nothing that names the cause.',
    advice: [expect.stringMatching(/^Publish the figures of its pool/), expect.stringMatching(/words of the error/)],
  });
});

test('says that it is not the pool where the figures show it', () => {
  expect(causeOf(failing('internal error', SPARE))).toMatchObject({
    code: 'unknown',
    explanation:
      'We see “internal error” and nothing that names the cause; its pool has connections to spare (1 of 10 connections in use).',
    advice: [expect.stringMatching(/words of the error/)],
  });
});

test.each(['canary_tool_missing', 'canary_unsafe', 'canary_invalid_result'] as const)(
  '%s says by itself what is to be done',
  (code) => expect(causeOf(aCanary({ kind: 'failure', reason: reason(code, 'canary') }))).toBeNull(),
);

describe('calls that hang', () => {
  const hung = aCanary({ kind: 'failure', reason: reason('canary_timeout', 'canary') });
  const refused = failing('RESOURCE_LIMIT');

  test('and a queue that the health URL tells of without figures: calls are never given up', () => {
    const health = { ready: anAnswer(503, { status: 'degraded', reason: 'connection_pool_backlog' }), live: null };
    expect(judge({ ...hung, health }, watched).cause?.code).toBe('hanging_tool');
    expect(judge({ ...failing('it broke'), health }, watched).cause?.code).toBe('backlog');
  });

  test('and a health check that waits behind them: that it gave up names no other cause, but a word of the network does', () => {
    const saying = (error: string): ProbeReport => {
      const body = { status: 'unhealthy', reason: 'database_unreachable', error };
      return { ...hung, health: { ready: anAnswer(503, body), live: null } };
    };
    expect(judge(saying('no answer within 2 s'), watched).cause?.code).toBe('hanging_tool');
    expect(judge(saying('connect ETIMEDOUT 10.0.0.1:5432'), watched).cause?.code).toBe('dependency_unreachable');
  });

  test('keep their places: what is refused after them is refused because of them, and said so', () => {
    const watch = watching(watched);
    const cause = [hung, refused, refused].map((report, nth) => watch.take(report, NOON + nth * 20_000)).at(-1);
    expect(cause?.record.judgement.cause).toMatchObject({
      code: 'hanging_tool',
      explanation: expect.stringMatching(/those that hang now take up all/),
    });
  });

  test('are another story once a call went well', () => {
    const watch = watching(watched);
    const good = aCanary({ kind: 'result', isError: false, text: '{}', json: {} });
    const last = [hung, good, refused].map((report, nth) => watch.take(report, NOON + nth * 20_000)).at(-1);
    expect(last?.record.judgement.cause?.code).toBe('throttled');
  });
});

test('a queue that was seen a probe ago is not gone because its callers gave up together, unless figures say so', () => {
  const queueing = { status: 'degraded', reason: 'connection_pool_backlog' };
  const givenUp = { status: 'unhealthy', reason: 'database_unreachable', error: 'no answer within 2 s' };
  const saying = (body: Json, pool: Json = null): ProbeReport =>
    failing('database unavailable', pool, { health: { ready: anAnswer(503, body), live: null } });
  const causeAfter = (...reports: readonly ProbeReport[]) => {
    const watch = watching(watched);
    const commits = reports.map((report, nth) => watch.take(report, NOON + nth * 20_000));
    return commits.at(-1)?.record.judgement.cause?.code;
  };
  expect(causeAfter(saying(queueing), saying(givenUp), saying(givenUp))).toBe('backlog');
  expect(causeAfter(saying(givenUp))).toBe('dependency_unreachable');
  expect(causeAfter(saying(queueing), saying(givenUp, SPARE))).toBe('dependency_unreachable');
});

test('a cause that shows later and lies deeper replaces the first of an open incident, and no other does', () => {
  const filling = [2, 3, 5, 7, 8, 9].map((used) => ({ total: used + 1, idle: 1, waiting: 0, max: 10 }));
  const causes = (...bodies: readonly (readonly [text: string, pool: Json])[]) => {
    const watch = watching(watched);
    for (const [nth, [text, pool]] of bodies.entries()) watch.take(failing(text, pool), NOON + nth * 20_000);
    return watch.incidents().find(({ signal }) => signal === 'canary')?.cause?.code;
  };
  const full = ['timeout exceeded when trying to connect', EXHAUSTED] as const;
  expect(causes(full, full, full)).toBe('pool_exhausted');
  expect(causes(full, full, full, ...filling.map((pool) => [full[0], pool] as const))).toBe('pool_leak');
  const stopped = ['connect ECONNREFUSED 127.0.0.1:5432', SPARE] as const;
  expect(causes(stopped, stopped, stopped, full, full)).toBe('dependency_unreachable');
  const unknown = ['it broke', SPARE] as const;
  expect(causes(unknown, unknown, unknown, stopped)).toBe('dependency_unreachable');
});
