import { monitorEventLoopDelay } from 'node:perf_hooks';

const NANOS = 1e6;
/** The histogram's own sampling interval, which it adds to every figure. */
const RESOLUTION_MS = 10;

/** How long the event loop kept timers waiting since the last reading, in milliseconds. */
export interface LoopDelay {
  read(): { readonly p50: number; readonly p99: number };
  stop(): void;
}

export function createLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const ms = (share: number): number => Math.max(0, histogram.percentile(share) / NANOS - RESOLUTION_MS);
  return {
    read: () => {
      const seen = histogram.count > 0 ? { p50: ms(50), p99: ms(99) } : { p50: 0, p99: 0 };
      histogram.reset();
      return seen;
    },
    stop: () => histogram.disable(),
  };
}
