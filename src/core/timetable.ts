import type { OffsetAt } from './local-time.ts';
import { instantsOf } from './local-time.ts';
import type { Calendar } from './ports.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** How far ahead a next time is looked for: a leap day comes every eight years at the latest. */
const FAR_DAYS = 366 * 9;
const STRIDE_DAYS = 32;

/** When something starts. */
export type Starts =
  /** `expression` has five fields; `timezone` null: that of this machine. */
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string | null }
  | { readonly kind: 'once'; readonly at: number };

/** The starts in [from, to), ascending. */
export type Timetable = (from: number, to: number) => readonly number[];

/**
 * Each time of day that an expression names comes exactly once on each of its days: where clocks are set back, the first
 * time; where they are set forward past it, as if they had not been. An expression that holds in every hour goes by
 * time that passes, not by the clock, and holds in the repeated hour, too.
 */
export function timetableOf(starts: Starts, calendar: Pick<Calendar, 'matcher' | 'offsets'>): Timetable {
  if (starts.kind === 'once') return (from, to) => (starts.at >= from && starts.at < to ? [starts.at] : []);
  const [minute = '*', hour = '*', ...day] = starts.expression.trim().split(/\s+/);
  const ask = (expression: string, count: number, stepMs: number): readonly number[] => {
    const matches = calendar.matcher(expression, 'UTC');
    return Array.from({ length: count }, (_, index) => index * stepMs).filter((at) => matches(new Date(at)));
  };
  const minutes = ask(`${minute} * * * *`, 60, MINUTE_MS);
  const hours = ask(`0 ${hour} * * *`, 24, 60 * MINUTE_MS);
  const times = hours.flatMap((begin) => minutes.map((past) => begin + past));
  const isItsDay = calendar.matcher(`0 0 ${day.join(' ')}`, 'UTC');
  const offsetAt = calendar.offsets(starts.timezone);
  const onDay = (date: number): readonly number[] =>
    isItsDay(new Date(date)) ? startsOn(date, times, { offsetAt, isHourly: hours.length === 24 }) : [];
  return (from, to) => {
    const found = days(from, to).flatMap(onDay);
    return [...new Set(found)].filter((at) => at >= from && at < to).sort((a, b) => a - b);
  };
}

interface Clocks {
  readonly offsetAt: OffsetAt;
  readonly isHourly: boolean;
}

function startsOn(date: number, times: readonly number[], { offsetAt, isHourly }: Clocks): readonly number[] {
  const offset = offsetAt(date - DAY_MS);
  if (offset === offsetAt(date + 2 * DAY_MS)) return times.map((time) => date + time - offset);
  return times.flatMap((time) => {
    const instants = instantsOf(date + time, offsetAt);
    return isHourly ? instants : instants.slice(0, 1);
  });
}

/** Every date that somewhere on earth, or by clocks of before, has a part in [from, to). */
function days(from: number, to: number): readonly number[] {
  const first = Math.floor(from / DAY_MS) - 2;
  const count = Math.max(0, Math.floor(to / DAY_MS) + 2 - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * DAY_MS);
}

/** The next `count` starts after `at`; fewer where there are no more. */
export function nextStarts(timetable: Timetable, at: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let day = 0; day < FAR_DAYS && found.length < count; day += STRIDE_DAYS) {
    const from = at + 1 + day * DAY_MS;
    found.push(...timetable(from, from + STRIDE_DAYS * DAY_MS));
  }
  return found.slice(0, count);
}
