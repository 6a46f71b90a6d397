import { expect, test } from 'vitest';
import type { LatencyFacts } from '../../src/core/latency.ts';
import { judgeLatency } from '../../src/core/latency.ts';
import { reason } from '../../src/core/reasons.ts';
import type { LatencyRule } from '../../src/core/server.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const rule: LatencyRule = {
  of: 'initialize',
  p95Ms: 500,
  overMs: 60 * MINUTE,
  minSamples: 20,
  confirmOverMs: 10 * MINUTE,
  spike: null,
};
const spiky: LatencyRule = { ...rule, spike: 3 };
const SLOW = reason('latency_p95', 'initialize');
const SPIKE = reason('latency_spike', 'initialize');

/** One sample a minute up to NOON, the oldest first; the last one is the probe's own. */
const minutely = (...values: readonly (number | null)[]): LatencyFacts => ({
  ms: values.at(-1) ?? null,
  samples: values.slice(0, -1).map((ms, index) => ({ at: NOON - (values.length - 1 - index) * MINUTE, ms })),
  baseline: null,
});
const judged = (facts: LatencyFacts, failing: typeof SLOW | null = null, rules = [rule]) =>
  judgeLatency(rules, { factsOf: () => facts, at: NOON, failing });

test('nothing is said before there are twenty samples', () => {
  expect(judged(minutely(...Array(19).fill(900))).level).toBe('unknown');
});

test('twenty slow samples fail with the P95 and the limit', () => {
  expect(judged(minutely(...Array(20).fill(640)))).toMatchObject({
    level: 'fail',
    reason: { code: 'latency_p95', step: 'initialize', message: 'P95 of initialize is 640 ms; the limit is 500 ms.' },
  });
});

test('a slow hour that is over does not open late', () => {
  expect(judged(minutely(...Array(45).fill(900), ...Array(11).fill(80))).level).toBe('ok');
});

test('one outlier in an hour is within the P95', () => {
  expect(judged(minutely(...Array(59).fill(80), 5000)).level).toBe('ok');
});

test('once failing it recovers only below 0.8 of the limit, by the short window', () => {
  const slow = Array(50).fill(900);
  expect(judged(minutely(...slow, ...Array(10).fill(450)), SLOW).level).toBe('fail');
  expect(judged(minutely(...slow, ...Array(10).fill(390)), SLOW).level).toBe('ok');
});

test('failed steps have no latency', () => {
  expect(judged(minutely(...Array(30).fill(null), ...Array(6).fill(900))).level).toBe('unknown');
});

test('samples with marks are judged by nothing', () => {
  const { samples, ...facts } = minutely(...Array(40).fill(900));
  const marked = samples.map((sample) => ({ ...sample, marked: true as const }));
  expect(judged({ ...facts, samples: marked }).level).toBe('unknown');
});

const usual = (ms: number, p95Ms = 100): LatencyFacts => ({ ms, samples: [], baseline: { p95Ms, samples: 500 } });

test('a probe that takes more than three times what is usual is a spike, and says how much', () => {
  expect(judged(usual(300), null, [spiky]).level).toBe('ok');
  expect(judged(usual(412.4), null, [spiky])).toMatchObject({
    level: 'fail',
    reason: {
      code: 'latency_spike',
      layer: 'latency',
      step: 'initialize',
      message: 'initialize takes 412 ms; usually 95 of 100 take at most 100 ms, and the limit is 3 times that.',
    },
  });
});

test('a spike is over below 0.8 of its limit', () => {
  expect(judged(usual(250), SPIKE, [spiky]).level).toBe('fail');
  expect(judged(usual(239), SPIKE, [spiky]).level).toBe('ok');
});

test('what takes less than a fifth of the limit is no spike, however fast it usually is', () => {
  expect(judged(usual(99, 2), null, [spiky]).level).toBe('ok');
  expect(judged(usual(101, 2), null, [spiky]).level).toBe('fail');
});

test('without a baseline there is no spike; while it is being read one that began goes on', () => {
  expect(judged({ ...usual(900), baseline: null }, null, [spiky]).level).toBe('unknown');
  expect(judged({ ...usual(90), baseline: 'reading' }, SPIKE, [spiky]).level).toBe('unknown');
});

test('what was slow for seven days is what is usual', () => {
  expect(judged({ ...usual(900), baseline: null }, SPIKE, [spiky]).level).toBe('ok');
});

test('a server that lives near its limit comes back from a spike although it would not come back from slowness', () => {
  const near = { ...minutely(...Array(30).fill(450)), baseline: { p95Ms: 450, samples: 500 } };
  expect(judged(near, SPIKE, [spiky]).level).toBe('ok');
  expect(judged(near, SLOW, [spiky]).level).toBe('fail');
});

test('only what the signal fails by can say that it is over', () => {
  const canary: LatencyRule = { ...rule, of: 'canary' };
  const fast = minutely(...Array(30).fill(80));
  const none = { ...fast, ms: null };
  const factsOf = ({ of }: LatencyRule): LatencyFacts => (of === 'canary' ? none : fast);
  const failing = reason('latency_p95', 'canary');
  expect(judgeLatency([rule, canary], { factsOf, at: NOON, failing }).level).toBe('unknown');
  expect(judgeLatency([rule, canary], { factsOf, at: NOON, failing: null }).level).toBe('ok');
  const few = { ...fast, samples: fast.samples.slice(0, 3), baseline: { p95Ms: 80, samples: 500 } };
  expect(judged(few, SLOW, [spiky]).level).toBe('unknown');
});
