import type { Pool } from './pool.ts';
import type { Reason } from './reasons.ts';
import type { Level, ProbeState, Signal } from './signal.ts';

/** What one probe says of one signal. `reason` is set exactly when the level is `warn` or `fail`, or `unknown` because of us. */
export interface Verdict {
  readonly level: Level;
  readonly reason: Reason | null;
}

export type Verdicts = Readonly<Record<Signal, Verdict>>;

/** What we make of one probe: a verdict per signal, and the state they add up to. */
export interface Judgement {
  readonly state: ProbeState;
  /** Of the worst state, then of the earliest step. */
  readonly reason: Reason | null;
  readonly verdicts: Verdicts;
  readonly pools: readonly Pool[];
  /** Why it probably is so; null when all is well or nothing points anywhere. */
  readonly cause: LikelyCause | null;
}

export const CAUSES = [
  'pool_exhausted',
  'pool_leak',
  'pool_nearly_full',
  'db_connections_exhausted',
  'dependency_unreachable',
  'credential_rejected',
  'slow_query',
  'pgbouncer_prepared_statement',
  'replica_lag',
  'hanging_tool',
  'throttled',
  'backlog',
  'draining',
  'unknown',
] as const;
export type CauseCode = (typeof CAUSES)[number];

export interface LikelyCause {
  readonly code: CauseCode;
  /** The sentence people read. */
  readonly explanation: string;
  /** What to try, most promising first. */
  readonly advice: readonly string[];
  /** What it rests on, each with where it was seen. Texts are cleaned and cut. Left out: it was not kept. */
  readonly evidence?: readonly Claim[];
}

/** Where something was seen: a step's timing is the protocol's, a rate comes from counters. */
export const CLAIM_SOURCES = ['protocol', 'canary', 'resource', 'health_url', 'pool', 'counters'] as const;

export interface Claim {
  readonly source: (typeof CLAIM_SOURCES)[number];
  readonly text: string;
}
