import { marksOf } from '../core/marks.ts';
import type { Prober } from '../core/ports.ts';
import type { ProbeReport } from '../core/probe.ts';
import type { LoopLag } from './loop-lag.ts';

export interface MarkingOptions {
  readonly prober: Prober;
  readonly lag: LoopLag;
  /** What the last probe of a server saw; null: there was none. */
  readonly lastOf: (serverId: string) => ProbeReport | null;
}

/** Probes as the given prober does, and marks the reports whose times say little about the server. */
export function createMarking({ prober, lag, lastOf }: MarkingOptions): Prober {
  /** Probed since the monitor started. */
  const met = new Set<string>();
  return {
    async probe(request) {
      const { id, schedule } = request.server;
      const before = lastOf(id);
      const isFirst = !met.has(id);
      met.add(id);
      const longestWait = lag.watch();
      try {
        const report = await prober.probe(request);
        return { ...report, marks: marksOf({ report, schedule, before, isFirst, lagMs: longestWait() }) };
      } finally {
        longestWait();
      }
    },
  };
}
