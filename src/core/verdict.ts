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
  'db_connections_exhausted',
  'dependency_unreachable',
  'credential_rejected',
  'slow_query',
  'pgbouncer_prepared_statement',
  'replica_lag',
  'hanging_tool',
  'throttled',
  'backlog',
  'unknown',
] as const;
export type CauseCode = (typeof CAUSES)[number];

export interface LikelyCause {
  readonly code: CauseCode;
  /** The sentence people read. */
  readonly explanation: string;
  /** What to try, most promising first. */
  readonly advice: readonly string[];
}
