import type { ServerResponse } from 'node:http';
import { type ConnectionPool, PoolExhaustedError, type PoolFigures } from './connection-pool.ts';
import type { Connection } from './database.ts';
import { answerJson } from './listener.ts';

/**
 * Asks the database, and takes the figures while the connection is held, as most servers do: a healthy idle server
 * then always reports one busy connection, and a leaked one comes on top of it.
 */
export function checked(connection: Connection, pool: ConnectionPool): PoolFigures {
  connection.check();
  return pool.figures();
}

/** More callers waiting than this, and the server says of itself that it is degraded. */
const BACKLOG = 5;
/** A server that cannot get a connection this fast cannot serve now. */
const READY_WITHIN_MS = 1_000;

/**
 * `/live`: the process runs. `/ready`: a query works right now. `/health`: the same, and no backlog. Bodies are those
 * server authors are taught. Resolves with false for any other path.
 */
export async function answerHealth(path: string, response: ServerResponse, pool: ConnectionPool): Promise<boolean> {
  if (path === '/live') {
    answerJson(response, 200, { status: 'ok' });
    return true;
  }
  if (path !== '/ready' && path !== '/health') return false;
  if (path === '/health' && pool.figures().waiting > BACKLOG) answerBacklog(response, pool);
  else await answerReady(response, pool);
  return true;
}

async function answerReady(response: ServerResponse, pool: ConnectionPool): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  try {
    const figures = await pool.use((connection) => checked(connection, pool), left.signal, READY_WITHIN_MS);
    answerJson(response, 200, { status: 'ok', pool: figures });
  } catch (error) {
    if (left.signal.aborted) return;
    if (error instanceof PoolExhaustedError) {
      answerBacklog(response, pool);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    answerJson(response, 503, {
      status: 'unhealthy',
      reason: 'database_unreachable',
      error: message,
      pool: pool.figures(),
    });
  }
}

function answerBacklog(response: ServerResponse, pool: ConnectionPool): void {
  answerJson(response, 503, { status: 'degraded', reason: 'connection_pool_backlog', pool: pool.figures() });
}
