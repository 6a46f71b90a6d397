import { expect, test } from 'vitest';
import { setApart } from '../../src/core/apart.ts';
import type { Json } from '../../src/core/json.ts';
import { ConflictError, InvalidEntryError } from '../../src/core/monitor.ts';
import type { Store } from '../../src/core/store.ts';
import { uptimeOf } from '../../src/core/uptime.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { NOON } from '../fixtures/facts.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, settled, startEngine } from './support.ts';

const ONE = NOON + HOUR;
const ONE_TO_TWO = { id: 'lunch', servers: ['orders'], cron: '0 13 * * *', timezone: 'UTC', duration: '1h' };

/** Two servers with a channel that takes everything, and windows of the file. */
function config(...maintenance: readonly Json[]): string {
  const entry = (id: string, tags: readonly string[]) => ({ id, url: `https://${id}.example.com/mcp`, tags });
  return JSON.stringify({
    channels: { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } },
    defaults: { channels: ['ops'] },
    servers: [entry('orders', ['prod']), entry('files', ['test'])],
    maintenance,
  });
}

/** What became of each notice, oldest first. */
async function notices(store: Store, status: 'delivered' | 'muted' | 'pending' | null = null) {
  const { items } = await store.deliveries(status, { limit: 100, cursor: null });
  return items
    .toReversed()
    .map(({ notice, status: became }) => `${notice.server.id} ${notice.event.slice('incident.'.length)} ${became}`);
}

/** Lets time pass until then, and the courier do what is due. */
async function until(clock: Parameters<typeof pass>[0], at: number): Promise<void> {
  await pass(clock, at - clock.now());
  for (let turn = 0; turn < 5; turn += 1) await settled();
}

test('a server that breaks in its window is watched and shown as broken, and told when the window ends and it still is', async () => {
  const { clock, store, prober, monitor } = await startEngine(config(ONE_TO_TWO));
  await until(clock, ONE + 10 * MINUTE);
  expect(monitor.server('orders')?.maintenanceUntil).toBe(ONE + HOUR);
  expect(monitor.server('files')?.maintenanceUntil).toBeNull();
  prober.isDown('orders');
  prober.isDown('files');
  await until(clock, ONE + 59 * MINUTE);
  expect(monitor.server('orders')?.status.state).toBe('down');
  expect((await store.openIncidents()).map(({ serverId }) => serverId).sort()).toEqual(['files', 'orders']);
  expect(await notices(store)).toEqual(expect.arrayContaining(['orders opened pending', 'files opened delivered']));
  await until(clock, ONE + HOUR + 2 * SECOND);
  expect(await notices(store)).toEqual(expect.arrayContaining(['orders opened delivered', 'files opened delivered']));
  prober.isWell('orders');
  await until(clock, ONE + 2 * HOUR);
  expect(await notices(store)).toContain('orders resolved delivered');
});

test('a server that breaks and recovers in its window is told to nobody, and listed', async () => {
  const { clock, store, prober } = await startEngine(config(ONE_TO_TWO));
  await until(clock, ONE + 10 * MINUTE);
  prober.isDown('orders');
  await until(clock, ONE + 20 * MINUTE);
  prober.isWell('orders');
  await until(clock, ONE + 3 * HOUR);
  expect(await notices(store)).toEqual(['orders opened muted', 'orders resolved muted']);
  expect(await store.openIncidents()).toEqual([]);
});

test('what was told before the window is over when it is over', async () => {
  const { clock, store, prober } = await startEngine(config(ONE_TO_TWO));
  await until(clock, ONE - 20 * MINUTE);
  prober.isDown('orders');
  await until(clock, ONE + 20 * MINUTE);
  prober.isWell('orders');
  await until(clock, ONE + 30 * MINUTE);
  expect(await notices(store)).toEqual(['orders opened delivered', 'orders resolved delivered']);
});

