import type { Pool } from './pool.ts';
import { worstPool } from './pool.ts';
import type { CauseCode, LikelyCause } from './verdict.ts';

/** What a diagnosis may rest on: the texts a red signal came with, and the pools seen in the same probe. */
export interface Symptoms {
  readonly texts: readonly string[];
  readonly pools: readonly Pool[];
  /** A canary ran into its deadline although the protocol answered. */
  readonly callHangs: boolean;
}

/** Texts that name the cause (product.md, "Texts that name the cause of a red canary"); the first match decides. */
const FINGERPRINTS: readonly (readonly [pattern: RegExp, code: CauseCode])[] = [
  [/too many clients already|remaining connection slots/i, 'db_connections_exhausted'],
  [/password authentication failed|28P01|NOAUTH|WRONGPASS/i, 'credential_rejected'],
  [/canceling statement|QueryCanceled|57014/i, 'slow_query'],
  [/prepared statement .{0,80}(does not exist|already exists)/i, 'pgbouncer_prepared_statement'],
  [/timeout exceeded when trying to connect|acquire.{0,40}timeout|timeout.{0,40}acquir/i, 'pool_exhausted'],
  [/connection pool exhausted|temporarily busy/i, 'pool_exhausted'],
  [/ECONNREFUSED|ENOTFOUND|database_unreachable|terminating connection/i, 'dependency_unreachable'],
  [/RESOURCE_LIMIT|\b429\b|Too many concurrent/i, 'throttled'],
  [/replica_lag_exceeded/i, 'replica_lag'],
  [/connection_pool_backlog/i, 'backlog'],
];

const ADVICE: Readonly<Record<CauseCode, readonly string[]>> = {
  pool_exhausted: [
    'Look for a query or a caller that holds connections, and release each one in finally.',
    'Set an acquire timeout of 3–5 s so that calls fail fast instead of queueing.',
    'Size the pool as floor((max_connections − reserved) / instances) and run it at 70–80 % of that.',
  ],
  db_connections_exhausted: [
    'The database itself is out of connections: a bigger pool makes it worse.',
    'Put PgBouncer in transaction mode in front, or lower the pool size of every instance.',
  ],
  dependency_unreachable: [
    'Check that the database runs and that no firewall or DNS change stands between it and the server.',
  ],
  credential_rejected: ['Check whether the password or key was rotated, and give the server the new one.'],
  slow_query: ['Find the statement that runs into its timeout (10 s is usual) and look at its plan and locks.'],
  pgbouncer_prepared_statement: [
    'Turn off named prepared statements, or use PgBouncer 1.21 or newer with max_prepared_statements.',
  ],
  replica_lag: ['Read from the primary until the replica has caught up, and look for a long transaction on it.'],
  hanging_tool: [
    'Calls queue instead of failing fast. Set a connect or acquire timeout of 3–5 s and a statement timeout of 10 s.',
  ],
  throttled: ['The server limits its callers. Watch it less often, or raise the limit for the monitor.'],
  backlog: ['Callers wait for connections. Look for slow queries, then for a pool that is too small.'],
  unknown: ['Publish pool figures in health_check or as a resource, and we can say more.'],
};

/** Joins what a red signal said with the pool figures into one cause, and says so when nothing points anywhere. */
export function diagnose(symptoms: Symptoms): LikelyCause {
  const code = causeOf(symptoms);
  return { code, explanation: explain(code, symptoms), advice: ADVICE[code] };
}

function causeOf({ texts, pools, callHangs }: Symptoms): CauseCode {
  const text = texts.map(unwrap).join('\n');
  const named = FINGERPRINTS.find(([pattern]) => pattern.test(text));
  if (named && named[1] !== 'backlog') return named[1];
  const pressed = isPressed(pools);
  if (/database unavailable/i.test(text)) return pressed ? 'pool_exhausted' : 'dependency_unreachable';
  if (pressed) return 'pool_exhausted';
  if (named) return named[1];
  return callHangs ? 'hanging_tool' : 'unknown';
}

/** `pool_exhausted:` is a wrapper that many servers put around any error: the text after it decides. */
function unwrap(text: string): string {
  return text.replace(/pool_exhausted:?/gi, ' ');
}

/** Callers wait, or nothing is idle with at least two in use: one busy connection is never a sign. */
function isPressed(pools: readonly Pool[]): boolean {
  return pools.some(({ waiting, idle, used }) => (waiting ?? 0) > 0 || (idle === 0 && (used ?? 0) >= 2));
}

function explain(code: CauseCode, { texts, pools }: Symptoms): string {
  const figures = describePool(worstPool(pools));
  switch (code) {
    case 'pool_exhausted':
      return figures === null ? 'Its connection pool is exhausted.' : `Its connection pool is exhausted: ${figures}.`;
    case 'backlog':
      return figures === null
        ? 'Callers queue for its connection pool.'
        : `Callers queue for its connection pool: ${figures}.`;
    case 'db_connections_exhausted':
      return 'Its database accepts no more connections: the limit is the database’s own.';
    case 'dependency_unreachable':
      return 'It cannot reach something it depends on, most likely its database.';
    case 'credential_rejected':
      return 'Its database or cache rejects the password it uses.';
    case 'slow_query':
      return 'A statement ran into its timeout.';
    case 'pgbouncer_prepared_statement':
      return 'It uses named prepared statements through a pooler that does not keep them.';
    case 'replica_lag':
      return 'Its read replica is too far behind.';
    case 'hanging_tool':
      return 'The call hangs while the protocol answers fast.';
    case 'throttled':
      return 'It limits how often it may be called.';
    case 'unknown':
      return texts[0] === undefined
        ? 'Nothing we see names the cause.'
        : `We see “${texts[0].slice(0, 120)}” and nothing that names the cause.`;
  }
}

/** `7 calls waiting, 10 of 10 connections in use`; null when the pool says neither. */
export function describePool(pool: Pool | null): string | null {
  if (pool === null) return null;
  const parts: string[] = [];
  if (pool.waiting !== null && pool.waiting > 0)
    parts.push(`${pool.waiting} ${pool.waiting === 1 ? 'call' : 'calls'} waiting`);
  const limit = pool.max ?? pool.total;
  if (pool.used !== null && limit !== null) parts.push(`${pool.used} of ${limit} connections in use`);
  return parts.length === 0 ? null : parts.join(', ');
}
