import type { LatencySummary } from '../core/monitor.ts';
import type { LatencySample } from '../core/store.ts';
import { createOrdered } from './ordered.ts';

/**
 * Latency samples of one step of one server, those of the newest `keepMs`, to the second in time and the microsecond in
 * length. Those of probes with marks are among them. Where the clock is set back, some are kept for that much longer.
 */
export interface Samples {
  readonly keepMs: number;
  add(at: number, ms: number, isMarked?: boolean): void;
  /** Adds what was before all that is kept, oldest first. */
  fill(older: readonly LatencySample[]): void;
  /** Those after `from`, in the order in which they came. */
  since(from: number): readonly LatencySample[];
  /** Exact percentiles over everything kept: they stand ready, so that asking for those of all servers costs next to nothing. */
  summary(): LatencySummary;
}

/** A day of samples, one a minute, takes 12 bytes each: 3,000 servers fit in 65 MB. */
const SMALLEST = 16;
const GROWTH = 1.05;
/** Set in a length, which is never that long: half an hour. */
const MARKED = 2 ** 31;

export function createSamples(keepMs: number, first: readonly LatencySample[] = []): Samples {
  /** What is kept lies in [from, to), in the order in which it came; `ordered` holds the same lengths. */
  let seconds = new Uint32Array(SMALLEST);
  let packed = new Uint32Array(SMALLEST);
  let ordered = createOrdered(new Uint32Array(SMALLEST), 0);
  let from = 0;
  let to = 0;
  let newest = 0;

  const isExpired = (at: number): boolean => (seconds[at] ?? 0) <= newest - keepMs / 1000;

  /** Moves what is kept to the front of new arrays that have room for more. */
  const rebuild = (): void => {
    const places = Array.from({ length: to - from }, (_, n) => from + n).filter((at) => !isExpired(at));
    const size = SMALLEST + Math.ceil(places.length * GROWTH);
    const [oldSeconds, oldPacked] = [seconds, packed];
    [seconds, packed] = [new Uint32Array(size), new Uint32Array(size)];
    for (const [at, old] of places.entries()) {
      seconds[at] = oldSeconds[old] ?? 0;
      packed[at] = oldPacked[old] ?? 0;
    }
    [from, to] = [0, places.length];
    ordered = createOrdered(packed.map(lengthOf), to);
  };

  const append = (at: number, ms: number, isMarked: boolean): void => {
    if (to === seconds.length) rebuild();
    newest = Math.floor(at / 1000);
    seconds[to] = newest;
    packed[to] = Math.min(Math.round(ms * 1000), MARKED - 1) + (isMarked ? MARKED : 0);
    to += 1;
  };

  const read = (isWanted: (at: number) => boolean): LatencySample[] => {
    const found: LatencySample[] = [];
    for (let at = from; at < to; at += 1) if (isWanted(at)) found.push(toSample(seconds[at] ?? 0, packed[at] ?? 0));
    return found;
  };

  const fill = (older: readonly LatencySample[]): void => {
    const all = [...older, ...read(() => true)];
    [seconds, packed] = [new Uint32Array(all.length + SMALLEST), new Uint32Array(all.length + SMALLEST)];
    [from, to] = [0, 0];
    for (const { at, ms, marked } of all) if (ms !== null) append(at, ms, marked === true);
    rebuild();
  };

  fill(first);
  return {
    keepMs,
    add(at, ms, isMarked = false) {
      append(at, ms, isMarked);
      ordered.add(lengthOf(packed[to - 1] ?? 0));
      for (; isExpired(from); from += 1) ordered.remove(lengthOf(packed[from] ?? 0));
    },
    fill,
    since: (instant) => read((at) => (seconds[at] ?? 0) * 1000 > instant),
    summary: () => ({
      p50Ms: msOf(ordered.percentile(0.5)),
      p95Ms: msOf(ordered.percentile(0.95)),
      p99Ms: msOf(ordered.percentile(0.99)),
      samples: to - from,
    }),
  };
}

function toSample(second: number, packed: number): LatencySample {
  const sample = { at: second * 1000, ms: lengthOf(packed) / 1000 };
  return packed < MARKED ? sample : { marked: true, ...sample };
}

function lengthOf(packed: number): number {
  return packed < MARKED ? packed : packed - MARKED;
}

function msOf(micros: number | null): number | null {
  return micros === null ? null : micros / 1000;
}