test('nobody is reminded in a window, and what it held is told a whole wait before it is reminded of', async () => {
  const entry = (id: string) => ({ id, url: `https://${id}.example.com/mcp`, alerts: { reminder: '15m' } });
  const { clock, store, prober } = await startEngine(
    JSON.stringify({
      channels: { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } },
      defaults: { channels: ['ops'] },
      servers: [entry('orders'), entry('files')],
      maintenance: [{ ...ONE_TO_TWO, servers: [] }],
    }),
  );
  const sentAt = async (id: string) =>
    (await store.deliveries('delivered', { limit: 100, cursor: null })).items
      .filter(({ notice }) => notice.server.id === id)
      .map(
        ({ notice, deliveries }) =>
          `${notice.event.slice('incident.'.length)} at ${minutesTo(deliveries.at(-1)?.at ?? 0)}`,
      )
      .toReversed();
  const minutesTo = (at: number): number => Math.floor((at - NOON) / MINUTE);
  await until(clock, ONE - 10 * MINUTE);
  prober.isDown('files');
  await until(clock, ONE + 10 * MINUTE);
  prober.isDown('orders');
  await until(clock, ONE + HOUR + 10 * MINUTE);
  expect(await sentAt('files')).toEqual(['opened at 51', 'reminder at 120']);
  expect(await sentAt('orders')).toEqual(['opened at 120']);
  await until(clock, ONE + HOUR + 20 * MINUTE);
  expect(await sentAt('orders')).toEqual(['opened at 120', 'reminder at 135']);
});

test('begin and end are told to whoever looks on, once each and on time', async () => {
  const { clock, events, monitor } = await startEngine(config({ ...ONE_TO_TWO, servers: [], tags: ['prod'] }));
  const seen: string[] = [];
  monitor.subscribe((event) => {
    if (event.kind !== 'server' || !event.stateChanged) return;
    const isIn = monitor.server(event.id)?.maintenanceUntil !== null;
    seen.push(`${event.id} ${isIn ? 'in' : 'out of'} maintenance at ${(clock.now() - NOON) / MINUTE}`);
  });
  await until(clock, ONE - MINUTE);
  seen.length = 0;
  await until(clock, ONE + 3 * HOUR);
  expect(seen).toEqual(['orders in maintenance at 60', 'orders out of maintenance at 120']);
  expect(events.length).toBeGreaterThan(0);
});

test('a window made now, for an hour, holds from now on and what it holds goes out when it is taken away', async () => {
  const { clock, store, prober, monitor } = await startEngine(config());
  await until(clock, NOON + 10 * MINUTE);
  const made = await monitor.addWindow({ servers: ['orders'], duration: '1h' });
  expect(made).toMatchObject({ openUntil: NOON + 70 * MINUTE, next: [], window: { source: { kind: 'ui' } } });
  prober.isDown('orders');
  await until(clock, NOON + 20 * MINUTE);
  expect(await notices(store)).toEqual(['orders opened pending']);
  expect(await monitor.removeWindow(made.window.id)).toBe(true);
  expect(monitor.server('orders')?.maintenanceUntil).toBeNull();
  await until(clock, NOON + 20 * MINUTE + SECOND);
  expect(await notices(store)).toEqual(['orders opened delivered']);
  expect(await monitor.removeWindow(made.window.id)).toBe(false);
});

test('a window that is made longer while it is open holds longer, and one that follows holds on', async () => {
  const { clock, store, prober, monitor } = await startEngine(
    config(ONE_TO_TWO, { id: 'next', cron: '0 14 * * *', timezone: 'UTC', duration: '30m' }),
  );
  await until(clock, ONE + MINUTE);
  prober.isDown('orders');
  await until(clock, ONE + 10 * MINUTE);
  expect(monitor.server('orders')?.maintenanceUntil).toBe(ONE + 90 * MINUTE);
  await monitor.addWindow({
    servers: ['orders'],
    starts_at: new Date(ONE + 80 * MINUTE).toISOString(),
    duration: '1h',
  });
  expect(monitor.server('orders')?.maintenanceUntil).toBe(ONE + 140 * MINUTE);
  await until(clock, ONE + 139 * MINUTE);
  expect(await notices(store)).toEqual(['orders opened pending']);
  await until(clock, ONE + 140 * MINUTE + 2 * SECOND);
  expect(await notices(store)).toEqual(['orders opened delivered']);
});

