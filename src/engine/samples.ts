import type { LatencySummary } from '../core/monitor.ts';
import { ascending, percentile } from '../core/percentile.ts';
import type { LatencySample } from '../core/store.ts';

/**
 * Latency samples of one step of one server, those of the newest `keepMs`, to the second in time and the microsecond in
 * length. Those of probes with marks are among them.
 */
export interface Samples {
  readonly keepMs: number;
  add(at: number, ms: number, isMarked?: boolean): void;
  /** Those after `from`, in the order in which they came. */
  since(from: number): readonly LatencySample[];
  /** Exact percentiles over everything kept; computed anew at most once per `add`. */
  summary(): LatencySummary;
}

/** A day of samples, one a minute, takes 8 bytes each: 3,000 servers fit in 50 MB. */
const SMALLEST = 16;
const GROWTH = 1.5;
/** Set in a length, which is never that long: half an hour. */
const MARKED = 2 ** 31;

export function createSamples(keepMs: number, first: readonly LatencySample[] = []): Samples {
  let seconds = new Uint32Array(SMALLEST);
  let micros = new Uint32Array(SMALLEST);
  let count = 0;
  let newest = 0;
  let cached: LatencySummary | null = null;

  const isKept = (second: number): boolean => second > newest - keepMs / 1000;

  /** Drops what is too old; takes more room where that gave too little. */
  const makeRoom = (): void => {
    const kept = [...seconds.subarray(0, count).keys()].filter((at) => isKept(seconds[at] ?? 0));
    const room = kept.length < seconds.length / GROWTH ? seconds.length : Math.ceil(seconds.length * GROWTH);
    const [oldSeconds, oldMicros] = [seconds, micros];
    seconds = new Uint32Array(room);
    micros = new Uint32Array(room);
    count = kept.length;
    for (const [to, from] of kept.entries()) {
      seconds[to] = oldSeconds[from] ?? 0;
      micros[to] = oldMicros[from] ?? 0;
    }
  };

  const add = (at: number, ms: number, isMarked = false): void => {
    cached = null;
    newest = Math.floor(at / 1000);
    if (count === seconds.length) makeRoom();
    seconds[count] = newest;
    micros[count] = Math.min(Math.round(ms * 1000), MARKED - 1) + (isMarked ? MARKED : 0);
    count += 1;
  };

  const read = (isWanted: (second: number) => boolean): LatencySample[] => {
    const found: LatencySample[] = [];
    for (let at = 0; at < count; at += 1) {
      const second = seconds[at] ?? 0;
      if (isWanted(second)) found.push(toSample(second, micros[at] ?? 0));
    }
    return found;
  };

  for (const { at, ms, marked } of first) if (ms !== null) add(at, ms, marked === true);
  return {
    keepMs,
    add,
    since: (from) => read((second) => second * 1000 > from),
    summary: () => {
      cached ??= summarise(read(isKept));
      return cached;
    },
  };
}

function toSample(second: number, packed: number): LatencySample {
  if (packed < MARKED) return { at: second * 1000, ms: packed / 1000 };
  return { at: second * 1000, ms: (packed - MARKED) / 1000, marked: true };
}

function summarise(samples: readonly LatencySample[]): LatencySummary {
  const sorted = ascending(samples.flatMap(({ ms }) => (ms === null ? [] : [ms])));
  return {
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    samples: sorted.length,
  };
}
