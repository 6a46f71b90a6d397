import { createHistogram, type HistogramEntries } from './histogram.ts';

/** What a step usually takes. */
export interface Baseline {
  /** Of the last seven days. */
  readonly p95Ms: number;
  readonly samples: number;
}

/** What a step took over the last seven UTC days, today included: one histogram for each and one for all of them. */
export interface Week {
  /** Cheapest where times grow; a sample of an earlier day is taken as well. */
  add(at: number, ms: number): void;
  /** null: fewer than 60 samples, an hour of them at the default interval, tell nothing of what is usual. */
  baseline(at: number): Baseline | null;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
const ENOUGH = 60;

export function createWeek(): Week {
  /** Days that nothing is added to, packed. */
  const sealed = new Map<number, HistogramEntries>();
  let open = { day: 0, histogram: createHistogram() };
  /** Today's own as long as there is no other day. */
  let whole = open.histogram;

  const seal = (): void => {
    if (open.histogram.count() > 0) sealed.set(open.day, open.histogram.entries());
  };
  const turnTo = (day: number): void => {
    seal();
    open = { day, histogram: createHistogram(sealed.get(day)) };
  };
  const forgetBefore = (day: number): void => {
    const old = [...sealed.keys()].filter((each) => each < day);
    if (old.length === 0 && open.day >= day) return;
    turnTo(Math.max(day, open.day));
    for (const each of [...sealed.keys()].filter((kept) => kept < day)) sealed.delete(each);
    whole = createHistogram();
    for (const each of sealed.values()) whole.merge(createHistogram(each));
    if (!sealed.has(open.day)) whole.merge(open.histogram);
  };

  return {
    add(at, ms) {
      const day = Math.floor(at / DAY_MS);
      if (day !== open.day) turnTo(day);
      open.histogram.add(ms);
      if (whole !== open.histogram) whole.add(ms);
    },
    baseline(at) {
      forgetBefore(Math.floor(at / DAY_MS) - DAYS + 1);
      const p95Ms = whole.percentile(0.95);
      return p95Ms === null || whole.count() < ENOUGH ? null : { p95Ms, samples: whole.count() };
    },
  };
}
