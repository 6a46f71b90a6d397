import { expect, test } from 'vitest';
import { worstPool } from '../../src/core/pool.ts';
import { readPools } from '../../src/core/pool-reading.ts';

test.each([
  [
    'pg',
    { pool: { totalCount: 10, idleCount: 2, waitingCount: 3 } },
    { total: 10, idle: 2, used: 8, waiting: 3, max: 10, utilization: 0.8 },
  ],
  [
    'mysql',
    { pool: { totalConnections: 4, idleConnections: 1, waitingRequests: 0, maxConnections: 8 } },
    { used: 3, max: 8, utilization: 3 / 8 },
  ],
  ['bare', { total: 5, idle: 5, waiting: 0, maxConnections: 10, utilizationPct: 0 }, { used: 0, utilization: 0 }],
  [
    'knex, whose total adds pending acquires',
    { pool: { total: 17, idle: 0, used: 10, pending: 7 } },
    { total: 10, used: 10, waiting: 7 },
  ],
  ['used and free', { pool: { used: 3, free: 7 } }, { total: 10, idle: 7, used: 3 }],
])('reads the figures of %s', (_, body, figures) => {
  expect(readPools(body)).toEqual([expect.objectContaining({ name: 'default', ...figures })]);
});

test('a published utilization over open connections is not believed', () => {
  expect(readPools({ pool: { total: 1, idle: 0, waiting: 0, utilization: 1 } })[0]?.utilization).toBeNull();
});

test('reads several pools, by key or by name', () => {
  const byKey = readPools({ pool: { primary: { total: 2, idle: 1 }, redis: { total: 1, idle: 1, waiting: 4 } } });
  expect(byKey.map(({ name, kind }) => [name, kind])).toEqual([
    ['primary', 'postgres'],
    ['redis', 'redis'],
  ]);
  expect(worstPool(byKey)?.name).toBe('redis');
  expect(readPools({ pools: [{ name: 'a', total: 1 }, { total: 2 }] }).map(({ name }) => name)).toEqual([
    'a',
    'pool 2',
  ]);
});

test('callers that wait say that no more connections can be opened, where no maximum is published', () => {
  expect(readPools({ pool: { total: 10, idle: 0, waiting: 7 } })[0]).toMatchObject({ max: 10, utilization: 1 });
  expect(readPools({ pool: { total: 10, idle: 0, waiting: 7, max: 20 } })[0]).toMatchObject({
    max: 20,
    utilization: 0.5,
  });
  expect(readPools({ pool: { total: 1, idle: 0, waiting: 0, utilization: 1 } })[0]).toMatchObject({ max: null });
  expect(readPools({ pool: { total: 0, idle: 0 } })[0]).toMatchObject({ total: 0, max: null, utilization: null });
});

test.each([
  [{ status: 'degraded', reason: 'replica_lag_exceeded', lag_seconds: 42 }, 42],
  [{ status: 'degraded', reason: 'replica_lag_exceeded', lag_seconds: null }, 'unknown'],
  [{ pool: { lag: null } }, 'unknown'],
  [{ pool: { lag: 0.5 } }, 0.5],
  [{ pool: { total: 1, idle: 1 } }, null],
])('of %j the lag is %s: published and not known is not the same as not published', (body, lag) => {
  expect(readPools(body)[0]?.lagSeconds).toBe(lag);
});

test.each([
  [
    { queryCount: 10, errorCount: 1 },
    { calls: 10, errors: 1 },
  ],
  [
    { totalQueries: 10, totalErrors: 1 },
    { calls: 10, errors: 1 },
  ],
  [{ operationCount: 10 }, { calls: 10, errors: null }],
  [
    { requestCount: 10, errorCount: 0 },
    { calls: 10, errors: 0 },
  ],
  [{ total: 1 }, { calls: null, errors: null }],
])('counters are kept as they are: %j', (pool, counters) => {
  expect(readPools({ pool })[0]?.counters).toEqual(counters);
});

test('an error rate is published in percent and kept as a share', () => {
  expect(readPools({ pool: { errorRate: 5 } })[0]?.errorRate).toBe(0.05);
});

test.each([
  [{ total: 14, items: [] }],
  [{ total: 14, pending: 3 }],
  [{ totalCount: 100, page: 1 }],
  [{ used: 3, free: 7 }],
  [{ status: 'ok', requestCount: 12 }],
  [{ user: { total: 5 } }],
  [{ lag: 3 }],
])('%j is an answer of its own, not a pool', (body) => expect(readPools(body)).toEqual([]));

test('a name is cleaned, and of two pools of one name the first counts', () => {
  const [pool, ...others] = readPools({
    pools: [
      { name: 'a\u202e', idle: 1 },
      { name: 'a', idle: 2 },
    ],
  });
  expect(pool).toMatchObject({ name: 'a', idle: 1 });
  expect(others).toEqual([]);
});

test('more pools than anybody has are cut', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`p${at}`, { idle: 1 }]));
  expect(readPools({ pool: many })).toHaveLength(16);
});

test.each([
  ['cache', 'redis', 'redis'],
  ['redis-primary', undefined, 'redis'],
  ['main', 'firestore', 'firestore'],
  ['upgrades', undefined, 'other'],
  ['pg-main', undefined, 'postgres'],
  ['read-replica', undefined, 'postgres'],
  ['http', undefined, 'http'],
])('the pool %s that says %s is of kind %s', (name, kind, expected) => {
  const fields = kind === undefined ? { idle: 1 } : { idle: 1, kind };
  expect(readPools({ pool: { [name]: fields } })[0]?.kind).toBe(expected);
});

test.each([
  [undefined],
  [null],
  ['text'],
  [[1, 2]],
  [{}],
  [{ pool: 'x' }],
  [{ pool: { total: 'many' } }],
  [{ pool: { total: -1 } }],
])('finds no pool in %j', (body) => expect(readPools(body)).toEqual([]));
