import { formatDuration } from './duration.ts';
import { callersWaiting, describePool } from './pool.ts';
import type { PoolFinding, PoolView } from './pool-finding.ts';
import type { PoolSample } from './pool-memory.ts';

/** One busy connection is never a sign: servers hold one while they count. */
const SMALLEST_MAX = 2;
const LEAK_MS = 60_000;
/**
 * So many samples one after the other in which nothing came back: traffic gives back, but with fewer samples it may be
 * chance that none of them shows it, the more so where a job lasts as long as the time between two.
 */
const STEADY_SAMPLES = 12;
/** A listener keeps a connection for good; two more than there were are no listener. */
const LEAK_RISE = 2;
/** A pool that fills with traffic fills at once; one that leaks, connection by connection. */
const CLIMB_STEPS = 3;
const CLIMB_TO_FULL_STEPS = 4;
const HALF = 0.5;
const GROWTHS = 3;
/** A rise that stopped is no leak, or no longer one. */
const RISE_FADES_MS = 300_000;

/** The rules that tell connections which are taken and not given back (product.md, "leak A", "leak B"). */
export const LEAK_RULES: readonly ((view: PoolView) => PoolFinding | null)[] = [
  keepsConnections,
  growsWithoutIdle,
  climbs,
];

/**
 * Leak A: nothing is idle, and for more than a minute nothing came back, although nobody else waits. Once it held, it
 * holds until something is idle again.
 */
function keepsConnections({ samples, now, max, held }: PoolView): PoolFinding | null {
  if (max === null || max < SMALLEST_MAX || callersWaiting(now) > 1) return null;
  const sinceIdle = samples.findLastIndex(({ idle, used }) => idle !== 0 || (used ?? 0) < 2) + 1;
  const run = steady(samples.slice(sinceIdle));
  const [first] = run;
  if (first === undefined) return null;
  const isLeak = isLong(run, now) && usedOf(now) - lowest(samples) >= LEAK_RISE;
  if (!isLeak && held !== 'pool_leak') return null;
  const figures = `${fullness(now, max)}, none idle and none given back for ${formatDuration(now.at - first.at)}`;
  return { code: 'pool_leak', level: 'fail', since: first.at, figures };
}

/** Leak B: in each of three samples more are open and fewer idle than in the one before. Samples that say the same count as one. */
function growsWithoutIdle({ samples, now, max, held }: PoolView): PoolFinding | null {
  if (max === null || max < SMALLEST_MAX || callersWaiting(now) > 1) return null;
  const steps = samples.filter(
    ({ total, idle }, at) => total !== samples[at - 1]?.total || idle !== samples[at - 1]?.idle,
  );
  const grown = steps.slice(steps.findLastIndex((step, at) => !isGrowth(steps[at - 1], step)));
  const [from] = grown;
  const to = grown.at(-1);
  if (from === undefined || to === undefined || now.at - to.at > RISE_FADES_MS) return null;
  if (grown.length <= GROWTHS && !(held === 'pool_leak' && grown.length > 1)) return null;
  const figures = `${now.total} open and ${now.idle} idle, after ${from.total} open and ${from.idle} idle ${formatDuration(now.at - from.at)} before`;
  return { code: 'pool_leak', level: 'fail', since: from.at, figures };
}

/**
 * Where others give back what they took there is always something idle, and neither A nor B sees a leak. What shows it
 * is that the connections in use only ever rise, one after the other: for long, to half of the maximum; or, as the
 * reason why none is left, to the last one. Once it held, it holds until some come back.
 */
function climbs({ samples, now, max, held }: PoolView): PoolFinding | null {
  if (max === null || max < SMALLEST_MAX || usedOf(now) < max * HALF) return null;
  const run = steady(samples);
  const [first = now] = run;
  const isFull = usedOf(now) >= max - 1;
  const steps = rises(run);
  const isLeak = isFull
    ? steps >= CLIMB_TO_FULL_STEPS
    : callersWaiting(now) <= 1 && steps >= CLIMB_STEPS && isLong(run, now);
  const isStill = held === 'pool_leak' && usedOf(now) > Math.max(...samples.map(usedOf)) - LEAK_RISE;
  if (!isLeak && !isStill) return null;
  const from = lowest(samples);
  const rise = from < usedOf(now) ? `up from ${from} without a fall` : 'none given back';
  const figures = `${fullness(now, max)}, ${rise} for ${formatDuration(now.at - first.at)}`;
  return { code: 'pool_leak', level: 'fail', since: first.at, figures };
}

function isLong(run: readonly PoolSample[], now: PoolSample): boolean {
  return run.length >= STEADY_SAMPLES && now.at - (run[0]?.at ?? now.at) > LEAK_MS;
}

/** The samples up to now in which the connections in use never fell. */
function steady(samples: readonly PoolSample[]): readonly PoolSample[] {
  const fell = samples.findLastIndex((sample, at) => usedOf(sample) < usedOf(samples[at - 1] ?? sample));
  return samples.slice(Math.max(0, fell));
}

function rises(run: readonly PoolSample[]): number {
  return run.filter((sample, at) => usedOf(sample) > usedOf(run[at - 1] ?? sample)).length;
}

function isGrowth(before: PoolSample | undefined, { total, idle }: PoolSample): boolean {
  if (before === undefined || before.total === null || before.idle === null) return false;
  return total !== null && idle !== null && total > before.total && idle < before.idle;
}

function lowest(samples: readonly PoolSample[]): number {
  return Math.min(...samples.flatMap(({ used }) => used ?? []));
}

function usedOf({ used }: PoolSample): number {
  return used ?? 0;
}

function fullness({ total, used, waiting }: PoolSample, max: number | null): string {
  return describePool({ total, used, waiting, max }) ?? '';
}
