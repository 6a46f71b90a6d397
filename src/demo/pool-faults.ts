import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionPool, type Loan, PoolExhaustedError } from './connection-pool.ts';
import type { Database } from './database.ts';
import type { Fault } from './fault.ts';

/** How many callers wait for a connection while the pool is exhausted. */
export const WAITING_CALLERS = 7;
const LEAK_WITHIN_MS = 500;
const RETRY_MS = 250;

/**
 * As many callers as the pool has connections, and seven more. Each keeps the connection it gets; who gets none
 * within the acquire timeout asks again, so `waiting` stays at seven for as long as this lasts.
 */
export function exhaustFault(pool: ConnectionPool): Fault {
  let callers: readonly Caller[] = [];
  return {
    name: 'exhaust_pool',
    label: 'Exhaust the pool',
    effect: `All connections are held and ${WAITING_CALLERS} callers wait. Calls fail after 5 s; the protocol stays green.`,
    addsUp: false,
    standing: () => ({ on: callers.length > 0, detail: null }),
    async set(on) {
      const leaving = callers;
      if (on && leaving.length > 0) return;
      callers = on ? Array.from({ length: pool.figures().max + WAITING_CALLERS }, () => startCaller(pool)) : [];
      await Promise.all(leaving.map((caller) => caller.leave()));
      // The pool opens its connections within this turn; whoever looks after it sees the figures settled.
      await nextTurn();
    },
  };
}

/** Someone who wants a connection and keeps it. */
interface Caller {
  leave(): Promise<void>;
}

function startCaller(pool: ConnectionPool): Caller {
  const stop = new AbortController();
  const done = holdOn(pool, stop.signal);
  return {
    leave() {
      stop.abort();
      return done;
    },
  };
}

/** Ends, never rejecting, when the signal does. */
async function holdOn(pool: ConnectionPool, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const loan = await pool.acquire(signal);
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      loan.release();
    } catch (error) {
      // Without a pause, a database that refuses at once would be asked in a tight loop.
      if (!(error instanceof PoolExhaustedError)) await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Each time it is switched on, one more connection is taken and never given back, until it is switched off. */
export function leakFault(pool: ConnectionPool): Fault {
  const lost: Loan[] = [];
  return {
    name: 'leak_connection',
    label: 'Leak a connection',
    effect: 'Each press loses one connection; with ten lost, the pool is exhausted.',
    addsUp: true,
    standing: () => ({ on: lost.length > 0, detail: lost.length > 0 ? `${lost.length} leaked` : null }),
    async set(on) {
      if (on) {
        lost.push(await takeFree(pool));
        return;
      }
      for (const loan of lost.splice(0)) loan.release();
    },
  };
}

/** Takes a connection that is free, or can be opened, now: a leak must not queue behind real callers. */
async function takeFree(pool: ConnectionPool): Promise<Loan> {
  try {
    return await pool.acquire(new AbortController().signal, LEAK_WITHIN_MS);
  } catch (error) {
    if (!(error instanceof PoolExhaustedError)) throw error;
    throw new Error(`There is no connection left to leak: all ${pool.figures().max} are in use.`, { cause: error });
  }
}

export function killFault(database: Database): Fault {
  return {
    name: 'kill_database',
    label: 'Kill the database',
    effect: 'Open connections are cut, new ones refused. Calls fail at once.',
    addsUp: false,
    standing: () => ({ on: database.isGone(), detail: null }),
    async set(on) {
      if (on) database.kill();
      else database.revive();
    },
  };
}
