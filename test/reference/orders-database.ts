import pg from 'pg';
import type { ReferenceOptions } from './options.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The server's way to its database: acquire per call, release in `finally`. */
export interface OrdersDatabase {
  readonly pool: pg.Pool;
  /** Runs a statement on a client of the pool. */
  run(text: string, values?: readonly unknown[], whileHeld?: () => void): Promise<Rows>;
  /** Seconds the standby is behind; null: it cannot be asked. */
  lagSeconds(): Promise<number | null>;
  hasReplica: boolean;
  figures(): Readonly<Record<string, number>> | null;
  /** Makes every client forget its prepared statements when it is given back, as a pooler between does. */
  resetOnRelease(on: boolean): void;
  close(): Promise<void>;
}

/** Where nothing was received that is not replayed, the standby is not behind, however long nothing was written. */
const LAG = `SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE COALESCE(EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp()), 0) END::float AS lag`;

export function openOrdersDatabase(options: ReferenceOptions): OrdersDatabase {
  const { database, replicaPort, max, connectionTimeoutMs, statementTimeoutMs, idleTimeoutMs } = options;
  const common = {
    application_name: 'orders-reference',
    host: '127.0.0.1',
    database: 'postgres',
    user: database.user,
    password: database.password,
  };
  const limits = { connectionTimeoutMillis: connectionTimeoutMs, idleTimeoutMillis: idleTimeoutMs };
  const pool = new pg.Pool({
    ...common,
    ...limits,
    port: database.port,
    max,
    statement_timeout: statementTimeoutMs,
  });
  const replica = replicaPort === null ? null : new pg.Pool({ ...common, ...limits, port: replicaPort, max: 2 });
  // A client whose connection was cut says so, an idle one to its pool; without a listener the process would end.
  for (const each of [pool, replica]) {
    each?.on('error', () => undefined);
    each?.on('connect', (client) => client.on('error', () => undefined));
  }
  const counted = { queries: 0, errors: 0 };
  let isReset = false;
  /** What they prepared is gone, and they do not know it: they end when they are given back. */
  const stale = new WeakSet<pg.PoolClient>();

  return {
    pool,
    hasReplica: replica !== null,
    async run(text, values = [], whileHeld = () => undefined) {
      counted.queries += 1;
      let client: pg.PoolClient | undefined;
      try {
        client = await pool.connect();
        const named = options.namedStatements ? { name: `s${text.length}` } : {};
        const { rows } = await client.query({ text, values: [...values], ...named });
        whileHeld();
        return rows;
      } catch (error) {
        counted.errors += 1;
        throw error;
      } finally {
        if (isReset && client !== undefined) {
          stale.add(client);
          await client.query('DEALLOCATE ALL').catch(() => undefined);
        }
        client?.release(!isReset && client !== undefined && stale.has(client));
      }
    },
    async lagSeconds() {
      if (replica === null) return null;
      const { rows } = await replica.query<{ lag: number }>(LAG);
      return rows[0]?.lag ?? null;
    },
    figures: () => figuresOf(pool, options, counted),
    resetOnRelease(on) {
      isReset = on;
    },
    async close() {
      await Promise.all([pool.end(), replica?.end()]);
    },
  };
}

function figuresOf(
  { totalCount: total, idleCount: idle, waitingCount: waiting }: pg.Pool,
  { figures, max }: ReferenceOptions,
  counted: { readonly queries: number; readonly errors: number },
): Readonly<Record<string, number>> | null {
  const utilization = total === 0 ? 0 : (total - idle) / total;
  switch (figures) {
    case 'none':
      return null;
    case 'plain':
      return { total, idle, waiting, utilization };
    case 'with-max':
      return { total, idle, waiting, maxConnections: max, utilizationPct: Math.round(((total - idle) / max) * 100) };
    case 'camel':
      return { totalCount: total, idleCount: idle, waitingCount: waiting };
    case 'counted':
      return {
        totalConnections: total,
        idleConnections: idle,
        waitingRequests: waiting,
        maxConnections: max,
        totalQueries: counted.queries,
        totalErrors: counted.errors,
      };
  }
}
