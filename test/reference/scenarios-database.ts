import { APP_PASSWORD, APP_ROLE, clientOf } from './cluster.ts';
import { between, oneOf, type Scenario, styleOf } from './scenario.ts';

/* What breaks in its database. */

export const connectionsTaken: Scenario = {
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
    // What it gives up may be its own again before it is anyone's: it is cut until it has none left.
    for (let without = 0; without < 3; without += 1) {
      const { rowCount } = await admin.query(CUT_TARGET);
      if (rowCount !== 0) without = 0;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
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

export const databaseStopped: Scenario = {
  name: 'PostgreSQL stopped',
  cause: 'dependency_unreachable',
  needs: 'own',
  options: (random) => ({ ...styleOf(random), errors: oneOf(random, ['driver', 'wrapped', 'vague']) }),
  async begin({ cluster }) {
    await cluster.stop();
    return cluster.start;
  },
};

export const passwordChanged: Scenario = {
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

export const tableLocked: Scenario = {
  name: 'statement_timeout hit',
  cause: 'slow_query',
  needs: 'own',
  options: (random) => ({ ...styleOf(random), statementTimeoutMs: between(random, 1000, 2500) }),
  suits: ({ statementTimeoutMs = 10_000 }) => statementTimeoutMs <= 2500,
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

export const replayPaused: Scenario = {
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
