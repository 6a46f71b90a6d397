import { monitorEventLoopDelay } from 'node:perf_hooks';

const NANOS = 1e6;
/** The histogram's own sampling interval, which it adds to every figure. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 15_000;

/** How long the event loop kept timers waiting, in milliseconds. */
export interface LoopDelayFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoopDelay {
  /** The worse of the quarter minute that is under way and the one before it, whoever else reads. */
  read(): LoopDelayFigures;
  stop(): void;
}

export function createLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const ms = (nanos: number): number => Math.max(0, nanos / NANOS - RESOLUTION_MS);
  const now = (): LoopDelayFigures =>
    histogram.count === 0
      ? { p50: 0, p99: 0, max: 0 }
      : { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
  let before: LoopDelayFigures = { p50: 0, p99: 0, max: 0 };
  const turn = setInterval(() => {
    before = now();
    histogram.reset();
  }, WINDOW_MS).unref();
  return {
    read() {
      const { p50, p99, max } = now();
      return { p50: Math.max(p50, before.p50), p99: Math.max(p99, before.p99), max: Math.max(max, before.max) };
    },
    stop() {
      clearInterval(turn);
      histogram.disable();
    },
  };
}
