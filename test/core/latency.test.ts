import { expect, test } from 'vitest';
import { judgeLatency } from '../../src/core/latency.ts';
import type { LatencyRule } from '../../src/core/server.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const rule: LatencyRule = {
  of: 'initialize',
  p95Ms: 500,
  overMs: 60 * MINUTE,
  minSamples: 20,
  confirmOverMs: 10 * MINUTE,
};

/** One sample a minute up to NOON, the oldest first. */
const minutely = (...values: readonly (number | null)[]) =>
  values.map((ms, index) => ({ at: NOON - (values.length - 1 - index) * MINUTE, ms }));

test('nothing is said before there are twenty samples', () => {
  const verdict = judgeLatency(rule, minutely(...Array(19).fill(900)), NOON, false);
  expect(verdict.level).toBe('unknown');
});

test('twenty slow samples fail with the P95 and the limit', () => {
  const verdict = judgeLatency(rule, minutely(...Array(20).fill(640)), NOON, false);
  expect(verdict).toMatchObject({
    level: 'fail',
    reason: { code: 'latency_p95', message: 'P95 of initialize is 640 ms; the limit is 500 ms.' },
  });
});

test('a slow hour that is over does not open late', () => {
  const verdict = judgeLatency(rule, minutely(...Array(45).fill(900), ...Array(11).fill(80)), NOON, false);
  expect(verdict.level).toBe('ok');
});

test('one outlier in an hour is within the P95', () => {
  const verdict = judgeLatency(rule, minutely(...Array(59).fill(80), 5000), NOON, false);
  expect(verdict.level).toBe('ok');
});

test('once failing it recovers only below 0.8 of the limit, by the short window', () => {
  const slow = Array(50).fill(900);
  expect(judgeLatency(rule, minutely(...slow, ...Array(10).fill(450)), NOON, true).level).toBe('fail');
  expect(judgeLatency(rule, minutely(...slow, ...Array(10).fill(390)), NOON, true).level).toBe('ok');
});

test('failed steps have no latency', () => {
  const verdict = judgeLatency(rule, minutely(...Array(30).fill(null), ...Array(6).fill(900)), NOON, false);
  expect(verdict.level).toBe('unknown');
});
