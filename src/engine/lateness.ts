import { ascending, percentile } from '../core/percentile.ts';

const KEPT = 1_000;
/** A start later than this is counted: the probe had to wait, or the event loop was busy. */
const LATE_MS = 100;

/** How far probes start from their slots, over the last 1,000 starts. */
export interface Lateness {
  note(lateMs: number): void;
  missed(slots: number): void;
  figures(): LatenessFigures;
}

export interface LatenessFigures {
  /** Since the start of the monitor. */
  readonly slotsLate: number;
  readonly slotsMissed: number;
  readonly lagMs: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
}

export function createLateness(): Lateness {
  const kept: number[] = [];
  let slotsLate = 0;
  let slotsMissed = 0;
  return {
    note: (lateMs) => {
      if (lateMs > LATE_MS) slotsLate += 1;
      if (kept.push(Math.max(0, lateMs)) > KEPT) kept.shift();
    },
    missed: (slots) => {
      slotsMissed += slots;
    },
    figures: () => {
      const sorted = ascending(kept);
      const lagMs = { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: sorted.at(-1) ?? null };
      return { slotsLate, slotsMissed, lagMs };
    },
  };
}
