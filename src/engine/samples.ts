import type { LatencySummary } from '../core/monitor.ts';
import { ascending, percentile } from '../core/percentile.ts';
import type { LatencySample } from '../core/ports.ts';

/** Latency samples of one step of one server, the newest `keepMs` of them, oldest first. */
export interface Samples {
  add(at: number, ms: number): void;
  since(from: number): readonly LatencySample[];
  /** Exact percentiles over everything kept; computed anew at most once per `add`. */
  summary(): LatencySummary;
}

export function createSamples(keepMs: number, first: readonly LatencySample[] = []): Samples {
  let samples = first.filter(({ ms }) => ms !== null);
  let cached: LatencySummary | null = null;
  return {
    add: (at, ms) => {
      cached = null;
      samples.push({ at, ms });
      const oldest = samples[0];
      if (oldest !== undefined && oldest.at < at - keepMs * 1.1)
        samples = samples.filter((sample) => sample.at >= at - keepMs);
    },
    since: (from) => samples.filter(({ at }) => at > from),
    summary: () => {
      cached ??= summarise(samples);
      return cached;
    },
  };
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
