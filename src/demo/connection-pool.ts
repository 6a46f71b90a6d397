import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, TimeoutError } from 'tarn';
import { type Connection, DatabaseUnreachableError } from './database.ts';

const CLOSE_WITHIN_MS = 2_000;

/** What the server publishes about its pool, in the field names server authors use. */
export interface PoolFigures {
  readonly total: number;
  readonly idle: number;
  readonly used: number;
  readonly waiting: number;
  readonly max: number;
  /** 0..1 of `max`. */
  readonly utilization: number;
}

/** A connection on loan. `release` may be called more than once. */
export interface Loan {
  readonly connection: Connection;
  release(): void;
}

/** A bounded pool of connections (tarn, the pool under Knex). */
export interface ConnectionPool {
  /**
   * Waits for a connection for at most `withinMs` (default and upper bound: the pool's acquire timeout). Rejects with
   * PoolExhaustedError when time is up, DatabaseUnreachableError when none can be opened, or the signal's reason.
   */
  acquire(signal: AbortSignal, withinMs?: number): Promise<Loan>;
  /** Runs `work` on a connection and gives it back. */
  use<T>(work: (connection: Connection) => T, signal: AbortSignal, withinMs?: number): Promise<T>;
  figures(): PoolFigures;
  /** Waits up to 2 s for loans to come back, then closes every connection. */
  close(): Promise<void>;
}

/** Every connection stayed in use for as long as a caller may wait. The text is the one of PostgreSQL's Node driver. */
export class PoolExhaustedError extends Error {
  constructor(cause: unknown) {
    super('pool_exhausted: timeout exceeded when trying to connect', { cause });
    this.name = 'PoolExhaustedError';
  }
}

export function createConnectionPool({
  connect,
  max,
  acquireTimeoutMs,
}: {
  connect: () => Connection;
  max: number;
  acquireTimeoutMs: number;
}): ConnectionPool {
  const pool = new Pool<Connection>({
    create: connect,
    validate: (connection) => connection.isOpen(),
    destroy: (connection) => connection.close(),
    min: 0,
    max,
    acquireTimeoutMillis: acquireTimeoutMs,
    // A database that is gone fails the call that asks, at once, instead of letting it wait for nothing.
    propagateCreateError: true,
  });

  async function acquire(signal: AbortSignal, withinMs = acquireTimeoutMs): Promise<Loan> {
    signal.throwIfAborted();
    const pending = pool.acquire();
    const abort = () => pending.abort();
    const timer = setTimeout(abort, withinMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return loan(pool, await pending.promise);
    } catch (error) {
      signal.throwIfAborted();
      throw explain(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    acquire,
    async use(work, signal, withinMs) {
      const { connection, release } = await acquire(signal, withinMs);
      try {
        return work(connection);
      } finally {
        release();
      }
    },
    figures() {
      const [used, idle] = [pool.numUsed(), pool.numFree()];
      return { total: used + idle, idle, used, waiting: pool.numPendingAcquires(), max, utilization: used / max };
    },
    async close() {
      await Promise.race([pool.destroy(), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

function loan(pool: Pool<Connection>, connection: Connection): Loan {
  let returned = false;
  return {
    connection,
    release() {
      if (returned) return;
      returned = true;
      pool.release(connection);
    },
  };
}

/** tarn rejects with its TimeoutError, whose message is that of the last failed connect if there was one, or with the connect's own error. */
function explain(error: unknown): Error {
  if (error instanceof DatabaseUnreachableError) return error;
  if (error instanceof TimeoutError && error.message.startsWith('database_unreachable: ')) {
    return new DatabaseUnreachableError(error.message.slice('database_unreachable: '.length));
  }
  return new PoolExhaustedError(error);
}
