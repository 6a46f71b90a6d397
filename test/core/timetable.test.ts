import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextStarts, timetableOf } from '../../src/core/timetable.ts';
import { calendar } from '../../src/engine/cron.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones whose clocks are changed at different hours, by different lengths, in both halves of the world. */
const ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Apia',
  'Pacific/Auckland',
  'America/Nuuk',
  'UTC',
];

/** What clocks in a zone show, minute by minute, without a word of the code under test. */
function wallClock(timezone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  return (at: number): string => format.format(at);
}

function textOf(local: number): string {
  return new Date(local).toISOString().slice(0, 16).replace('T', ' ');
}

/** Days around which the clocks are changed, found by looking; and a few others. */
function daysOfInterest(timezone: string, year: number): readonly number[] {
  const shows = wallClock(timezone);
  const first = Date.UTC(year, 0, 1);
  const days = Array.from({ length: 365 }, (_, index) => first + index * DAY);
  const changes = days.filter((day) => shows(day).slice(11) !== shows(day + DAY).slice(11));
  return [...changes.flatMap((day) => [day - DAY, day, day + DAY]), first + 100 * DAY];
}

/** Where each minute of these days is shown first, by walking along. */
function shownFirst(timezone: string, day: number): ReadonlyMap<string, number> {
  const shows = wallClock(timezone);
  const first = new Map<string, number>();
  for (let at = day - 2 * DAY; at < day + 3 * DAY; at += MINUTE) if (!first.has(shows(at))) first.set(shows(at), at);
  return first;
}

test('a time of day comes once on every day, the first time that clocks show it', { timeout: 120_000 }, () => {
  const anyZone = fc.constantFrom(...ZONES);
  const anyYear = fc.integer({ min: 2005, max: 2037 });
  const anyTime = fc.oneof(fc.constantFrom(150, 0, 30, 60, 119, 120, 1439), fc.integer({ min: 0, max: 24 * 60 - 1 }));
  fc.assert(
    fc.property(anyZone, anyYear, anyTime, fc.nat(), (timezone, year, time, pick) => {
      const candidates = daysOfInterest(timezone, year);
      const day = candidates[pick % candidates.length] ?? 0;
      const local = day + time * MINUTE;
      const expression = `${time % 60} ${Math.floor(time / 60)} * * *`;
      const timetable = timetableOf({ kind: 'cron', expression, timezone }, calendar);
      const first = shownFirst(timezone, day);
      const own = timetable(day - 2 * DAY, day + 3 * DAY);
      const shown = first.get(textOf(local));
      if (shown !== undefined) {
        // Exactly one start is shown as this time, and it is the first.
        const shows = wallClock(timezone);
        const asThis = own.filter((at) => shows(at) === textOf(local));
        expect(asThis).toEqual([shown]);
        return;
      }
      // Clocks skip this time: it comes as long after the last minute that they show as it would have come.
      let before = local;
      while (first.get(textOf(before)) === undefined) before -= MINUTE;
      expect(own).toContain((first.get(textOf(before)) ?? 0) + (local - before));
    }),
    { numRuns: 120 },
  );
});

test('a window every hour is open in every hour that passes, whatever clocks show', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 2005, max: 2037 }), fc.nat(), (timezone, year, pick) => {
      const candidates = daysOfInterest(timezone, year);
      const day = candidates[pick % candidates.length] ?? 0;
      const timetable = timetableOf({ kind: 'cron', expression: '*/30 * * * *', timezone }, calendar);
      const starts = timetable(day, day + DAY);
      expect(starts).toEqual(Array.from({ length: 48 }, (_, index) => day + index * 30 * MINUTE));
    }),
    { numRuns: 60 },
  );
});

test.each([
  // Clocks in Berlin go from 02:00 to 03:00: half past two is half an hour after the change.
  ['2026-03-29', '2026-03-29T01:30:00.000Z'],
  // Clocks go back from 03:00 to 02:00: the first of two.
  ['2026-10-25', '2026-10-25T00:30:00.000Z'],
  ['2026-06-10', '2026-06-10T00:30:00.000Z'],
])('half past two in Berlin on %s is %s', (date, instant) => {
  const day = Date.parse(date);
  const timetable = timetableOf({ kind: 'cron', expression: '30 2 * * *', timezone: 'Europe/Berlin' }, calendar);
  expect(timetable(day - HOUR, day + 12 * HOUR).map((at) => new Date(at).toISOString())).toEqual([instant]);
});

test('every field of an expression is heeded', () => {
  const next = (expression: string) =>
    nextStarts(timetableOf({ kind: 'cron', expression, timezone: 'UTC' }, calendar), Date.UTC(2026, 0, 1), 3).map(
      (at) => new Date(at).toISOString().slice(0, 16),
    );
  expect(next('0 3 * * SUN')).toEqual(['2026-01-04T03:00', '2026-01-11T03:00', '2026-01-18T03:00']);
  expect(next('15,45 22 1 */6 *')).toEqual(['2026-01-01T22:15', '2026-01-01T22:45', '2026-07-01T22:15']);
  expect(next('0 0 29 2 *')).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
  expect(next('0 12 * * FRI#2')).toEqual(['2026-01-09T12:00', '2026-02-13T12:00', '2026-03-13T12:00']);
});

test('starts are found whichever part of time is asked for', () => {
  const timetable = timetableOf(
    { kind: 'cron', expression: '7,20 1,2,23 * * *', timezone: 'America/St_Johns' },
    calendar,
  );
  const from = Date.UTC(2026, 2, 1);
  const all = timetable(from, from + 40 * DAY);
  fc.assert(
    fc.property(fc.nat({ max: 40 * 1440 }), fc.nat({ max: 3 * 1440 }), (minute, length) => {
      const [begin, end] = [from + minute * MINUTE, Math.min(from + (minute + length) * MINUTE, from + 40 * DAY)];
      expect(timetable(begin, end)).toEqual(all.filter((at) => at >= begin && at < end));
    }),
  );
});
