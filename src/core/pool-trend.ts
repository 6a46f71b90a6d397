import { callersWaiting } from './pool.ts';
import type { PoolSample } from './pool-memory.ts';

/** What is older says nothing about the present pace. */
const LOOK_BACK_MS = 30 * 60_000;
const MIN_SAMPLES = 5;
const MIN_SPAN_MS = 120_000;
const MIN_RISE = 2;
/** How near to a straight line it has to be: the square of the correlation. */
const MIN_FIT = 0.8;
/** Neither further ahead than this, nor than this many times what was seen. */
const MAX_AHEAD_MS = 3_600_000;
const MAX_AHEAD_SPANS = 3;

interface Point {
  readonly at: number;
  readonly wanted: number;
}

/**
 * In how many milliseconds every connection is in use if the pool goes on filling at the present pace. null where it
 * does not rise steadily, is exhausted already, or would be so later than can be told.
 */
export function exhaustedInMs(samples: readonly PoolSample[], max: number | null): number | null {
  const now = samples.at(-1);
  if (now === undefined || max === null || max < 2) return null;
  const points = samples.filter(({ at }) => now.at - at <= LOOK_BACK_MS).flatMap(pointOf);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.at !== now.at || points.length < MIN_SAMPLES) return null;
  const span = last.at - first.at;
  const line = straightLine(points);
  if (span < MIN_SPAN_MS || line.quality < MIN_FIT || line.slope * span < MIN_RISE || last.wanted >= max) return null;
  const ahead = (max - last.wanted) / line.slope;
  return ahead > Math.min(MAX_AHEAD_MS, MAX_AHEAD_SPANS * span) ? null : Math.round(ahead);
}

/** Connections in use and callers who wait for one. */
function pointOf(sample: PoolSample): readonly Point[] {
  return sample.used === null ? [] : [{ at: sample.at, wanted: sample.used + callersWaiting(sample) }];
}

/** The straight line with the least squares; `quality` is the square of the correlation. */
function straightLine(points: readonly Point[]): { readonly slope: number; readonly quality: number } {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middle, level] = [mean(({ at }) => at), mean(({ wanted }) => wanted)];
  const spread = mean(({ at }) => (at - middle) ** 2);
  const height = mean(({ wanted }) => (wanted - level) ** 2);
  const joint = mean(({ at, wanted }) => (at - middle) * (wanted - level));
  if (spread === 0 || height === 0) return { slope: 0, quality: 0 };
  return { slope: joint / spread, quality: joint ** 2 / (spread * height) };
}
