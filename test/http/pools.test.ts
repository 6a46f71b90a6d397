import { expect, test } from 'vitest';
import type { Pool } from '../../src/core/pool.ts';
import { Pools } from '../../src/http/schema-server.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aReport, NOON } from '../fixtures/facts.ts';
import { aPool } from '../fixtures/pools.ts';
import { createFakeMonitor } from './fake-monitor.ts';
import { createFakeStore, emptyMemory } from './fake-store.ts';
import { start } from './start.ts';

const MINUTE = 60_000;

/** `orders`, whose probes so many minutes ago brought these pools. The last is the newest. */
async function watched(...readings: readonly (readonly [minutesAgo: number, ...pools: readonly Pool[]])[]) {
  const started = await start();
  const { monitor, memory } = started;
  monitor.watch({ id: 'orders' });
  const known = monitor.server('orders');
  const { judgement } = known?.last ?? {};
  if (judgement === undefined) throw new Error('it was not probed');
  memory.probes = readings
    .map(([ago, ...pools], nth) => ({
      id: `p${nth}`,
      report: aReport({ startedAt: NOON - ago * MINUTE }),
      judgement: { ...judgement, pools },
    }))
    .toReversed();
  return started;
}

test('pools come as one series each, by name if one is asked for', async () => {
  const replica = aPool({ name: 'replica', lagSeconds: 0.5 });
  const { get } = await watched([10, aPool(), replica], [5, aPool({ idle: 2, used: 2, utilization: 0.2 })]);
  const all = Pools.parse((await get('/api/v1/servers/orders/pools')).json);
  expect(all).toMatchObject({
    server: 'orders',
    from: '2026-11-20T12:00:00.000Z',
    to: '2026-11-21T12:00:00.000Z',
    bucket_ms: 5 * MINUTE,
    pools: [
      {
        name: 'default',
        kind: 'postgres',
        exhausted_at: null,
        points: [
          {
            at: '2026-11-21T11:50:00.000Z',
            total: 4,
            idle: 3,
            used: 1,
            waiting: 0,
            max: 10,
            lag_seconds: null,
            count: 1,
          },
          { at: '2026-11-21T11:55:00.000Z', total: 4, idle: 2, used: 2, waiting: 0, utilization: 0.2, reason: null },
        ],
      },
      { name: 'replica', points: [{ lag_seconds: 0.5 }] },
    ],
  });
  const one = Pools.parse((await get('/api/v1/servers/orders/pools?window=1h&name=replica')).json);
  expect(one.pools.map(({ name }) => name)).toEqual(['replica']);
});

test('a point is the worst moment of its bucket, as it was', async () => {
  const { get } = await watched(
    [4.5, aPool({ waiting: 3, total: 10, idle: 0, used: 10, reason: 'pool_exhausted' })],
    [4, aPool({ total: 10, idle: 1, used: 9 })],
    [3, aPool()],
  );
  const { pools } = Pools.parse((await get('/api/v1/servers/orders/pools?window=24h')).json);
  expect(pools[0]?.points).toEqual([
    expect.objectContaining({
      at: '2026-11-21T11:55:30.000Z',
      waiting: 3,
      used: 10,
      reason: 'pool_exhausted',
      count: 3,
    }),
  ]);
});

test('a server without pools has no series; one that is not there is not found', async () => {
  const { get } = await watched();
  expect(Pools.parse((await get('/api/v1/servers/orders/pools')).json).pools).toEqual([]);
  expect(await get('/api/v1/servers/nobody/pools')).toMatchObject({ status: 404 });
  expect(await get('/api/v1/servers/orders/pools?window=soon')).toMatchObject({
    status: 400,
    json: { errors: [{ path: 'window' }] },
  });
});

test('says when a pool will be exhausted, from the newest probe on', async () => {
  const clock = createFakeClock();
  const memory = emptyMemory();
  const fake = createFakeMonitor(clock, memory);
  fake.watch({ id: 'orders' });
  const filling: typeof fake.server = (id) => {
    const known = fake.server(id);
    if (known?.last == null) return known;
    const { judgement } = known.last;
    const pools = [aPool({ exhaustedInMs: 14 * MINUTE })];
    return { ...known, last: { ...known.last, judgement: { ...judgement, pools } } };
  };
  const { get } = await start({ clock, store: createFakeStore(memory), monitor: { ...fake, server: filling } });
  const known = fake.server('orders')?.last;
  if (known == null) throw new Error('it was not probed');
  const judgement = { ...known.judgement, pools: [aPool()] };
  memory.probes = [{ ...known, report: { ...known.report, startedAt: NOON - MINUTE }, judgement }];
  const { pools } = Pools.parse((await get('/api/v1/servers/orders/pools')).json);
  expect(pools.map(({ exhausted_at }) => exhausted_at)).toEqual(['2026-11-21T12:14:00.000Z']);
});
