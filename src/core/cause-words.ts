import type { PoolReason } from './pool-reason.ts';
import type { CauseCode } from './verdict.ts';

/** A cause in a subject line, after the colon; null: nothing is known. */
export const SHORT_CAUSES = {
  pool_exhausted: 'pool exhausted',
  pool_leak: 'connections leak',
  pool_nearly_full: 'pool nearly full',
  db_connections_exhausted: 'database out of connections',
  dependency_unreachable: 'database unreachable',
  credential_rejected: 'database rejects the password',
  slow_query: 'query timed out',
  pgbouncer_prepared_statement: 'prepared statement lost in the pooler',
  replica_lag: 'replica lags behind',
  hanging_tool: 'calls queue',
  throttled: 'throttled',
  backlog: 'callers queue for the pool',
  draining: 'draining',
  unknown: null,
} as const satisfies Record<CauseCode, string | null>;

const SIZE = 'Size the pool as floor((max_connections − reserved) / instances) and run it at 70–80 % of that.';
const TIMEOUTS =
  'Set an acquire timeout of 3–5 s and a statement timeout of 10 s, so that calls fail fast instead of queueing.';
const RELEASE = 'Look for a path, mostly one that throws, on which a connection is taken and not released in finally.';
const POOLER = 'Above five instances, put PgBouncer in transaction mode in front.';

/** What to try, most promising first. The numbers are those that server authors are taught (product.md). */
export const ADVICE: Readonly<Record<CauseCode, readonly string[]>> = {
  pool_exhausted: [
    'Look for a query or a caller that holds connections, and release each one in finally.',
    'Allow each caller 3–5 connections at most.',
    TIMEOUTS,
    SIZE,
  ],
  pool_leak: [
    RELEASE,
    'Until it is found, restarting the server gives the connections back.',
    'Let the pool or PostgreSQL (idle_in_transaction_session_timeout) end connections that are held too long.',
  ],
  pool_nearly_full: [
    'Look for slow queries and for callers that hold several connections: 3–5 for each are enough.',
    SIZE,
    POOLER,
  ],
  db_connections_exhausted: [
    'The database itself is out of connections: a bigger pool makes it worse.',
    'Put PgBouncer in transaction mode in front, or lower the pool size of every instance.',
    SIZE,
  ],
  dependency_unreachable: [
    'Check that the database runs and accepts connections.',
    'Check that no firewall, DNS or address change stands between it and the server.',
  ],
  credential_rejected: ['Check whether the password or key was rotated, and give the server the new one.'],
  slow_query: [
    'Find the statement that runs into its timeout (10 s is usual) and look at its plan and at who holds locks.',
  ],
  pgbouncer_prepared_statement: [
    'Turn off named prepared statements, or use PgBouncer 1.21 or newer with max_prepared_statements.',
  ],
  replica_lag: [
    'Read from the primary until the replica has caught up, and look for a long transaction on it.',
    'On an idle primary, now() − pg_last_xact_replay_timestamp() grows although nothing is missing: compare the received with the replayed position.',
  ],
  hanging_tool: [
    'Calls queue instead of failing fast. Set a connect or acquire timeout of 3–5 s and a statement timeout of 10 s.',
  ],
  throttled: ['The server limits its callers. Watch it less often, or raise the limit for the monitor.'],
  backlog: ['Look for slow queries, then for a pool that is too small.', TIMEOUTS, SIZE],
  draining: [
    'It finishes what it has begun before it stops. If no release or restart is under way, look at why it was told to stop.',
  ],
  unknown: [
    'Publish the figures of its pool (total, idle, waiting, max) in health_check, as the resource db://health/pool or in the body of the health URL; then more can be said.',
    'Let health_check return the words of the error it caught.',
  ],
};

/** What the figures of a pool say by themselves; null: they show that something is wrong, not what. */
export const CAUSE_OF_FIGURES = {
  pool_leak: 'pool_leak',
  pool_exhausted: 'pool_exhausted',
  pool_backlog: 'backlog',
  pool_waiting: 'backlog',
  pool_utilization: 'pool_nearly_full',
  replica_lag: 'replica_lag',
  error_rate: null,
} as const satisfies Record<PoolReason, CauseCode | null>;
