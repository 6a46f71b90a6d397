import { groupBy } from './group.ts';
import { count, createHistogram, entriesOf, type Histogram, joinHistograms, percentileOf } from './histogram.ts';
import type { LatencyPoint } from './latency-series.ts';
import type { LatencySummary } from './monitor.ts';
import type { LatencyRoll, LatencySample } from './store.ts';

/** Samples as rolls of `unitMs`, oldest first; spans without any are left out. */
export function rollUp(samples: readonly LatencySample[], unitMs: number): LatencyRoll[] {
  const groups = groupBy(samples, ({ at }) => Math.floor(at / unitMs) * unitMs);
  return [...groups].sort(([a], [b]) => a - b).map(([at, own]) => rollOf(at, own));
}

function rollOf(at: number, samples: readonly LatencySample[]): LatencyRoll {
  const histogram = createHistogram();
  let maxMs: number | null = null;
  for (const { ms } of samples) {
    if (ms === null) continue;
    count(histogram, ms);
    maxMs = Math.max(ms, maxMs ?? 0);
  }
  return {
    at,
    count: histogram.total,
    failed: samples.length - histogram.total,
    maxMs,
    histogram: entriesOf(histogram),
  };
}

/** The same samples as one roll that begins `at`. */
export function mergeRolls(at: number, rolls: readonly LatencyRoll[]): LatencyRoll {
  return { at, ...totals(rolls), histogram: entriesOf(joined(rolls)) };
}

function totals(rolls: readonly LatencyRoll[]): Pick<LatencyRoll, 'count' | 'failed' | 'maxMs'> {
  const times = rolls.flatMap(({ maxMs }) => (maxMs === null ? [] : [maxMs]));
  return {
    count: rolls.reduce((sum, { count }) => sum + count, 0),
    failed: rolls.reduce((sum, { failed }) => sum + failed, 0),
    maxMs: times.length === 0 ? null : Math.max(...times),
  };
}

/** Percentiles within 1 % over everything in `rolls`. */
export function rollSummary(rolls: readonly LatencyRoll[]): LatencySummary {
  const all = joined(rolls);
  return {
    p50Ms: percentileOf(all, 0.5),
    p95Ms: percentileOf(all, 0.95),
    p99Ms: percentileOf(all, 0.99),
    samples: all.total,
  };
}

/** Points of a chart, oldest first, on multiples of `bucketMs`, which is a multiple of what the rolls span. Percentiles within 1 %. */
export function rollSeries(rolls: readonly LatencyRoll[], bucketMs: number): LatencyPoint[] {
  const groups = groupBy(rolls, ({ at }) => Math.floor(at / bucketMs) * bucketMs);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([at, own]) => {
      const all = joined(own);
      return { at, ...totals(own), p50Ms: percentileOf(all, 0.5), p95Ms: percentileOf(all, 0.95) };
    });
}

function joined(rolls: readonly LatencyRoll[]): Histogram {
  return joinHistograms(rolls.map(({ histogram }) => histogram));
}
