import { expect, test } from 'vitest';
import { dueAfter, gapBefore } from '../../src/core/gaps.ts';
import { newStatus } from '../../src/core/state.ts';
import type { ServerStatus } from '../../src/core/status.ts';
import { aReport, NOON } from '../fixtures/facts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const up: ServerStatus = { ...newStatus('orders', NOON - HOUR), state: 'up' };
const last = aReport({ startedAt: NOON, durationMs: 100 });

const gapAt = (at: number, changes: Partial<typeof last> = {}, status = up) => {
  const before = { ...last, ...changes };
  return gapBefore(at, before, dueAfter(before, MINUTE), status);
};

test.each([1, 20, 60, 75, 90])('a probe %i s after one that is due each minute leaves no gap', (seconds) => {
  expect(gapAt(NOON + seconds * SECOND)).toBeNull();
});

test('a probe more than half an interval late ends a gap that began when it was due', () => {
  expect(gapAt(NOON + 91 * SECOND)).toEqual({ from: NOON + MINUTE, to: NOON + 91 * SECOND });
  expect(gapAt(NOON + 8 * HOUR)).toEqual({ from: NOON + MINUTE, to: NOON + 8 * HOUR });
});

test('what the server itself made us wait is no gap: it hung, or asked to be left alone', () => {
  expect(gapAt(NOON + 120 * SECOND, { durationMs: 85 * SECOND })).toBeNull();
  expect(gapAt(NOON + 11 * MINUTE, { retryAfterMs: 10 * MINUTE })).toBeNull();
  expect(gapAt(NOON + 20 * MINUTE, { retryAfterMs: 10 * MINUTE })).toEqual({
    from: NOON + 11 * MINUTE,
    to: NOON + 20 * MINUTE,
  });
});

test('time of which nothing was known needs no label', () => {
  expect(gapAt(NOON + HOUR, {}, { ...up, state: 'unknown' })).toBeNull();
});

test('a clock that was set back voids what is recorded beyond; one that slips a little does not', () => {
  expect(gapAt(NOON - HOUR)).toEqual({ from: NOON, to: NOON - HOUR });
  expect(gapAt(NOON - 4 * SECOND)).toBeNull();
});

test('where nobody can say when the next probe was due, there is no gap', () => {
  expect(gapBefore(NOON + HOUR, last, null, up)).toBeNull();
});
