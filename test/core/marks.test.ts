import { expect, test } from 'vitest';
import { marksOf, okMs, timeOf } from '../../src/core/marks.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { type ReasonCode, reason } from '../../src/core/reasons.ts';
import type { Schedule } from '../../src/core/server.ts';
import { aFailure, aReport, NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const every = (everyMs: number): Schedule => ({ kind: 'interval', everyMs });
const cron: Schedule = { kind: 'cron', expression: '0 * * * *', timezone: null };

/** The marks of a probe at noon that follows another one. */
function marks(
  before: ProbeReport | null,
  { schedule = every(MINUTE), report = aReport(), isFirst = false, lagMs = 0 } = {},
) {
  return marksOf({ report, schedule, before, isFirst, lagMs });
}
const ago = (ms: number, changes: Partial<ProbeReport> = {}) => aReport({ startedAt: NOON - ms, ...changes });
const failed = (code: ReasonCode, step: 'connect' | 'initialize' | 'close') =>
  aFailure(reason(code, step), { startedAt: NOON - MINUTE });

test('a probe after another one has no marks', () => {
  expect(marks(ago(MINUTE))).toEqual([]);
  expect(marks(failed('timeout', 'initialize'))).toEqual([]);
});

test('the first probe ever, and the first since the monitor started, is a cold start', () => {
  expect(marks(null)).toEqual(['cold_start']);
  expect(marks(ago(MINUTE), { isFirst: true })).toEqual(['cold_start']);
});

test('the first probe after five idle minutes is a cold start, but not where that is the rhythm', () => {
  expect(marks(ago(5 * MINUTE))).toEqual(['cold_start']);
  expect(marks(ago(5 * MINUTE - 1))).toEqual([]);
  expect(marks(ago(10 * MINUTE), { schedule: every(10 * MINUTE) })).toEqual([]);
  expect(marks(ago(15 * MINUTE), { schedule: every(10 * MINUTE) })).toEqual(['cold_start']);
  expect(marks(ago(60 * MINUTE), { schedule: cron })).toEqual([]);
});

test('the first probe that gets through after the server was gone, or as another version, is a cold start', () => {
  expect(marks(failed('tcp_refused', 'connect'))).toEqual(['cold_start']);
  expect(marks(failed('http_server_error', 'initialize'))).toEqual(['cold_start']);
  expect(marks(failed('auth_rejected', 'initialize'))).toEqual([]);
  expect(marks(failed('blocked', 'connect'))).toEqual([]);
  expect(marks(failed('connection_reset', 'close'))).toEqual([]);
  const stillGone = aFailure(reason('tcp_refused', 'connect'));
  expect(marks(failed('tcp_refused', 'connect'), { report: stillGone })).toEqual([]);
  expect(marks(ago(MINUTE, { serverInfo: { name: 'orders', version: '0.9' } }))).toEqual(['cold_start']);
});

test('a probe during which we kept things waiting says so', () => {
  expect(marks(ago(MINUTE), { lagMs: 100 })).toEqual([]);
  expect(marks(ago(MINUTE), { lagMs: 101 })).toEqual(['monitor_lag']);
  expect(marks(null, { lagMs: 400 })).toEqual(['cold_start', 'monitor_lag']);
});

test('a server that is slow in any case shows on a busy machine too', () => {
  const report = aReport({ steps: [{ name: 'initialize', status: 'ok', ms: 700, error: null }] });
  expect(marks(ago(MINUTE), { report, lagMs: 140 })).toEqual([]);
  expect(marks(ago(MINUTE), { report, lagMs: 141 })).toEqual(['monitor_lag']);
});

test('what a step took counts where it was ok and the probe has no marks', () => {
  expect(timeOf(aReport(), 'initialize')).toBe(80);
  expect(timeOf(aReport({ marks: ['cold_start'] }), 'initialize')).toBeNull();
  expect(okMs(aReport({ marks: ['cold_start'] }), 'initialize')).toBe(80);
  expect(okMs(aFailure(reason('timeout', 'initialize')), 'initialize')).toBeNull();
  expect(okMs(aReport(), 'canary')).toBeNull();
});
