import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelHealth } from '../../src/core/channel-health.ts';
import { afterTry, circuitOf, FRESH, rested } from '../../src/core/channel-health.ts';
import { givenUpBefore, nextSending } from '../../src/core/pace.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const tried = (health: ChannelHealth, at: number, ok: boolean, notices = 1) =>
  afterTry(health, { at, now: at, ok, answer: ok ? '250 OK' : '451 later', fresh: { at, notices } });

/** When fresh notices that became due at `dueAt` go out. */
const goesAt = (health: ChannelHealth, dueAt: number, isForPeople = true) =>
  nextSending({ repeatAt: null, freshAt: dueAt }, health, { isForPeople, now: dueAt })?.at;

test('a notice goes at once; what follows within 10 s is told together after them', () => {
  expect(goesAt(FRESH, NOON)).toBe(NOON);
  const told = tried(FRESH, NOON, true);
  expect(goesAt(told, NOON + SECOND)).toBe(NOON + 10 * SECOND);
  expect(goesAt(told, NOON + 10 * SECOND)).toBe(NOON + 10 * SECOND);
  expect(goesAt(told, NOON + 55 * SECOND)).toBe(NOON + 55 * SECOND);
});

test('after five notices within a minute the next message comes a minute after the last', () => {
  const told = tried(tried(FRESH, NOON, true), NOON + 10 * SECOND, true, 4);
  expect(goesAt(told, NOON + 12 * SECOND)).toBe(NOON + 70 * SECOND);
});

test('machines get each notice at once', () => {
  const told = tried(FRESH, NOON, true, 400);
  expect(goesAt(told, NOON + SECOND, false)).toBe(NOON + SECOND);
});

test('whatever comes when, people get at most five messages in any minute, and nothing waits longer than a minute', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40_000 }), { minLength: 1, maxLength: 200 }), (gaps) => {
      let health = FRESH;
      let time = NOON;
      const due = gaps.map((gap) => {
        time += gap;
        return time;
      });
      const sent: number[] = [];
      while (due.length > 0) {
        const [first = 0] = due;
        const at = goesAt(health, first) ?? 0;
        expect(at - first).toBeLessThanOrEqual(MINUTE);
        const together = due.filter((each) => each <= at).length;
        due.splice(0, together);
        health = tried(health, at, true, together);
        sent.push(at);
      }
      for (const at of sent) expect(sent.filter((other) => other > at - MINUTE && other <= at).length).toBeLessThan(6);
    }),
  );
});

test('a channel rests after five failed tries in a row, longer each time, and one that went well ends it', () => {
  let health = FRESH;
  for (let failed = 1; failed <= 4; failed += 1) health = tried(health, NOON + failed, false);
  expect(circuitOf(health, NOON + MINUTE)).toBe('closed');
  const rests = [1, 2, 5, 10, 30, 30].map((minutes) => {
    health = tried(health, NOON, false);
    expect(health.restsUntil).toBe(NOON + minutes * MINUTE);
    return minutes;
  });
  expect(rests).toHaveLength(6);
  expect(health).toMatchObject({
    failures: 10,
    failingSince: NOON + 1,
    lastFailure: { at: NOON, answer: '451 later' },
  });
  expect(circuitOf(health, NOON + MINUTE)).toBe('open');
  expect(circuitOf(health, NOON + 30 * MINUTE)).toBe('trial');
  expect(goesAt(health, NOON + MINUTE, false)).toBe(NOON + 30 * MINUTE);
  expect(circuitOf(rested(health, NOON + MINUTE), NOON + MINUTE)).toBe('trial');
  expect(tried(health, NOON + 30 * MINUTE, true)).toMatchObject({ failures: 0, failingSince: null, restsUntil: null });
});

test('a message that is due again does not wait to be gathered, and goes before what is due later', () => {
  const told = tried(FRESH, NOON, false, 400);
  const now = NOON + 5 * SECOND;
  const due = { repeatAt: now, freshAt: NOON + SECOND };
  expect(nextSending(due, told, { isForPeople: true, now })).toEqual({ kind: 'repeat', at: now });
  expect(nextSending({ repeatAt: null, freshAt: null }, told, { isForPeople: true, now })).toBeNull();
});

test('a clock that was set back by an hour holds nothing up', () => {
  const told = tried(FRESH, NOON, true, 400);
  expect(goesAt(told, NOON - 60 * MINUTE)).toBe(NOON - 60 * MINUTE);
  const resting = { ...FRESH, failures: 9, restsUntil: NOON + 30 * MINUTE };
  const now = NOON - 60 * MINUTE;
  expect(nextSending({ repeatAt: now, freshAt: null }, resting, { isForPeople: false, now })?.at).toBe(
    now + 30 * MINUTE,
  );
});

test('only a day of failing gives notices up', () => {
  const day = 24 * 60 * MINUTE;
  const failing = tried(FRESH, NOON, false);
  expect(givenUpBefore(failing, NOON + day - 1)).toBeNull();
  expect(givenUpBefore(failing, NOON + day)).toBe(NOON);
  expect(givenUpBefore(FRESH, NOON + day)).toBeNull();
});
