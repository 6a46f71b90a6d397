import { callersWaiting, type Pool } from './pool.ts';
import type { PoolFigures } from './store.ts';

/** A pool over time, oldest first. */
export interface PoolSeries {
  readonly name: string;
  readonly kind: Pool['kind'];
  readonly points: readonly PoolPoint[];
}

/** The worst moment of a bucket, as it was: its figures belong together. `count` is the number of samples it was taken from. */
export interface PoolPoint {
  readonly at: number;
  readonly pool: Pool;
  readonly count: number;
}

/** The pools in these readings, which are oldest first. Buckets lie on multiples of `bucketMs`; empty ones are left out. */
export function poolSeries(readings: Iterable<PoolFigures>, bucketMs: number): readonly PoolSeries[] {
  const byName = new Map<string, Map<number, PoolPoint>>();
  for (const { at, pools } of readings)
    for (const pool of pools) {
      const points = byName.get(pool.name) ?? new Map<number, PoolPoint>();
      byName.set(pool.name, points);
      const bucket = Math.floor(at / bucketMs) * bucketMs;
      points.set(bucket, worseOf(points.get(bucket), { at, pool, count: 1 }));
    }
  return [...byName].flatMap(([name, points]) => {
    const all = [...points.values()];
    const last = all.at(-1);
    return last === undefined ? [] : [{ name, kind: last.pool.kind, points: all }];
  });
}

/** More callers waiting is worse, then more connections in use; of two that are the same the later. */
function worseOf(known: PoolPoint | undefined, next: PoolPoint): PoolPoint {
  if (known === undefined) return next;
  const count = known.count + next.count;
  const worse =
    callersWaiting(next.pool) - callersWaiting(known.pool) || (next.pool.used ?? 0) - (known.pool.used ?? 0);
  return worse < 0 ? { ...known, count } : { ...next, count };
}
