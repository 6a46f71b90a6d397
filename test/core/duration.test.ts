import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  formatInstant,
  formatLatency,
  formatPercent,
  formatSince,
  formatSpan,
} from '../../src/core/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 21, 12, 3, 7);

test.each([
  [0, '0 ms'],
  [840, '840 ms'],
  [999.9, '999 ms'],
  [2400, '2.4 s'],
  [2000, '2 s'],
  [59_999, '59 s'],
  [90 * SECOND, '1 min 30 s'],
  [14 * MINUTE + 59 * SECOND, '14 min'],
  [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
  [3 * DAY + 4 * HOUR + 59 * MINUTE, '3 d 4 h'],
  [7 * DAY, '7 d'],
  [-5, '0 ms'],
  [null, '–'],
])('%j ms lasts %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.8437, '0.844 ms'],
  [84.21, '84.2 ms'],
  [84, '84 ms'],
  [640.4, '640 ms'],
  [999.6, '1 s'],
  [1241, '1.24 s'],
  [12_410, '12.4 s'],
  [null, '–'],
])('a latency of %j ms is shown as %s', (ms, text) => {
  expect(formatLatency(ms)).toBe(text);
});

test.each([
  [1, '100 %'],
  [0.99982, '99.982 %'],
  [0.9991, '99.91 %'],
  [0.95, '95 %'],
  [0.5, '50 %'],
  [0, '0 %'],
  [0.999_999_999, '99.99999 %'],
  [null, '–'],
])('a share of %j is shown as %s', (share, text) => {
  expect(formatPercent(share)).toBe(text);
});

test('what is not whole is never shown as 100 %', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (share) => {
      // Closer to 1 than a double can tell in percent, it is 1.
      fc.pre(share * 100 < 100);
      return formatPercent(share) !== '100 %';
    }),
  );
});

describe('instants', () => {
  test('a span within a day names the zone once, one across days names both days', () => {
    expect(formatSpan(NOON, NOON + 14 * MINUTE)).toBe('12:03–12:17 UTC');
    expect(formatSpan(NOON, NOON + DAY)).toBe('2026-11-21 12:03 – 2026-11-22 12:03 UTC');
  });

  test('since names the day only when it is another one', () => {
    expect(formatSince(NOON, NOON + 14 * MINUTE)).toBe('since 12:03 UTC (14 min)');
    expect(formatSince(NOON, NOON + 2 * DAY)).toBe('since 2026-11-21 12:03 UTC (2 d)');
  });

  test('an instant is exact', () => {
    expect(formatInstant(NOON)).toBe('2026-11-21 12:03:07 UTC');
  });
});
