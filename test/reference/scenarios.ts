import type { CauseCode } from '../../src/core/verdict.ts';
import { APP_PASSWORD, APP_ROLE, type Cluster, clientOf } from './cluster.ts';
import type { ReferenceOptions } from './options.ts';
import type { Reference } from './reference.ts';

/** A reference server with what it runs on. */
export interface Lane {
  readonly reference: Reference;
  readonly cluster: Cluster;
  readonly standby: Cluster | null;
  /** 0..1, from the run's seed. */
  readonly random: () => number;
}

/** One way in which servers really break. */
export interface Scenario {
  readonly name: string;
  readonly cause: CauseCode | 'pool_leak' | 'draining';
  /** How the server is written, where that is part of it. */
  readonly options: (random: () => number) => Partial<ReferenceOptions>;
  /** What its database must be: one of its own, because the fault is the database's; or a primary with a standby. */
  readonly needs: 'shared' | 'own' | 'pair';
  /** Breaks it. Resolves with how to mend it. */
  begin(lane: Lane): Promise<() => Promise<void>>;
}

/** A whole number of `from`…`to`. */
function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

function oneOf<const T>(random: () => number, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

/** As different authors publish the same thing. */
function styleOf(random: () => number): Partial<ReferenceOptions> {
  return {
    errors: oneOf(random, ['driver', 'wrapped']),
    figures: oneOf(random, ['with-max', 'camel', 'plain', 'counted']),
  };
}

const MAX = 10;

const poolHeld: Scenario = {
  name: 'pool held by sleepers',
  cause: 'pool_exhausted',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), errors: oneOf(random, ['driver', 'wrapped', 'vague']) }),
  async begin({ reference, random }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX, callers: between(random, 0, 12) });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

const leaked: Scenario = {
  name: 'leaked clients',
  cause: 'pool_leak',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), figures: oneOf(random, ['with-max', 'counted']) }),
  async begin({ reference, random }) {
    const count = between(random, 5, MAX);
    await reference.fault({ name: 'leak', on: true, count, everyMs: between(random, 500, 1500) });
    return () => reference.fault({ name: 'leak', on: false });
  },
};

const connectionsTaken: Scenario = {
  name: 'max_connections used up by other clients',
  cause: 'db_connections_exhausted',
  needs: 'own',
  options: styleOf,
  async begin({ cluster, random }) {
    const as = oneOf(random, ['superuser', 'app']);
    const admin = clientOf(cluster.port);
    await admin.connect();
    const taken: { end(): Promise<void> }[] = [];
    let isOver = false;
    const take = async (): Promise<boolean> => {
      const client = clientOf(cluster.port, as);
      const isOpen = await client.connect().then(
        () => true,
        () => false,
      );
      if (isOpen) taken.push(client);
      return isOpen;
    };
    const grab = async (): Promise<void> => {
      while (!isOver) if (!(await take())) await new Promise((resolve) => setTimeout(resolve, 30));
    };
    // Several at once, so that a slot the server gives up is theirs before it asks for it again.
    while (await take());
    const grabbing = Promise.all([grab(), grab(), grab()]);
    await admin.query(CUT_TARGET);
    return async () => {
      isOver = true;
      await grabbing;
      await Promise.all([admin, ...taken].map((client) => client.end().catch(() => undefined)));
    };
  },
};

/** The target's own connections, by the name it gives them. */
const CUT_TARGET = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE usename = '${APP_ROLE}' AND application_name = 'orders-reference'`;

const databaseStopped: Scenario = {
  name: 'PostgreSQL stopped',
  cause: 'dependency_unreachable',
  needs: 'own',
  options: (random) => ({ ...styleOf(random), errors: oneOf(random, ['driver', 'wrapped', 'vague']) }),
  async begin({ cluster }) {
    await cluster.stop();
    return cluster.start;
  },
};

const passwordChanged: Scenario = {
  name: 'password changed',
  cause: 'credential_rejected',
  needs: 'own',
  options: styleOf,
  async begin({ cluster }) {
    await cluster.query(`ALTER ROLE ${APP_ROLE} PASSWORD 'second-password'`);
    await cluster.cut();
    return async () => void (await cluster.query(`ALTER ROLE ${APP_ROLE} PASSWORD '${APP_PASSWORD}'`));
  },
};

const tableLocked: Scenario = {
  name: 'statement_timeout hit',
  cause: 'slow_query',
  needs: 'own',
  options: (random) => ({ ...styleOf(random), statementTimeoutMs: between(random, 1000, 2500) }),
  async begin({ cluster }) {
    const locker = clientOf(cluster.port);
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    return async () => {
      await locker.query('ROLLBACK');
      await locker.end();
    };
  },
};

const pooled: Scenario = {
  name: 'prepared statements lost behind a pooler',
  cause: 'pgbouncer_prepared_statement',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), namedStatements: true }),
  async begin({ reference }) {
    await reference.fault({ name: 'pooler', on: true });
    return () => reference.fault({ name: 'pooler', on: false });
  },
};

const replayPaused: Scenario = {
  name: 'replica behind',
  cause: 'replica_lag',
  needs: 'pair',
  options: styleOf,
  async begin({ cluster, standby, random }) {
    if (standby === null) throw new Error('this lane has no standby');
    await standby.query('SELECT pg_wal_replay_pause()');
    await cluster.query(`UPDATE orders SET total_cents = ${between(random, 1, 9999)} WHERE id = 1`);
    return async () => void (await standby.query('SELECT pg_wal_replay_resume()'));
  },
};

const serviceSilent: Scenario = {
  name: 'a tool that waits for ever',
  cause: 'hanging_tool',
  needs: 'shared',
  options: styleOf,
  async begin({ reference }) {
    await reference.fault({ name: 'deaf_service', on: true });
    return () => reference.fault({ name: 'deaf_service', on: false });
  },
};

const queueWithoutEnd: Scenario = {
  name: 'no acquire timeout, no figures',
  cause: 'hanging_tool',
  needs: 'shared',
  options: () => ({ connectionTimeoutMs: 0, figures: 'none' }),
  async begin({ reference, random }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX, callers: between(random, 0, 3) });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

const crowded: Scenario = {
  name: 'as many calls as one caller may have',
  cause: 'throttled',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), perCaller: between(random, 3, 5) }),
  async begin({ reference }) {
    await reference.fault({ name: 'crowd', on: true });
    return () => reference.fault({ name: 'crowd', on: false });
  },
};

export const SCENARIOS = {
  poolHeld,
  leaked,
  connectionsTaken,
  databaseStopped,
  passwordChanged,
  tableLocked,
  pooled,
  replayPaused,
  serviceSilent,
  queueWithoutEnd,
  crowded,
} as const;