test('an edit of the file takes hold at once, also on what is held', async () => {
  const { clock, store, prober, monitor, reload } = await startEngine(config(ONE_TO_TWO));
  await until(clock, ONE + MINUTE);
  prober.isDown('orders');
  await until(clock, ONE + 10 * MINUTE);
  await reload(config({ ...ONE_TO_TWO, duration: '3h' }));
  await until(clock, ONE + 2 * HOUR);
  expect(monitor.windows()).toMatchObject([{ window: { id: 'lunch' }, openUntil: ONE + 3 * HOUR }]);
  expect(await notices(store)).toEqual(['orders opened pending']);
  await reload(config());
  await until(clock, ONE + 2 * HOUR + SECOND);
  expect(monitor.windows()).toEqual([]);
  expect(await notices(store)).toEqual(['orders opened delivered']);
});

test('the time in maintenance is exact, whatever happens to its window or to the monitor', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(config(ONE_TO_TWO), { clock, store });
  await until(clock, ONE + 10 * MINUTE);
  first.prober.isDown('orders');
  await until(clock, ONE + 20 * MINUTE);
  await first.stop();
  // The window ends while the monitor is stopped.
  clock.advance(2 * HOUR);
  const second = await startEngine(config({ ...ONE_TO_TWO, cron: '30 15 * * *' }), { clock, store });
  second.prober.isDown('orders');
  await until(clock, NOON + 4 * HOUR);
  await second.monitor.addWindow({ id: 'more', duration: '2h' });
  await until(clock, NOON + 5 * HOUR);
  await second.monitor.removeWindow('more');
  await until(clock, NOON + 6 * HOUR);
  expect(await store.maintenance(['orders'], NOON, NOON + 12 * HOUR)).toEqual([
    { serverId: 'orders', from: ONE, to: ONE + HOUR },
    { serverId: 'orders', from: NOON + 210 * MINUTE, to: NOON + 4 * HOUR },
    { serverId: 'orders', from: NOON + 4 * HOUR, to: NOON + 5 * HOUR },
  ]);
  const uptime = uptimeOf(
    setApart(await store.spans(['orders'], NOON, clock.now()), await store.maintenance(['orders'], NOON, clock.now())),
    NOON,
    clock.now(),
  );
  expect(uptime.maintenanceSeconds).toBe(2.5 * 3600);
});

test('a monitor that starts in the middle of a window goes on as if it had not stopped', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(config(ONE_TO_TWO), { clock, store });
  await until(clock, ONE + 10 * MINUTE);
  first.prober.isDown('orders');
  await until(clock, ONE + 20 * MINUTE);
  await first.stop();
  const second = await startEngine(config(ONE_TO_TWO), { clock, store });
  second.prober.isDown('orders');
  await until(clock, ONE + 59 * MINUTE);
  expect(await notices(store)).toEqual(['orders opened pending']);
  expect(await store.maintenance(['orders'], NOON, NOON + 12 * HOUR)).toEqual([
    { serverId: 'orders', from: ONE, to: ONE + HOUR },
  ]);
  await until(clock, ONE + HOUR + 2 * SECOND);
  expect(await notices(store)).toEqual(['orders opened delivered']);
});

