import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GIVE_UP_AFTER_MS, nextTryAt, parseRetryAfter } from '../../src/core/backoff.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function waitAfter(tries: number, changes: Partial<Parameters<typeof nextTryAt>[0]> = {}): number | null {
  return nextTryAt({ tries, firstTriedAt: 0, now: 0, retryAfterMs: null, jitter: 0.5, ...changes });
}

describe('the waits between tries', () => {
  test.each([
    [1, 5 * SECOND],
    [2, 30 * SECOND],
    [3, 2 * MINUTE],
    [4, 10 * MINUTE],
    [5, 30 * MINUTE],
    [6, HOUR],
    [20, HOUR],
  ])('after failure %i the next try comes %i ms later', (tries, wait) => {
    expect(waitAfter(tries)).toBe(wait);
  });

  test('vary by a fifth either way', () => {
    expect([waitAfter(1, { jitter: 0 }), waitAfter(1, { jitter: 1 })]).toEqual([4 * SECOND, 6 * SECOND]);
  });

  test('are never shorter than the receiver asked for', () => {
    expect(waitAfter(1, { retryAfterMs: 90 * SECOND })).toBe(90 * SECOND);
    expect(waitAfter(6, { retryAfterMs: 90 * SECOND })).toBe(HOUR);
  });

  test('end 24 h after the first try, with one try at that moment', () => {
    expect(waitAfter(30, { now: GIVE_UP_AFTER_MS - MINUTE })).toBe(GIVE_UP_AFTER_MS);
    expect(waitAfter(30, { now: GIVE_UP_AFTER_MS - MINUTE, retryAfterMs: 5 * HOUR })).toBe(GIVE_UP_AFTER_MS);
    expect(waitAfter(31, { now: GIVE_UP_AFTER_MS })).toBeNull();
  });

  test('whatever happens, tries move forward in time, stay within the day and end', () => {
    const answers = fc.array(
      fc.record({
        jitter: fc.double({ min: 0, max: 1, noNaN: true }),
        retryAfterMs: fc.option(fc.nat({ max: 3 * GIVE_UP_AFTER_MS }), { nil: null }),
        tookMs: fc.nat({ max: 45 * SECOND }),
      }),
      { minLength: 60, maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.nat(), answers, (firstTriedAt, failures) => {
        let triedAt = firstTriedAt;
        for (const [index, { jitter, retryAfterMs, tookMs }] of failures.entries()) {
          const now = triedAt + tookMs;
          const next = nextTryAt({ tries: index + 1, firstTriedAt, now, retryAfterMs, jitter });
          if (next === null) return now >= firstTriedAt + GIVE_UP_AFTER_MS;
          if (next <= now || next > firstTriedAt + GIVE_UP_AFTER_MS) return false;
          triedAt = next;
        }
        return false;
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);

  test.each([
    ['120', 120 * SECOND],
    [' 0 ', 0],
    ['Sat, 21 Nov 2026 12:01:30 GMT', 90 * SECOND],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['', null],
    [undefined, null],
  ])('%j is read as %j ms', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });
});
