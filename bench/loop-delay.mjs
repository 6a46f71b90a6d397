import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into the built monitor by `loop.ts`: for how long its event loop kept timers waiting. At SIGUSR2 what was seen
 * since the last one is written to the file LOOP_DELAY, in milliseconds.
 */
const RESOLUTION_MS = 5;
const NANOS = 1e6;

if (isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const ms = (nanos) => Math.max(0, nanos / NANOS - RESOLUTION_MS);
  process.on('SIGUSR2', () => {
    const { count, max } = histogram;
    const [p50, p99, p999] = [50, 99, 99.9].map((percent) => ms(histogram.percentile(percent)));
    writeFileSync(process.env.LOOP_DELAY, JSON.stringify({ count, p50, p99, p999, max: ms(max) }));
    histogram.reset();
  });
}
