import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How much more than what was alive the heap may hold before all of it is collected. V8 would take up to 300 % on a machine with much memory. */
const GROWTH_PERCENT = 30;
/** The space for new objects: 2 MB when Node starts, four times as much to probe with. V8 would take 32 MB; with 2 MB probes cost a third more. */
const YOUNG_BYTES = 8 * 1024 * 1024;
const YOUNG_GROWTH = 4;

/**
 * Keeps the memory of this process near what is alive. What a probe leaves behind is garbage as soon as it is stored, and
 * there is much of it. Flags, because nobody can be asked to start Node with them.
 */
export function keepHeapSmall(): void {
  setFlags(1);
}

/** Lets the space for new objects grow to what probing needs. To be called when the start is over, whose garbage is none of probes. */
export function growYoungSpace(): void {
  const observer = new PerformanceObserver(boundHeap);
  observer.observe({ type: 'gc' });
  boundHeap();
}

/** Said anew after each collection: V8 forgets it when a thread is started, and lets the space shrink when there is little to do. */
function boundHeap(): void {
  const youngBytes = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
  setFlags(youngBytes < YOUNG_BYTES ? YOUNG_GROWTH : 1);
}

function setFlags(youngGrowth: number): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--semi-space-growth-factor=${youngGrowth}`);
}
