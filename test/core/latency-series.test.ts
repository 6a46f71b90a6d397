import { expect, test } from 'vitest';
import { bucketFor, latencySeries, latencySummary } from '../../src/core/latency-series.ts';

const MINUTE = 60_000;

test('samples fall into buckets on round instants, oldest first', () => {
  const samples = [
    { at: 10 * MINUTE + 1, ms: 300 },
    { at: 1, ms: 100 },
    { at: 4 * MINUTE, ms: 200 },
  ];
  expect(latencySeries(samples, 5 * MINUTE)).toEqual([
    { at: 0, p50Ms: 100, p95Ms: 200, maxMs: 200, count: 2, failed: 0 },
    { at: 10 * MINUTE, p50Ms: 300, p95Ms: 300, maxMs: 300, count: 1, failed: 0 },
  ]);
});

test('a failed probe is counted, but has no part in the percentiles', () => {
  expect(
    latencySeries(
      [
        { at: 0, ms: 40 },
        { at: 1, ms: null },
      ],
      MINUTE,
    ),
  ).toEqual([{ at: 0, p50Ms: 40, p95Ms: 40, maxMs: 40, count: 1, failed: 1 }]);
});

test('a bucket of failures alone has no percentiles', () => {
  expect(latencySeries([{ at: 0, ms: null }], MINUTE)).toEqual([
    { at: 0, p50Ms: null, p95Ms: null, maxMs: null, count: 0, failed: 1 },
  ]);
  expect(latencySummary([{ at: 0, ms: null }])).toEqual({ p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 });
});

test('the summary is over the samples themselves, not over the points', () => {
  const samples = Array.from({ length: 100 }, (_, index) => ({ at: index, ms: index + 1 }));
  expect(latencySummary(samples)).toEqual({ p50Ms: 50, p95Ms: 95, p99Ms: 99, samples: 100 });
});

test.each([
  [60 * MINUTE, 30_000],
  [24 * 60 * MINUTE, 5 * MINUTE],
  [7 * 24 * 60 * MINUTE, 60 * MINUTE],
  [90 * 24 * 60 * MINUTE, 24 * 60 * MINUTE],
])('a window of %i ms is drawn in buckets of %i ms', (window, bucket) => {
  expect(bucketFor(window)).toBe(bucket);
});
