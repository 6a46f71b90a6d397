import { performance } from 'node:perf_hooks';

/** Tells for how long the event loop kept timers waiting while something ran, so that its times can be trusted or not. */
export interface LoopLag {
  /** Begins to watch; the returned function ends that and gives the longest wait since, in milliseconds. */
  watch(): () => number;
}

const EVERY_MS = 20;

/** For where nothing is measured: the loop never lags. */
export const steadyLoop: LoopLag = { watch: () => () => 0 };

/** A timer runs only while somebody watches. */
export function createLoopLag(): LoopLag {
  const watchers = new Set<{ worst: number }>();
  let last = 0;
  let timer: NodeJS.Timeout | null = null;

  const look = (): void => {
    const now = performance.now();
    const late = now - last - EVERY_MS;
    last = now;
    for (const watcher of watchers) watcher.worst = Math.max(watcher.worst, late);
  };

  return {
    watch() {
      const watcher = { worst: 0 };
      if (timer === null) {
        last = performance.now();
        timer = setInterval(look, EVERY_MS).unref();
      }
      watchers.add(watcher);
      return () => {
        // The loop may have stood still since the timer was due.
        const pending = performance.now() - last - EVERY_MS;
        watchers.delete(watcher);
        if (watchers.size === 0 && timer !== null) {
          clearInterval(timer);
          timer = null;
        }
        return Math.max(watcher.worst, pending);
      };
    },
  };
}
