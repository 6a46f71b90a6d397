import { between, oneOf, type Scenario, styleOf, TRAFFIC } from './scenario.ts';

/* What breaks inside the server's own process. */

const MAX = 10;

export const poolHeld: Scenario = {
  name: 'pool held by sleepers',
  cause: 'pool_exhausted',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), errors: oneOf(random, ['driver', 'wrapped', 'vague']) }),
  suits: ({ connectionTimeoutMs }) => connectionTimeoutMs !== 0,
  async begin({ reference, random }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX, callers: between(random, 0, 12) });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

export const nearlyFull: Scenario = {
  name: 'all connections but one held',
  cause: 'pool_nearly_full',
  needs: 'shared',
  options: () => ({ figures: 'with-max' }),
  async begin({ reference }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX - 1 });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

/** A server that says nothing of its pool but that callers queue for it. */
export const queueSaid: Scenario = {
  name: 'pool held, and only its health URL says so',
  cause: 'backlog',
  needs: 'shared',
  options: () => ({ figures: 'none', errors: 'vague' }),
  async begin({ reference }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX, callers: 12 });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

export const leaked: Scenario = {
  name: 'leaked clients',
  cause: 'pool_leak',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), figures: oneOf(random, ['with-max', 'counted']) }),
  suits: ({ figures }) => figures === 'with-max' || figures === 'counted',
  noticedWithinMs: 120_000,
  async begin({ reference, random }) {
    // A path that forgets goes on until none is left.
    await reference.fault({ name: 'leak', on: true, count: MAX, everyMs: between(random, 2000, 5000) });
    return () => reference.fault({ name: 'leak', on: false });
  },
};

export const pooled: Scenario = {
  name: 'prepared statements lost behind a pooler',
  cause: 'pgbouncer_prepared_statement',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), namedStatements: true }),
  suits: ({ namedStatements }) => namedStatements === true,
  async begin({ reference }) {
    await reference.fault({ name: 'pooler', on: true });
    return () => reference.fault({ name: 'pooler', on: false });
  },
};

export const serviceSilent: Scenario = {
  name: 'a tool that waits for ever',
  cause: 'hanging_tool',
  needs: 'shared',
  options: styleOf,
  async begin({ reference }) {
    await reference.fault({ name: 'deaf_service', on: true });
    return () => reference.fault({ name: 'deaf_service', on: false });
  },
};

export const queueWithoutEnd: Scenario = {
  name: 'no acquire timeout, no figures',
  cause: 'hanging_tool',
  needs: 'shared',
  options: () => ({ connectionTimeoutMs: 0, figures: 'none' }),
  suits: ({ connectionTimeoutMs, figures }) => connectionTimeoutMs === 0 && figures === 'none',
  async begin({ reference, random }) {
    await reference.fault({ name: 'sleepers', on: true, count: MAX, callers: between(random, 0, 3) });
    return () => reference.fault({ name: 'sleepers', on: false });
  },
};

export const crowded: Scenario = {
  name: 'as many calls as one caller may have',
  cause: 'throttled',
  needs: 'shared',
  options: (random) => ({ ...styleOf(random), perCaller: between(random, 3, 5) }),
  async begin({ reference }) {
    await reference.fault({ name: 'crowd', on: true });
    return () => reference.fault({ name: 'crowd', on: false });
  },
};

export const drained: Scenario = {
  name: 'drain and restart',
  cause: 'draining',
  needs: 'shared',
  isAlone: true,
  options: (random) => ({ ...styleOf(random), drainMs: between(random, 4000, 7000) }),
  async begin({ process, reference, random }) {
    const gapMs = between(random, 500, 2500);
    const back = process.drain().then(async () => {
      await new Promise((resolve) => setTimeout(resolve, gapMs));
      await process.restart();
      await reference.fault(TRAFFIC);
    });
    return () => back;
  },
};
