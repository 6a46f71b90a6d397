import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';
import type { Limiter } from './limiter.ts';
import type { ReferenceOptions } from './options.ts';
import type { OrdersDatabase } from './orders-database.ts';

/** What can go wrong inside the server's own process. What goes wrong with its database is done to the database. */
export const FaultOrder = z.discriminatedUnion('name', [
  /** `count` clients run a statement that does not end, and `callers` want one too. */
  z.object({ name: z.literal('sleepers'), on: z.boolean(), count: z.int().default(10), callers: z.int().default(0) }),
  /** A code path that forgets to release: one client every `everyMs`, `count` in all. */
  z.object({ name: z.literal('leak'), on: z.boolean(), count: z.int().default(10), everyMs: z.int().default(500) }),
  /** Another program with the same key has as many calls under way as the key may have. */
  z.object({ name: z.literal('crowd'), on: z.boolean(), caller: z.string().default('anonymous') }),
  /** Every call first asks a service that takes the connection and never answers. */
  z.object({ name: z.literal('deaf_service'), on: z.boolean() }),
  /** Statements do not survive from one use of a client to the next. */
  z.object({ name: z.literal('pooler'), on: z.boolean() }),
  /** `callers` that each ask for an order, wait `everyMs` and ask again. Not a fault: what a server is for. */
  z.object({
    name: z.literal('traffic'),
    on: z.boolean(),
    callers: z.int().default(2),
    everyMs: z.int().default(200),
    /** 0..1 of the calls fail, by a mistake in their statement. */
    failing: z.number().default(0),
  }),
]);
export type FaultOrder = z.input<typeof FaultOrder>;
type Order = z.output<typeof FaultOrder>;

interface Parts {
  readonly database: OrdersDatabase;
  readonly limit: Limiter;
  readonly options: ReferenceOptions;
}

export interface Faults {
  /** What every call of a tool passes. */
  pass(): Promise<void>;
  /** Ends a fault of that name that is on, then begins the one ordered. Resolves once it is as ordered. */
  set(order: Order): Promise<void>;
}

/** Resolves with how to end it, once the fault is in place. */
type Begin = () => Promise<() => Promise<void>>;

export function createFaults(parts: Parts): Faults {
  const ends = new Map<Order['name'], () => Promise<void>>();
  let passing: () => Promise<void> = async () => undefined;

  const beginOf = (order: Order): Begin => {
    const { database, limit, options } = parts;
    switch (order.name) {
      case 'sleepers':
        return () => sleepers(database, order.count, order.callers);
      case 'leak':
        return () => leak(database, order.count, order.everyMs);
      case 'crowd':
        return async () => looping(options.perCaller, (isOver) => limit(order.caller, () => report(database, isOver)));
      case 'deaf_service':
        return async () => {
          const service = await deafService();
          passing = service.ask;
          return async () => {
            passing = async () => undefined;
            await service.close();
          };
        };
      case 'pooler':
        return async () => {
          database.resetOnRelease(true);
          return async () => database.resetOnRelease(false);
        };
      case 'traffic':
        return async () =>
          looping(order.callers, async () => {
            const isBad = Math.random() < order.failing;
            await database.run(isBad ? 'SELECT no_such_column FROM orders' : 'SELECT * FROM orders WHERE id = 7');
            await sleep(order.everyMs * (0.5 + Math.random()));
          });
    }
  };

  return {
    pass: () => passing(),
    async set(order) {
      await ends.get(order.name)?.();
      ends.delete(order.name);
      if (order.on) ends.set(order.name, await beginOf(order)());
    },
  };
}

/** Repeats `once` by so many callers until it is ended. A call that fails is tried again in a moment, by each in its own. */
function looping(callers: number, once: (isOver: () => boolean) => Promise<unknown>): () => Promise<void> {
  let isOver = false;
  const run = async (): Promise<void> => {
    while (!isOver) await once(() => isOver).catch(() => sleep(25 + 50 * Math.random()));
  };
  const runs = Array.from({ length: callers }, run);
  return async () => {
    isOver = true;
    // Callers without a deadline end when what they wait for does.
    await Promise.race([Promise.all(runs), sleep(500, undefined, { ref: false })]);
  };
}

async function sleepers(database: OrdersDatabase, count: number, callers: number): Promise<() => Promise<void>> {
  let isOver = false;
  const hold = async (client: pg.PoolClient): Promise<void> => {
    try {
      while (!isOver) await client.query('SELECT pg_sleep(0.1)');
      client.release();
    } catch (error) {
      client.release(error instanceof Error);
    }
  };
  const held = Promise.all(
    Array.from({ length: count }, async () => {
      const client = await database.pool.connect();
      void hold(client);
    }),
  );
  await held;
  const end = looping(callers, () => database.run('SELECT 1'));
  return async () => {
    isOver = true;
    await end();
  };
}

async function leak(database: OrdersDatabase, count: number, everyMs: number): Promise<() => Promise<void>> {
  const lost: pg.PoolClient[] = [];
  let isOver = false;
  const forget = async (): Promise<void> => {
    while (!isOver && lost.length < count) {
      const client = await database.pool.connect().catch(() => null);
      // The path that forgets has done its work.
      await client?.query('SELECT 1').catch(() => undefined);
      if (client !== null) lost.push(client);
      await sleep(everyMs);
    }
  };
  const forgetting = forget();
  return async () => {
    isOver = true;
    await forgetting;
    // As the restart that ends a leak does.
    for (const client of lost) client.release(true);
  };
}

async function report(database: OrdersDatabase, isOver: () => boolean): Promise<void> {
  while (!isOver()) await database.run('SELECT count(*), pg_sleep(0.1) FROM orders');
}

async function deafService(): Promise<{ readonly ask: () => Promise<void>; readonly close: () => Promise<void> }> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port }, (response) => response.resume().on('end', resolve)).on('error', reject);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
