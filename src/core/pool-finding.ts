import type { PoolSample } from './pool-memory.ts';
import type { PoolReason } from './pool-reason.ts';

/** One pool, seen from one source, as the rules look at it. */
export interface PoolView {
  /** Oldest first; the last is `now`. */
  readonly samples: readonly PoolSample[];
  readonly now: PoolSample;
  /** How many connections it may have, where that is certain; null: the rules that need it stay silent. */
  readonly max: number | null;
  /** What held for it in the probe before: that rule asks for a clearer recovery, lest it flaps. */
  readonly held: PoolReason | null;
}

/** A rule that holds. */
export interface PoolFinding {
  readonly code: PoolReason;
  readonly level: 'warn' | 'fail';
  /** The first sample in which it was so. */
  readonly since: number;
  /** What is so: `7 calls waiting, 10 of 10 connections in use`. */
  readonly figures: string;
}
