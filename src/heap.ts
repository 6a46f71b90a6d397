import { type EventLoopUtilization, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How much more than what was alive the heap may hold before all of it is collected. V8 would take up to 300 % on a machine with much memory. */
const GROWTH_PERCENT = 30;
/**
 * The space for new objects: 2 MB when Node starts, four times as much to start and to probe with. V8 would take 32 MB;
 * with 2 MB probes cost a third more, and a start with a thousand servers collects it 170 times.
 */
const YOUNG_BYTES = 8 * 1024 * 1024;
/**
 * For a process that is at work for so much of its time: the more probes are under way at once, the more of them is moved
 * whenever the space is collected. At 167 probes a second 16 MB save a tenth of their cost and take 20 MB; with 8 MB each
 * probe costs a fifth more where there is more to do than can be done.
 */
const BUSY: readonly { readonly share: number; readonly bytes: number }[] = [
  { share: 0.95, bytes: 32 * 1024 * 1024 },
  { share: 0.2, bytes: 16 * 1024 * 1024 },
];
const YOUNG_GROWTH = 4;
/** Each is 64 kB; V8 needs some 20. */
const MOST_TRIES = 100;
/** At work for so long is no start and no passing rush. */
const BUSY_MS = 10_000;

/**
 * V8 puts objects made at places whose objects used to live on at once where only a full collection looks. With a hundred
 * probes under way all of what they are made of looks so; then each that is over keeps what it refers to from being
 * collected with the new objects, and all of it is moved twice first. Without that a probe costs a tenth less, a quarter
 * where there is more to do than can be done.
 */
const NO_PRETENURING = '--no-allocation-site-pretenuring';

/**
 * Keeps the memory of this process near what is alive. What a probe leaves behind is garbage as soon as it is stored, and
 * there is much of it. Flags, because nobody can be asked to start Node with them.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(NO_PRETENURING);
  setFlags(YOUNG_GROWTH);
  outgrowYoungSpace();
  setFlags(1);
}

/**
 * V8 lets the space grow when more than it holds was still needed, and does not ask before it grows again: what a start
 * loads and reads would make it 32 MB, which stay.
 */
function outgrowYoungSpace(): void {
  const needed: unknown[] = [];
  for (let tries = 0; tries < MOST_TRIES && youngBytes() < YOUNG_BYTES; tries += 1)
    needed.push(new Array(8000).fill(0));
}

/** Keeps the space for new objects as large as probing needs, from the end of a start on. */
export function keepYoungSpace(): void {
  const shareOf = watchWork();
  const bound = (): void => {
    const worked = shareOf();
    boundHeap(BUSY.find(({ share }) => worked >= share)?.bytes ?? YOUNG_BYTES);
  };
  new PerformanceObserver(bound).observe({ type: 'gc' });
  bound();
}

/** Said anew after each collection: V8 forgets it when a thread is started, and lets the space shrink when there is little to do. */
function boundHeap(wanted: number): void {
  setFlags(youngBytes() < wanted ? YOUNG_GROWTH : 1);
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}

/** The share of the last whole stretch of time, 0..1, in which the event loop was at work. */
function watchWork(): () => number {
  let from: EventLoopUtilization = performance.eventLoopUtilization();
  let share = 0;
  return () => {
    const now = performance.eventLoopUtilization();
    const { idle, active, utilization } = performance.eventLoopUtilization(now, from);
    if (idle + active < BUSY_MS) return share;
    share = utilization;
    from = now;
    return share;
  };
}

function setFlags(youngGrowth: number): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--semi-space-growth-factor=${youngGrowth}`);
}
