import type { PoolReason } from './pool-reason.ts';

/** Where a figure was read. */
export type PoolSource = 'canary' | 'resource' | 'health_url';

export type PoolKind = 'postgres' | 'redis' | 'http' | 'firestore' | 'other';

/** One pool as its server publishes it, in our names. A figure the server does not give is null, never 0. */
export interface Pool {
  readonly name: string;
  readonly kind: PoolKind;
  /** Where its figures were read; null: not known any more. */
  readonly source: PoolSource | null;
  readonly total: number | null;
  readonly idle: number | null;
  readonly used: number | null;
  readonly waiting: number | null;
  /** As published, else the connections open at a moment when callers waited: then there could be no more. */
  readonly max: number | null;
  /** Whether the server says `max` itself, or it was seen while callers waited; null where there is none. */
  readonly maxSource: 'published' | 'seen' | null;
  /** 0..1 of `max`; null where `max` is unknown. */
  readonly utilization: number | null;
  /** 0..1: of the counters since the last few probes where there are counters, else as published. */
  readonly errorRate: number | null;
  /** How far a replica is behind; `unknown`: it publishes a lag and does not know it, which is bad. */
  readonly lagSeconds: number | 'unknown' | null;
  /** Since its process started, so that rates are differences of two samples; a drop is a restart. */
  readonly counters: { readonly calls: number | null; readonly errors: number | null };
  /** When it is exhausted if it goes on filling as it does; null: it does not fill steadily, or not soon. */
  readonly exhaustedInMs: number | null;
  /** The rule that holds for it; null: it is well, or its figures were not judged. */
  readonly reason: PoolReason | null;
}

/** A pool beyond this many is not read: the text comes from a target. */
export const MAX_POOLS = 16;

/**
 * One pool of each name. Of several the first that says how full it is does so; what it leaves out (lag, counters, a
 * published maximum) is taken from the others.
 */
export function merge(pools: readonly Pool[]): readonly Pool[] {
  const byName = new Map<string, Pool>();
  for (const pool of pools) {
    const known = byName.get(pool.name);
    byName.set(pool.name, known === undefined ? pool : complete(known, pool));
  }
  return [...byName.values()];
}

function complete(pool: Pool, other: Pool): Pool {
  const isFuller = isEmpty(pool) && !isEmpty(other);
  const base = isFuller ? other : pool;
  const limits = [base, pool, other].toSorted(
    (a, b) => Number(b.maxSource === 'published') - Number(a.maxSource === 'published'),
  );
  const { max, maxSource } = limits.find((one) => one.max !== null) ?? base;
  return {
    ...base,
    max,
    maxSource,
    utilization:
      base.used !== null && max !== null && max > 0 ? base.used / max : (pool.utilization ?? other.utilization),
    errorRate: pool.errorRate ?? other.errorRate,
    lagSeconds: pool.lagSeconds ?? other.lagSeconds,
    counters: pool.counters.calls === null && pool.counters.errors === null ? other.counters : pool.counters,
  };
}

function isEmpty({ total, idle, used, waiting }: Fullness): boolean {
  return total === null && idle === null && used === null && waiting === null;
}

/** The pool that tells most about trouble: the one with the most callers waiting, then the fullest. */
export function worstPool(pools: readonly Pool[]): Pool | null {
  const byTrouble = [...pools].sort(
    (a, b) => (b.waiting ?? 0) - (a.waiting ?? 0) || (b.utilization ?? 0) - (a.utilization ?? 0),
  );
  return byTrouble[0] ?? null;
}

/** The figures that say how full a pool is. */
export type Fullness = Pick<Pool, 'total' | 'idle' | 'used' | 'waiting'>;

/**
 * Callers that wait for a connection. One that waits while none is in use is our own call, for which a connection is
 * being opened: pools that close idle ones do so at every probe.
 */
export function callersWaiting({ waiting, used }: Pick<Fullness, 'waiting' | 'used'>): number {
  return waiting === null || (waiting === 1 && used === 0) ? 0 : waiting;
}

/** `7 calls waiting, 10 of 10 connections in use`; null when the pool says neither. */
export function describePool(pool: Pick<Pool, 'total' | 'used' | 'waiting' | 'max'> | null): string | null {
  if (pool === null) return null;
  const parts: string[] = [];
  if (pool.waiting !== null && pool.waiting > 0)
    parts.push(`${pool.waiting} ${pool.waiting === 1 ? 'call' : 'calls'} waiting`);
  const limit = pool.max ?? pool.total;
  if (pool.used !== null && limit !== null) parts.push(`${pool.used} of ${limit} connections in use`);
  return parts.length === 0 ? null : parts.join(', ');
}
