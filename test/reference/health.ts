import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerJson } from '../../src/demo/listener.ts';
import type { OrdersDatabase } from './orders-database.ts';
import { lagOf } from './orders-mcp.ts';

/** More callers waiting, and it says of itself that it is degraded. */
const BACKLOG = 5;
const MAX_LAG_SECONDS = 30;
/** An orchestrator asks often and waits briefly. */
const READY_WITHIN_MS = 2000;

/**
 * `/live`: the process runs. `/ready`: it can serve now. `/health`: the same, with figures. They count before they
 * connect. Resolves with false where there is nothing at that path.
 */
export async function answerHealth(
  path: string,
  response: ServerResponse,
  { database, isDraining }: { readonly database: OrdersDatabase; readonly isDraining: () => boolean },
): Promise<boolean> {
  if (path === '/live') {
    answerJson(response, 200, { status: 'ok' });
    return true;
  }
  if (path !== '/ready' && path !== '/health') return false;
  const [status, body] = isDraining() ? [503, { status: 'draining' }] : await standing(database);
  answerJson(response, status, body);
  return true;
}

async function standing(database: OrdersDatabase): Promise<readonly [status: number, body: object]> {
  const figures = database.figures();
  const pool = figures === null ? {} : { pool: figures };
  if (database.pool.waitingCount > BACKLOG)
    return [503, { status: 'degraded', reason: 'connection_pool_backlog', ...pool }];
  const error = await unreachable(database);
  if (error !== null) return [503, { status: 'unhealthy', reason: 'database_unreachable', error, ...pool }];
  if (!database.hasReplica) return [200, { status: 'ok', ...pool }];
  const lag_seconds = await lagOf(database);
  if (lag_seconds === null || lag_seconds > MAX_LAG_SECONDS)
    return [503, { status: 'degraded', reason: 'replica_lag_exceeded', lag_seconds }];
  return [200, { status: 'ok', lag_seconds, ...pool }];
}

async function unreachable(database: OrdersDatabase): Promise<string | null> {
  const asked = database.run('SELECT 1').then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([asked, sleep(READY_WITHIN_MS, `no answer within ${READY_WITHIN_MS / 1000} s`, { ref: false })]);
}
