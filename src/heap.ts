import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How much more than what was alive the heap may hold before all of it is collected. V8 would take up to 300 % on a machine with much memory. */
const GROWTH_PERCENT = 30;
/** Both halves of the space for new objects: 8 MB of the 32 that V8 would take. Collecting that more often costs nothing to be measured; with 2 MB it is a third. */
const YOUNG_BYTES = 8 * 1024 * 1024;

/**
 * Keeps the memory of this process near what is alive. What a probe leaves behind is garbage as soon as it is stored, and
 * there is much of it. Flags, because nobody can be asked to start Node with them.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  let mayGrow = true;
  // V8 also lets the young space shrink when there is little to do, and it must be able to grow again after that.
  const observer = new PerformanceObserver(() => {
    const isSmall = youngBytes() < YOUNG_BYTES;
    if (isSmall !== mayGrow) setFlagsFromString(`--semi-space-growth-factor=${isSmall ? 2 : 1}`);
    mayGrow = isSmall;
  });
  observer.observe({ type: 'gc' });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
