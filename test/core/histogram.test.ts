import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  count,
  createHistogram,
  entriesOf,
  joinHistograms,
  merge,
  percentileOf,
  RELATIVE_ERROR,
} from '../../src/core/histogram.ts';
import { ascending, percentile } from '../../src/core/percentile.ts';

const duration = fc.double({ min: 0.001, max: 30_000, noNaN: true });
const durations = fc.array(duration, { minLength: 1, maxLength: 300 });

function counted(values: readonly number[]) {
  const histogram = createHistogram();
  for (const value of values) count(histogram, value);
  return histogram;
}

test('any percentile is within 1 % of the exact one', () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (values, share) => {
      const exact = percentile(ascending(values), share) ?? 0;
      const near = percentileOf(counted(values), share) ?? 0;
      expect(Math.abs(near - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9));
    }),
    { numRuns: 1000 },
  );
});

test('two that are merged are the same as one that counted everything', () => {
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const merged = counted(some);
      merge(merged, entriesOf(counted(others)));
      const whole = counted([...some, ...others]);
      expect(entriesOf(merged)).toEqual(entriesOf(whole));
      expect(merged.total).toBe(some.length + others.length);
      const joined = joinHistograms([counted(some), createHistogram(), counted(others)].map(entriesOf));
      expect(entriesOf(joined)).toEqual(entriesOf(whole));
      expect([joined.total, percentileOf(joined, 0.95)]).toEqual([whole.total, percentileOf(whole, 0.95)]);
    }),
  );
});

test('it comes back from its entries as it was', () => {
  fc.assert(
    fc.property(durations, (values) => {
      const again = createHistogram(entriesOf(counted(values)));
      expect(entriesOf(again)).toEqual(entriesOf(counted(values)));
      expect(percentileOf(again, 0.95)).toBe(percentileOf(counted(values), 0.95));
    }),
  );
});

test('an empty one knows nothing, and what took no time counts as a microsecond', () => {
  expect(percentileOf(createHistogram(), 0.95)).toBeNull();
  expect(percentileOf(joinHistograms([]), 0.95)).toBeNull();
  expect(percentileOf(counted([0, -1]), 0.5)).toBeCloseTo(0.001, 4);
});

test('a day of samples takes few buckets, and thirty seconds have one of their own', () => {
  const day = Array.from({ length: 1440 }, (_, at) => 80 * (1 + ((at * 7919) % 100) / 100));
  expect(entriesOf(counted(day)).length / 2).toBeLessThan(50);
  expect(percentileOf(counted([30_000]), 1)).toBeCloseTo(30_000, -3);
});
