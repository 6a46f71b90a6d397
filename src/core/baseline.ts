import {
  count,
  createHistogram,
  entriesOf,
  type Histogram,
  type HistogramEntries,
  merge,
  percentileOf,
} from './histogram.ts';

/** What a step usually takes. */
export interface Baseline {
  /** Of the last seven days. */
  readonly p95Ms: number;
  readonly samples: number;
}

/** What a step took over the last seven UTC days, today included: one histogram for each and one for all of them. */
export interface Week {
  /** The UTC day that is added to, counted from 1970, and its histogram. */
  day: number;
  today: Histogram;
  /** Today's own as long as there is no other day. */
  whole: Histogram;
  /** The other days, packed. */
  sealed: readonly Sealed[];
}

interface Sealed {
  readonly day: number;
  readonly entries: HistogramEntries;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
const ENOUGH = 60;

const NO_DAYS: readonly Sealed[] = [];

export function createWeek(): Week {
  const today = createHistogram();
  return { day: 0, today, whole: today, sealed: NO_DAYS };
}

/** Cheapest where times grow; a sample of an earlier day is taken as well. */
export function addToWeek(week: Week, at: number, ms: number): void {
  const day = Math.floor(at / DAY_MS);
  if (day !== week.day) turnTo(week, day);
  count(week.today, ms);
  if (week.whole !== week.today) count(week.whole, ms);
}

/** null: fewer than 60 samples, an hour of them at the default interval, tell nothing of what is usual. */
export function baselineOf(week: Week, at: number): Baseline | null {
  forgetBefore(week, Math.floor(at / DAY_MS) - DAYS + 1);
  const p95Ms = percentileOf(week.whole, 0.95);
  return p95Ms === null || week.whole.total < ENOUGH ? null : { p95Ms, samples: week.whole.total };
}

/** Packs the day that was added to, and goes on with another one. */
function turnTo(week: Week, day: number): void {
  if (week.today.total > 0) {
    const others = [...week.sealed, { day: week.day, entries: entriesOf(week.today) }];
    week.sealed = others.filter((each) => each.day !== day);
    week.today = createHistogram(others.find((each) => each.day === day)?.entries);
  }
  week.day = day;
}

function forgetBefore(week: Week, day: number): void {
  const isRecent = (each: Pick<Sealed, 'day'>): boolean => each.day >= day;
  if (isRecent(week) && week.sealed.every(isRecent)) return;
  if (!isRecent(week)) turnTo(week, day);
  week.sealed = week.sealed.filter(isRecent);
  week.whole = week.today;
  if (week.sealed.length === 0) return;
  week.whole = createHistogram(entriesOf(week.today));
  for (const { entries } of week.sealed) merge(week.whole, entries);
}
