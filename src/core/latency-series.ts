import type { LatencySummary } from './monitor.ts';
import { ascending, percentile } from './percentile.ts';
import type { LatencySample } from './store.ts';

/** The probes that started in [at, at + bucket). `count` of them were timed, `failed` have no time. */
export interface LatencyPoint {
  readonly at: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  readonly count: number;
  readonly failed: number;
}

/** Exact percentiles per bucket, oldest first. Buckets lie on multiples of `bucketMs`; empty ones are left out. */
export function latencySeries(samples: readonly LatencySample[], bucketMs: number): LatencyPoint[] {
  const buckets = new Map<number, Bucket>();
  let bucket: Bucket | undefined;
  for (const { at, ms } of samples) {
    const from = Math.floor(at / bucketMs) * bucketMs;
    // Samples come in order, so that few lead to another bucket than the one before did.
    if (bucket?.at !== from) {
      bucket = buckets.get(from) ?? { at: from, times: [], failed: 0 };
      buckets.set(from, bucket);
    }
    if (ms === null) bucket.failed += 1;
    else bucket.times.push(ms);
  }
  return [...buckets.values()].sort((a, b) => a.at - b.at).map(latencyPoint);
}

interface Bucket {
  readonly at: number;
  readonly times: number[];
  failed: number;
}

function latencyPoint({ at, times, failed }: Bucket): LatencyPoint {
  const sorted = ascending(times);
  return {
    at,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    maxMs: percentile(sorted, 1),
    count: sorted.length,
    failed,
  };
}

export function latencySummary(samples: readonly LatencySample[]): LatencySummary {
  const sorted = timesOf(samples).sort();
  return {
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    samples: sorted.length,
  };
}

function timesOf(samples: readonly LatencySample[]): Float64Array {
  const times = new Float64Array(samples.length);
  let count = 0;
  for (const { ms } of samples) {
    if (ms === null) continue;
    times[count] = ms;
    count += 1;
  }
  return times.subarray(0, count);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BUCKETS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 30].map((n) => n * MINUTE),
  ...[1, 2, 6, 24].map((n) => n * HOUR),
];
/** More points than this a chart of a screen's width cannot show. */
const MAX_POINTS = 300;

/** The smallest round bucket that keeps a chart of `windowMs` within its points. */
export function bucketFor(windowMs: number): number {
  return BUCKETS.find((bucket) => windowMs / bucket <= MAX_POINTS) ?? 24 * HOUR;
}
