import fc from 'fast-check';
import { expect, test } from 'vitest';
import { phaseOf } from '../../src/core/schedule.ts';
import type { Due } from '../../src/engine/ticker.ts';
import { createTicker } from '../../src/engine/ticker.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { HOUR, MINUTE, SECOND } from './support.ts';

const DAY = 24 * HOUR;

function start() {
  const clock = createFakeClock();
  const dues: (Due & { at: number })[] = [];
  const missed = new Map<string, number>();
  const ticker = createTicker({
    clock,
    onDue: (due) => dues.push({ ...due, at: clock.monotonic() }),
    onMissed: (id, slots) => missed.set(id, (missed.get(id) ?? 0) + slots),
  });
  const times = () => dues.map(({ at }) => at);
  return { clock, ticker, dues, missed, times };
}

const everyMinute = { n: 0, everyMs: MINUTE, firstAfterMs: null };

test('slots come one interval apart, for ever on the same grid', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', everyMinute);
  clock.advance(3 * MINUTE);
  expect(times()).toEqual([MINUTE, 2 * MINUTE, 3 * MINUTE]);
});

test('a slot that is reached to the millisecond comes once, whatever the phase', () => {
  const { clock, ticker, times } = start();
  for (let n = 0; n < 200; n += 1) ticker.set(`s${n}`, { n, everyMs: MINUTE, firstAfterMs: null });
  clock.advance(10 * MINUTE - 1);
  expect(times()).toHaveLength(200 * 10 - 1);
});

test('an early probe comes beside the slots and does not move them', () => {
  const { clock, ticker, times, dues } = start();
  ticker.set('a', everyMinute);
  clock.advance(MINUTE);
  ticker.early('a', 20 * SECOND);
  clock.advance(2 * MINUTE);
  expect(times()).toEqual([MINUTE, 80 * SECOND, 2 * MINUTE, 3 * MINUTE]);
  expect(dues.map(({ kind }) => kind)).toEqual(['slot', 'early', 'slot', 'slot']);
});

test('a slot that comes before an early probe takes its place', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', everyMinute);
  clock.advance(50 * SECOND);
  ticker.early('a', 20 * SECOND);
  clock.advance(60 * SECOND);
  expect(times()).toEqual([MINUTE]);
});

test('an early probe that is taken off does not come', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', everyMinute);
  ticker.early('a', 20 * SECOND);
  ticker.early('a', null);
  clock.advance(MINUTE);
  expect(times()).toEqual([MINUTE]);
});

test('without an interval, as with cron, only early probes come', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', { n: 3, everyMs: null, firstAfterMs: 100 });
  expect(ticker.nextAt('a')).toBe(clock.now() + 100);
  clock.advance(100);
  expect(ticker.nextAt('a')).toBeNull();
  ticker.early('a', 5 * SECOND);
  clock.advance(DAY);
  expect(times()).toEqual([100, 5100]);
});

test('an interval longer than a timer of Node can hold is kept to', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', { n: 0, everyMs: 40 * DAY, firstAfterMs: null });
  clock.advance(81 * DAY);
  expect(times()).toEqual([40 * DAY, 80 * DAY]);
});

test('a wall clock that is set changes nothing', () => {
  const { clock, ticker, times } = start();
  ticker.set('a', everyMinute);
  clock.setWall(clock.now() - 5 * HOUR);
  clock.advance(MINUTE);
  clock.setWall(clock.now() + 9 * HOUR);
  clock.advance(MINUTE);
  expect(times()).toEqual([MINUTE, 2 * MINUTE]);
});

test('a process that stood still for five minutes has missed those slots and probes at the next, not all at once', () => {
  const { clock, ticker, dues, missed, times } = start();
  for (let n = 0; n < 100; n += 1) ticker.set(`s${n}`, { n, everyMs: MINUTE, firstAfterMs: null });
  clock.advance(10 * SECOND);
  dues.length = 0;
  clock.stall(5 * MINUTE);
  expect(dues).toEqual([]);
  expect([...missed.values()].reduce((sum, one) => sum + one)).toBe(500);
  clock.advance(MINUTE);
  expect(new Set(dues.map(({ id }) => id)).size).toBe(100);
  const perSecond = times().reduce(
    (counts, at) => counts.set(Math.floor(at / 1000), (counts.get(Math.floor(at / 1000)) ?? 0) + 1),
    new Map<number, number>(),
  );
  expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(3);
});

test('slots that passed while an early probe was due late are counted, too', () => {
  const { clock, ticker, missed, dues } = start();
  ticker.set('a', everyMinute);
  ticker.early('a', 10 * SECOND);
  clock.stall(5 * MINUTE - 1);
  expect(missed.get('a')).toBe(4);
  expect(dues).toEqual([]);
});

test('a slot reached late is scheduled for when it should have been', () => {
  const { clock, ticker, dues } = start();
  const startedAt = clock.now();
  ticker.set('a', everyMinute);
  clock.stall(MINUTE + 5 * SECOND);
  expect(dues).toMatchObject([{ at: 65 * SECOND, scheduledAt: startedAt + MINUTE }]);
});

test('a server that is taken off while it fires is not due again', () => {
  const clock = createFakeClock();
  const times: number[] = [];
  const ticker = createTicker({
    clock,
    onMissed: () => undefined,
    onDue: ({ id }) => {
      times.push(clock.monotonic());
      ticker.remove(id);
    },
  });
  ticker.set('a', everyMinute);
  clock.advance(HOUR);
  expect(times).toEqual([MINUTE]);
  expect(clock.untilNext()).toBeNull();
});

test('the next probe shown is the first one that will happen', () => {
  const { clock, ticker } = start();
  ticker.set('a', everyMinute);
  const begun = clock.now();
  expect(ticker.nextAt('a')).toBe(begun + MINUTE);
  ticker.early('a', 20 * SECOND);
  expect(ticker.nextAt('a')).toBe(begun + 20 * SECOND);
  expect(ticker.nextAt('a', 90 * SECOND)).toBe(begun + 2 * MINUTE);
  expect(ticker.nextAt('b')).toBeNull();
});

const step = fc.oneof(
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(200_000) }),
  fc.record({ kind: fc.constant('stall' as const), ms: fc.nat(400_000) }),
  fc.record({ kind: fc.constant('early' as const), ms: fc.nat(100_000) }),
  fc.record({ kind: fc.constant('set wall' as const), ms: fc.integer({ min: -HOUR, max: HOUR }) }),
);

test('whatever happens: every slot is run or missed, once, and stays on its grid', () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.integer({ min: 1000, max: 90_000 }),
      fc.array(step, { maxLength: 30 }),
      (n, everyMs, steps) => {
        const { clock, ticker, dues, missed } = start();
        ticker.set('a', { n, everyMs, firstAfterMs: null });
        for (const { kind, ms } of steps) {
          if (kind === 'advance') clock.advance(ms);
          else if (kind === 'stall') clock.stall(ms);
          else if (kind === 'early') ticker.early('a', ms);
          else clock.setWall(clock.now() + ms);
        }
        const slots = dues.filter(({ kind }) => kind === 'slot');
        const phase = phaseOf(n, everyMs) || everyMs;
        const passed = Math.max(0, Math.floor((clock.monotonic() - phase) / everyMs + 1e-9) + 1);
        expect(slots.length + (missed.get('a') ?? 0)).toBe(passed);
        for (const { at } of slots) expect((at - phase + 1e-6) % everyMs).toBeLessThanOrEqual(everyMs / 2 + 2e-6);
      },
    ),
    { numRuns: 500 },
  );
});
