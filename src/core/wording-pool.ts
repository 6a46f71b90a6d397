import type { PoolReason } from './pool-reason.ts';
import { LOGS, say, type Wording } from './say.ts';

/** What the figures of a server’s pools say, in words. */
export const POOL_WORDINGS = {
  pool_waiting: say(
    'calls wait for the pool',
    'makes callers wait for a connection of its pool',
    'Look for slow queries first, then for a pool that is too small.',
  ),
  pool_backlog: say(
    'many calls wait for the pool',
    'makes many callers wait for a connection of its pool',
    'Look for slow queries first, then for a pool that is too small.',
  ),
  pool_utilization: say(
    'pool nearly full',
    'has nearly all connections of its pool in use',
    'Look for slow queries and for callers that hold several connections; then for a pool that is too small.',
  ),
  pool_exhausted: say(
    'pool exhausted',
    'has no connection left in its pool',
    'Look for a query or a caller that holds connections, and release each one in finally.',
  ),
  pool_leak: say(
    'pool loses connections',
    'is running out of connections',
    'Look for a path, mostly one that throws, on which a connection is taken and not released in finally.',
  ),
  replica_lag: say(
    'replica lags',
    'reads from a replica that is behind',
    'Look for a long transaction on the replica and for what slows its replay; read from the primary meanwhile.',
  ),
  error_rate: say('calls fail', 'reports that too many of its calls fail', LOGS),
} as const satisfies Record<PoolReason, Wording>;
