import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MaintenanceWindow } from '../../src/core/maintenance.ts';
import {
  isCovered,
  LONGEST_HOLD_MS,
  maintenanceUntil,
  nextChange,
  nextOccurrences,
  openUntil,
  planWindow,
} from '../../src/core/maintenance.ts';
import { calendar } from '../../src/engine/cron.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function planned(expression: string, durationMs: number, timezone = 'UTC') {
  return planWindow(aWindow({ starts: { kind: 'cron', expression, timezone }, durationMs }), calendar);
}

function aWindow(changes: Partial<MaintenanceWindow> = {}): MaintenanceWindow {
  const starts = { kind: 'once', at: NOON } as const;
  return { id: 'w', source: { kind: 'ui' }, servers: [], tags: [], starts, durationMs: HOUR, ...changes };
}

const once = (at: number, durationMs: number) =>
  planWindow(aWindow({ starts: { kind: 'once', at }, durationMs }), calendar);

test('a window without servers and tags is for all; else for those it names and those with one of its tags', () => {
  const orders = { id: 'orders', tags: ['prod', 'postgres'] };
  expect(isCovered(aWindow(), orders)).toBe(true);
  expect(isCovered(aWindow({ servers: ['orders'] }), orders)).toBe(true);
  expect(isCovered(aWindow({ tags: ['postgres'] }), orders)).toBe(true);
  expect(isCovered(aWindow({ servers: ['files'], tags: ['prod'] }), orders)).toBe(true);
  expect(isCovered(aWindow({ servers: ['files'] }), orders)).toBe(false);
  expect(isCovered(aWindow({ tags: ['test'] }), orders)).toBe(false);
});

test('a window is open from its start to the millisecond before its end', () => {
  const window = once(NOON, HOUR);
  expect([NOON - 1, NOON, NOON + HOUR - 1, NOON + HOUR].map((at) => openUntil(window, at))).toEqual([
    null,
    NOON + HOUR,
    NOON + HOUR,
    null,
  ]);
});

test.each([
  ['2026-03-28', '2026-03-28T01:30Z'],
  ['2026-03-29', '2026-03-29T01:30Z'],
  ['2026-10-25', '2026-10-25T00:30Z'],
  ['2026-10-26', '2026-10-26T01:30Z'],
])('an hour from half past two in Berlin on %s is one hour, from %s', (date, start) => {
  const window = planned('30 2 * * *', HOUR, 'Europe/Berlin');
  const day = Date.parse(date);
  const open = Array.from({ length: 24 * 60 }, (_, minute) => day - 2 * HOUR + minute * MINUTE).filter(
    (at) => openUntil(window, at) !== null,
  );
  expect(open).toEqual(Array.from({ length: 60 }, (_, minute) => Date.parse(start) + minute * MINUTE));
});

test('windows that overlap or follow each other are one maintenance', () => {
  const windows = [once(NOON, HOUR), once(NOON + 30 * MINUTE, HOUR), once(NOON + 90 * MINUTE, HOUR)];
  expect(maintenanceUntil(windows, NOON - 1)).toBeNull();
  expect(maintenanceUntil(windows, NOON)).toBe(NOON + 150 * MINUTE);
  expect(maintenanceUntil([...windows, once(NOON + 151 * MINUTE, HOUR)], NOON)).toBe(NOON + 150 * MINUTE);
  expect(maintenanceUntil([], NOON)).toBeNull();
});

test('maintenance that would never end holds a notice for a week', () => {
  expect(maintenanceUntil([planned('* * * * *', HOUR)], NOON)).toBe(NOON + LONGEST_HOLD_MS);
});

test('how long maintenance lasts is what a look at every minute says', { timeout: 120_000 }, () => {
  const anyWindow = fc.oneof(
    fc
      .tuple(fc.nat({ max: 2 * 1440 }), fc.integer({ min: 1, max: 600 }))
      .map(([minute, length]) => ({ starts: { kind: 'once', at: NOON + minute * MINUTE } as const, length })),
    fc
      .tuple(fc.nat({ max: 59 }), fc.constantFrom('*', '*/6', '2', '3,4', '23'), fc.integer({ min: 1, max: 300 }))
      .map(([minute, hour, length]) => ({
        starts: { kind: 'cron', expression: `${minute} ${hour} * * *`, timezone: 'Europe/Berlin' } as const,
        length,
      })),
  );
  fc.assert(
    fc.property(fc.array(anyWindow, { maxLength: 4 }), fc.nat({ max: 1440 }), (given, minute) => {
      const windows = given.map(({ starts, length }) =>
        planWindow(aWindow({ starts, durationMs: length * MINUTE }), calendar),
      );
      const at = NOON + minute * MINUTE;
      const spans = windows.flatMap(({ window, timetable }) =>
        timetable(at - DAY, at + 9 * DAY).map((from) => ({ from, to: from + window.durationMs })),
      );
      const isOpen = (instant: number) => spans.some(({ from, to }) => from <= instant && instant < to);
      let end = at;
      while (isOpen(end) && end < at + LONGEST_HOLD_MS) end += MINUTE;
      expect(maintenanceUntil(windows, at)).toBe(end === at ? null : end);
    }),
    { numRuns: 150 },
  );
});

test('the next change is the next begin or end', () => {
  const window = planned('0 3 * * *', HOUR);
  const three = Date.UTC(2026, 5, 10, 3);
  expect(nextChange(window, three - MINUTE, DAY)).toBe(three);
  expect(nextChange(window, three, DAY)).toBe(three + HOUR);
  expect(nextChange(window, three + HOUR, DAY)).toBe(three + DAY);
  expect(nextChange(window, three + HOUR, HOUR)).toBeNull();
});

test('the next occurrences follow the one that is open', () => {
  const three = Date.UTC(2026, 5, 10, 3);
  expect(nextOccurrences(planned('0 3 * * *', HOUR), three, 2)).toEqual([
    { from: three + DAY, to: three + DAY + HOUR },
    { from: three + 2 * DAY, to: three + 2 * DAY + HOUR },
  ]);
  expect(nextOccurrences(once(three, HOUR), three, 3)).toEqual([]);
});