test('windows made in the browser outlive a restart; the file’s are read-only', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(config(ONE_TO_TWO), { clock, store });
  await first.monitor.addWindow({ id: 'night', tags: ['prod'], cron: '0 3 * * *', timezone: 'UTC', duration: '1h' });
  await first.monitor.changeWindow('night', { duration: '2h' });
  await first.stop();
  const { monitor } = await startEngine(config(ONE_TO_TWO), { clock, store });
  const [night, lunch] = ['night', 'lunch'].map((id) => monitor.windows().find(({ window }) => window.id === id));
  expect(night).toMatchObject({ window: { durationMs: 2 * HOUR }, entry: { id: 'night', duration: '2h' } });
  expect(lunch?.next).toEqual(
    [1, 25, 49].map((hours) => ({ from: NOON + hours * HOUR, to: NOON + (hours + 1) * HOUR })),
  );
  await expect(monitor.changeWindow('lunch', { duration: '2h' })).rejects.toThrow(
    'The maintenance window “lunch” comes from the configuration file (/etc/alivemcp/config.yaml:1). Change it there.',
  );
  await expect(monitor.removeWindow('lunch')).rejects.toThrow(ConflictError);
  await expect(monitor.addWindow({ id: 'lunch', duration: '1h' })).rejects.toThrow(ConflictError);
  await expect(monitor.addWindow({ servers: ['orders', 'ordres'], duration: '1h' })).rejects.toMatchObject({
    errors: [{ path: 'servers.1', message: 'There is no server “ordres”.' }],
  });
  await expect(monitor.changeWindow('night', { id: 'day' })).rejects.toThrow(InvalidEntryError);
  await monitor.changeWindow('night', { starts_at: '2026-12-24T22:00Z' });
  expect(monitor.windows().find(({ window }) => window.id === 'night')?.entry).toEqual({
    id: 'night',
    tags: ['prod'],
    duration: '2h',
    starts_at: '2026-12-24T22:00Z',
  });
  expect(await monitor.changeWindow('nobody', {})).toBeNull();
});

test('a window of the file that names a server nobody watches is said in the log', async () => {
  const { log } = await startEngine(config({ ...ONE_TO_TWO, servers: ['ordres'] }));
  expect(log.lines.join('\n')).toContain('names a server that is not watched');
});

test('a server that comes, or gets its tag, while a window is open is in maintenance', async () => {
  const { clock, monitor, store } = await startEngine(config({ ...ONE_TO_TWO, servers: [], tags: ['late'] }));
  await until(clock, ONE + 10 * MINUTE);
  const url = 'https://late.example.com/mcp';
  expect(await monitor.addServer({ id: 'late', url, tags: ['late'] })).toMatchObject({ maintenanceUntil: ONE + HOUR });
  expect(await monitor.changeServer('late', { tags: [] })).toMatchObject({ maintenanceUntil: null });
  expect(await store.maintenance(['late'], NOON, NOON + 9 * HOUR)).toEqual([]);
});

test('a store that cannot write when a window begins loses a minute of its record and no notice', async () => {
  const { clock, store, prober, memory } = await startEngine(config(ONE_TO_TWO));
  await until(clock, ONE - MINUTE);
  memory.refuse(['planMaintenance']);
  await until(clock, ONE + 10 * SECOND);
  memory.refuse([]);
  prober.isDown('orders');
  await until(clock, ONE + 30 * MINUTE);
  expect(await notices(store)).toEqual(['orders opened pending']);
  const [span] = await store.maintenance(['orders'], NOON, NOON + 9 * HOUR);
  expect(span?.to).toBe(ONE + HOUR);
  expect(span?.from).toBeGreaterThan(ONE);
  expect(span?.from).toBeLessThanOrEqual(ONE + MINUTE);
});

test('a wall clock that is set into a window, or out of it, is believed', async () => {
  const { clock, monitor } = await startEngine(config(ONE_TO_TWO));
  await until(clock, NOON + 10 * MINUTE);
  clock.setWall(ONE + 30 * MINUTE);
  await pass(clock, MINUTE);
  expect(monitor.server('orders')?.maintenanceUntil).toBe(ONE + HOUR);
  clock.setWall(NOON);
  expect(monitor.server('orders')?.maintenanceUntil).toBeNull();
});

test('a maintenance under way costs the store nothing, however many servers are in it and however long it lasts', async () => {
  const many = Array.from({ length: 2_000 }, (_, n) => ({
    id: `s${n}`,
    url: `https://s${n}.example.com/mcp`,
    paused: true,
  }));
  const { clock, monitor, store, memory, log } = await startEngine(
    JSON.stringify({ servers: many, maintenance: [{ cron: '* * * * *', timezone: 'UTC', duration: '1h' }] }),
  );
  expect(monitor.server('s1999')?.maintenanceUntil).not.toBeNull();
  memory.refuse(['planMaintenance', 'holdNotices']);
  await pass(clock, 10 * MINUTE);
  expect(log.lines).toEqual([]);
  expect(await store.maintenance(['s1'], NOON, NOON + HOUR)).toHaveLength(1);
});
