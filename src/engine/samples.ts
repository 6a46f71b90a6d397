import type { LatencySummary } from '../core/monitor.ts';
import type { StepName } from '../core/step.ts';
import type { LatencySample } from '../core/store.ts';
import { atShare, insert, type Ordered, takeOut } from './ordered.ts';

/**
 * Latency samples of one step of one server, those of the newest `keepMs`, to the second in time and the microsecond in
 * length. Those of probes with marks are among them. Where the clock is set back, some are kept for that much longer.
 * One array and no functions of its own: ten thousand servers have one each.
 */
export interface Samples {
  readonly step: StepName;
  readonly keepMs: number;
  /** Three thirds: when each was, in seconds; how long it took; and the lengths once more, ascending, so that percentiles stand ready. */
  cells: Uint32Array;
  /** What is kept lies in [from, to) of the first two thirds, in the order in which it came. */
  from: number;
  to: number;
}

/** A day of samples, one a minute, takes 12 bytes each: 3,000 servers fit in 65 MB. */
const SMALLEST = 16;
const GROWTH = 1.05;
/** Set in a length, which is never that long: half an hour. */
const MARKED = 2 ** 31;

export function createSamples(step: StepName, keepMs: number): Samples {
  return { step, keepMs, cells: new Uint32Array(3 * SMALLEST), from: 0, to: 0 };
}

export function addSample(samples: Samples, at: number, ms: number, isMarked = false): void {
  if (samples.to === roomOf(samples)) rebuild(samples);
  const ordered = orderedOf(samples);
  append(samples, at, ms, isMarked);
  insert(ordered, lengthAt(samples, samples.to - 1));
  for (; isExpired(samples, samples.from); samples.from += 1)
    takeOut(orderedOf(samples), lengthAt(samples, samples.from));
}

/** Adds what was before all that is kept, oldest first. */
export function fillSamples(samples: Samples, older: readonly LatencySample[]): void {
  const all = [...older, ...samplesSince(samples, Number.NEGATIVE_INFINITY)];
  samples.cells = new Uint32Array(3 * (all.length + SMALLEST));
  [samples.from, samples.to] = [0, 0];
  for (const { at, ms, marked } of all) if (ms !== null) append(samples, at, ms, marked === true);
  rebuild(samples);
}

/** Those after `instant`, in the order in which they came. */
export function samplesSince(samples: Samples, instant: number): readonly LatencySample[] {
  const found: LatencySample[] = [];
  for (let place = samples.from; place < samples.to; place += 1) {
    const at = secondAt(samples, place) * 1000;
    if (at > instant) found.push(sampleOf(at, packedAt(samples, place)));
  }
  return found;
}

/** Exact percentiles over everything kept. Asking for those of all servers costs next to nothing. */
export function summaryOf(samples: Samples): LatencySummary {
  const ordered = orderedOf(samples);
  return {
    p50Ms: msOf(atShare(ordered, 0.5)),
    p95Ms: msOf(atShare(ordered, 0.95)),
    p99Ms: msOf(atShare(ordered, 0.99)),
    samples: samples.to - samples.from,
  };
}

/** Writes one behind the others; the last third does not have it yet. */
function append(samples: Samples, at: number, ms: number, isMarked: boolean): void {
  const { cells, to } = samples;
  cells[to] = Math.floor(at / 1000);
  cells[roomOf(samples) + to] = Math.min(Math.round(ms * 1000), MARKED - 1) + (isMarked ? MARKED : 0);
  samples.to += 1;
}

/** Moves what is kept to the front of a new array that has room for more. */
function rebuild(samples: Samples): void {
  const places = Array.from({ length: samples.to - samples.from }, (_, n) => samples.from + n);
  const kept = places.filter((place) => !isExpired(samples, place));
  const room = SMALLEST + Math.ceil(kept.length * GROWTH);
  const cells = new Uint32Array(3 * room);
  for (const [at, place] of kept.entries()) {
    cells[at] = secondAt(samples, place);
    cells[room + at] = packedAt(samples, place);
    cells[2 * room + at] = lengthAt(samples, place);
  }
  cells.subarray(2 * room, 2 * room + kept.length).sort();
  samples.cells = cells;
  [samples.from, samples.to] = [0, kept.length];
}

function isExpired(samples: Samples, place: number): boolean {
  return secondAt(samples, place) <= secondAt(samples, samples.to - 1) - samples.keepMs / 1000;
}

/** How many samples there is room for. */
function roomOf({ cells }: Samples): number {
  return cells.length / 3;
}

function orderedOf(samples: Samples): Ordered {
  const from = 2 * roomOf(samples);
  return { cells: samples.cells, from, to: from + samples.to - samples.from };
}

function secondAt({ cells }: Samples, place: number): number {
  return cells[place] ?? 0;
}

function packedAt(samples: Samples, place: number): number {
  return samples.cells[roomOf(samples) + place] ?? 0;
}

function lengthAt(samples: Samples, place: number): number {
  const packed = packedAt(samples, place);
  return packed < MARKED ? packed : packed - MARKED;
}

function sampleOf(at: number, packed: number): LatencySample {
  return packed < MARKED ? { at, ms: packed / 1000 } : { marked: true, at, ms: (packed - MARKED) / 1000 };
}

function msOf(micros: number | null): number | null {
  return micros === null ? null : micros / 1000;
}
