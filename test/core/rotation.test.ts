import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Incident } from '../../src/core/incident.ts';
import { judge } from '../../src/core/judge.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import { IN_ROTATION, processFacts, type Rotation, restartBehind, rotate } from '../../src/core/rotation.ts';
import type { LikelyCause } from '../../src/core/verdict.ts';
import { aFailure, anAnswer, aReport, aServer, NOON } from '../fixtures/facts.ts';
import { incident } from '../store/samples.ts';

const SECOND = 1000;
const watched = aServer({
  healthUrl: { ready: 'http://x/ready', live: 'http://x/live', headers: {}, expectStatus: null },
});
const readyOnly = aServer({ healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null } });

const unreached = {
  kind: 'failure',
  url: 'http://x/ready',
  reason: reason('health_unreachable', 'health_url'),
} as const;
const SERVING = aReport({ health: { ready: anAnswer(200), live: anAnswer(200) } });
const OUT = aReport({ health: { ready: anAnswer(503, { status: 'draining' }), live: anAnswer(200) } });
const OUT_CLOSED = aFailure(reason('tcp_refused', 'connect'), { health: OUT.health });
const GONE = aFailure(reason('tcp_refused', 'connect'), { health: { ready: unreached, live: unreached } });
const BEHIND_PROXY = aFailure(reason('http_server_error', 'initialize'), {
  health: { ready: anAnswer(503), live: anAnswer(503) },
});
const UNCLEAR = aReport({ health: null });

/** Folds reports, `everyMs` apart. */
function after(reports: readonly ProbeReport[], everyMs = 20 * SECOND, server = watched): Rotation {
  return reports.reduce<Rotation>(
    (rotation, report, at) => rotate(rotation, { ...report, startedAt: NOON + at * everyMs }, server),
    IN_ROTATION,
  );
}

const ended = (changes: Partial<Incident> = {}): Incident => ({
  ...incident('orders', 'i1'),
  signal: 'health_url',
  cause: null,
  startedAt: NOON + 20 * SECOND,
  ...changes,
});

const code = (rotation: Rotation, changes: Partial<Incident> = {}) => restartBehind(ended(changes), rotation)?.code;

test('out of rotation, gone, and back within a minute is a restart', () => {
  const rotation = after([SERVING, OUT, GONE, GONE, SERVING, SERVING]);
  const cause = restartBehind(ended(), rotation);
  expect(cause).toMatchObject({
    code: 'draining',
    explanation: 'It took itself out of rotation, went away and was back within 40 s: a restart, not a crash.',
  });
  expect(cause?.evidence?.map(({ text }) => text)).toEqual([
    'Running but not ready from 12:00:20 UTC.',
    'Nothing listened from 12:00:40 UTC to 12:01:20 UTC.',
  ]);
});

test.each([
  ['a crash', [SERVING, GONE, GONE, SERVING]],
  ['back after more than a minute', [SERVING, OUT, GONE, GONE, GONE, GONE, GONE, SERVING]],
  ['never gone', [SERVING, OUT, OUT, SERVING]],
  [
    'gone long after it was out of rotation',
    [OUT, UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR, GONE, SERVING],
  ],
  ['back, and gone again without a word', [OUT, GONE, SERVING, GONE, SERVING]],
  ['still away', [SERVING, OUT, GONE]],
])('%s is none', (_, reports) => {
  expect(code(after(reports))).toBeUndefined();
});

test.each([
  ['its MCP port closed before it went', [SERVING, OUT_CLOSED, GONE, SERVING]],
  ['a proxy answers for it while it is away', [SERVING, OUT, BEHIND_PROXY, BEHIND_PROXY, SERVING]],
  ['probes between that saw nothing of it', [SERVING, OUT, UNCLEAR, GONE, UNCLEAR, SERVING]],
])('%s: still a restart', (_, reports) => {
  expect(code(after(reports))).toBe('draining');
});

test('where it has no live URL, a server that speaks MCP is alive', () => {
  const out = aReport({ health: { ready: anAnswer(503), live: null } });
  const gone = aFailure(reason('tcp_refused', 'connect'), { health: { ready: unreached, live: null } });
  const serving = aReport({ health: { ready: anAnswer(200), live: null } });
  expect(code(after([serving, out, gone, serving], 20 * SECOND, readyOnly))).toBe('draining');
});

test('a restart explains neither what began before it, nor other signals, nor what has another cause', () => {
  const rotation = after([SERVING, OUT, GONE, SERVING]);
  const known: LikelyCause = { code: 'pool_exhausted', explanation: '', advice: [] };
  expect(code(rotation, { startedAt: NOON })).toBeUndefined();
  expect(code(rotation, { signal: 'latency' })).toBeUndefined();
  expect(code(rotation, { cause: known })).toBeUndefined();
  expect(code(rotation, { cause: { ...known, code: 'unknown' } })).toBe('draining');
  expect(code(rotation, { signal: 'protocol' })).toBe('draining');
});

test('a return that is long over explains nothing', () => {
  const returned = after([SERVING, OUT, GONE, SERVING]);
  const later = (minutes: number) => rotate(returned, { ...SERVING, startedAt: NOON + minutes * 60_000 }, watched);
  expect(code(later(5))).toBe('draining');
  expect(code(later(15))).toBeUndefined();
});

const ALL = fc.constantFrom(SERVING, OUT, OUT_CLOSED, GONE, BEHIND_PROXY, UNCLEAR);

test('whatever comes, nothing is called a restart that was not seen out of rotation and then gone', () => {
  fc.assert(
    fc.property(fc.array(ALL, { maxLength: 12 }), fc.constantFrom(5, 20, 60), (reports, seconds) => {
      const { out, goneAt, backAt } = after(reports, seconds * SECOND);
      if (goneAt !== null) expect(out?.until).toBeLessThan(goneAt);
      if (backAt !== null) expect(goneAt).not.toBeNull();
      if (backAt !== null) expect(backAt - (goneAt ?? 0)).toBeLessThanOrEqual(60_000);
      if (backAt !== null) expect(reports.some((one) => one === OUT || one === OUT_CLOSED)).toBe(true);
    }),
  );
});

test('the facts of an incident say whether the process runs, is gone, or left in order', () => {
  const said = (report: ProbeReport, rotation = IN_ROTATION) =>
    processFacts(report, watched, rotation).map(({ label, value }) => `${label} ${value}`);
  expect(said(OUT)).toEqual(['process running, out of rotation: live, but not ready']);
  expect(said(GONE)).toEqual(['process gone: its health URLs are not answered either']);
  expect(said(GONE, after([SERVING, OUT, GONE]))).toEqual([
    'process gone, after it had taken itself out of rotation at 12:00:20 UTC',
  ]);
  const broken = aFailure(reason('init_invalid', 'initialize'), { health: SERVING.health });
  expect(said(broken)).toEqual(['process running: it answers its live URL']);
  expect(said(UNCLEAR)).toEqual([]);
});

test('live and not ready is said in words; ready alone, or neither, is not', () => {
  const said = (report: ProbeReport, server = watched) => judge(report, server).verdicts.health_url.reason?.message;
  expect(said(OUT)).toBe('The health URL answered 503: draining. It runs, out of rotation: its live URL answers well.');
  expect(said(aReport({ health: { ready: anAnswer(503), live: anAnswer(500) } }))).toBe('The health URL answered 503.');
  expect(said(aReport({ health: { ready: anAnswer(503), live: null } }), readyOnly)).toBe(
    'The health URL answered 503.',
  );
  expect(judge(OUT, watched).cause?.code).toBe('draining');
});
