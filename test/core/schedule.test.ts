import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beats } from '../../src/core/beats.ts';
import { nextSlot, phaseOf, planSlot } from '../../src/core/schedule.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;

test('phases of any number of servers spread evenly: the busiest second of 1,000 servers holds at most 1.2 times the mean', () => {
  const perSecond = Array(60).fill(0);
  for (let n = 0; n < 1000; n += 1) perSecond[Math.floor(phaseOf(n, MINUTE) / 1000)] += 1;
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(Math.ceil((1000 / 60) * 1.2));
});

test.each([
  [10_000, MINUTE],
  [1000, 20_000],
  [100, MINUTE],
])('of %i servers every %i ms as many start in one tick of 50 ms as in any other', (servers, everyMs) => {
  const starts = new Map<number, number>();
  for (let n = 0; n < servers; n += 1) {
    const phase = phaseOf(n, everyMs);
    expect(phase % 50).toBe(0);
    starts.set(phase, (starts.get(phase) ?? 0) + 1);
  }
  expect(Math.max(...starts.values())).toBeLessThanOrEqual(Math.ceil(servers / (everyMs / 50)) + 1);
});

test('the next slot lies ahead, within one interval, on the server’s own grid', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1000, max: 86_400_000 }), fc.nat(10_000_000), (n, everyMs, now) => {
      const phase = phaseOf(n, everyMs);
      const slot = nextSlot(phase, everyMs, now);
      expect(slot).toBeGreaterThan(now);
      expect(slot - now).toBeLessThanOrEqual(everyMs);
      const offGrid = Math.abs((slot - phase) / everyMs - Math.round((slot - phase) / everyMs));
      expect(offGrid).toBeLessThan(1e-6);
    }),
  );
});

test.each([
  [0, true, 0],
  [29_000, true, 0],
  [31_000, false, 1],
  [60_000, false, 2],
  [5 * MINUTE + 1, false, 6],
])('a slot reached %i ms late runs: %s, missed: %i', (lateMs, runs, missed) => {
  expect(planSlot(lateMs, MINUTE)).toEqual({ runs, missed });
});

test('beats show the worst of each half hour, and what was not watched as unknown', () => {
  const HOUR = 60 * MINUTE;
  const spans = [
    { serverId: 'a', state: 'up' as const, from: NOON - 3 * HOUR, to: NOON - HOUR },
    { serverId: 'a', state: 'down' as const, from: NOON - HOUR, to: NOON - HOUR + 5 * MINUTE },
    { serverId: 'a', state: 'up' as const, from: NOON - HOUR + 5 * MINUTE, to: null },
  ];
  expect(beats(spans, NOON)).toBe(`${'-'.repeat(42)}uuuudu`);
});
