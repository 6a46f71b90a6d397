import { expect, test } from 'vitest';
import { createFakeClock } from '../fixtures/clock.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, servers, startEngine } from './support.ts';

const orders = { id: 'orders' };
const DAY = 24 * HOUR;

async function spansOf(store: Awaited<ReturnType<typeof openMemory>>, now: number) {
  return (await store.spans(['orders'], 0, now + 1)).map(({ state }) => state);
}

test('a paused server is not probed; resumed, it is probed at once and its standing starts anew', async () => {
  const { clock, prober, monitor, store } = await startEngine(servers(orders));
  await pass(clock, 2 * MINUTE);
  await monitor.pause('orders', null);
  const paused = prober.starts.length;
  await pass(clock, HOUR);
  expect(prober.starts.length).toBe(paused);
  expect(monitor.server('orders')).toMatchObject({ pause: { until: null } });
  expect(monitor.server('orders')?.nextProbeAt()).toBeNull();
  expect(await spansOf(store, clock.now())).toEqual(['up', 'paused']);
  await monitor.resume('orders');
  expect(monitor.server('orders')).toMatchObject({ pause: null, status: { state: 'unknown' } });
  await pass(clock, SECOND);
  expect(prober.starts.length).toBe(paused + 1);
  expect(await spansOf(store, clock.now())).toEqual(['up', 'paused', 'up']);
});

test('a pause with an end resumes by itself, also one longer than a timer of Node can hold', async () => {
  const { clock, prober, monitor } = await startEngine(servers({ id: 'orders', interval: '7d' }));
  await pass(clock, SECOND);
  await monitor.pause('orders', clock.now() + 60 * DAY);
  const paused = prober.starts.length;
  clock.advance(60 * DAY - SECOND);
  await pass(clock, 0);
  expect(monitor.server('orders')?.pause).not.toBeNull();
  await pass(clock, 2 * SECOND);
  expect(monitor.server('orders')?.pause).toBeNull();
  expect(prober.starts.length).toBe(paused + 1);
});

test('the end of a pause is a time of the wall clock, also where that is set', async () => {
  const { clock, monitor } = await startEngine(servers(orders));
  await monitor.pause('orders', clock.now() + 5 * HOUR);
  clock.setWall(clock.now() + 5 * HOUR);
  await pass(clock, MINUTE);
  expect(monitor.server('orders')?.pause).toBeNull();
});

test('a pause until a time that is over is refused', async () => {
  const { clock, monitor } = await startEngine(servers(orders));
  await expect(monitor.pause('orders', clock.now() - 1)).rejects.toMatchObject({ errors: [{ path: 'until' }] });
  expect(monitor.server('orders')?.pause).toBeNull();
  expect(await monitor.pause('nobody', null)).toBeNull();
  expect(await monitor.resume('nobody')).toBeNull();
});

test('a later pause replaces an earlier one, and its end', async () => {
  const { clock, monitor } = await startEngine(servers(orders));
  const begun = clock.now();
  await monitor.pause('orders', begun + MINUTE);
  await pass(clock, SECOND);
  await monitor.pause('orders', null);
  await pass(clock, HOUR);
  expect(monitor.server('orders')?.pause).toEqual({ serverId: 'orders', at: begun, until: null });
});

test('resuming a server that is not paused changes nothing', async () => {
  const { clock, prober, monitor } = await startEngine(servers(orders));
  await pass(clock, 90 * SECOND);
  const before = prober.starts.length;
  expect(await monitor.resume('orders')).toMatchObject({ status: { state: 'up' } });
  await pass(clock, SECOND);
  expect(prober.starts.length).toBe(before);
});

test('pauses outlive a restart, and an edit', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  await pass(clock, MINUTE);
  await first.monitor.pause('orders', clock.now() + HOUR);
  const pause = first.monitor.server('orders')?.pause;
  await first.stop();
  await pass(clock, MINUTE);
  const second = await startEngine(servers(orders), { clock, store });
  expect(second.monitor.server('orders')?.pause).toEqual(pause);
  await second.reload(servers({ ...orders, name: 'Orders' }));
  expect(second.monitor.server('orders')?.pause).toEqual(pause);
  await pass(clock, MINUTE);
  expect(second.prober.starts).toEqual([]);
  expect((await spansOf(store, clock.now())).at(-1)).toBe('paused');
  await pass(clock, HOUR);
  expect(second.monitor.server('orders')?.pause).toBeNull();
});

test('a pause that ran out while the monitor did not run is over, in the store as well', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  await pass(clock, MINUTE);
  await first.monitor.pause('orders', clock.now() + MINUTE);
  await first.stop();
  await pass(clock, HOUR);
  const second = await startEngine(servers(orders), { clock, store });
  await pass(clock, 2 * MINUTE);
  expect(second.monitor.server('orders')).toMatchObject({ pause: null, status: { state: 'up' } });
  expect(await store.pauses()).toEqual([]);
  expect(await spansOf(store, clock.now())).toEqual(['up', 'paused', 'up']);
});

test('`paused: true` in the file pauses, and says where when somebody resumes', async () => {
  const { clock, prober, monitor, reload, store } = await startEngine(servers(orders));
  await pass(clock, MINUTE);
  await reload(servers({ ...orders, paused: true }));
  const paused = prober.starts.length;
  await pass(clock, HOUR);
  expect(prober.starts.length).toBe(paused);
  expect((await spansOf(store, clock.now())).at(-1)).toBe('paused');
  await expect(monitor.resume('orders')).rejects.toThrow(/says `paused: true` in .*config\.yaml:1/);
  await reload(servers(orders));
  await pass(clock, SECOND);
  expect(prober.starts.length).toBe(paused + 1);
  expect((await spansOf(store, clock.now())).at(-1)).toBe('up');
});

test('`paused: true` taken out of the file while the monitor did not run ends the pause', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers({ ...orders, paused: true }), { clock, store });
  await pass(clock, MINUTE);
  await first.stop();
  await startEngine(servers(orders), { clock, store });
  await pass(clock, MINUTE);
  expect((await spansOf(store, clock.now())).at(-1)).toBe('up');
});

test('a pause by hand that ends does not end the file’s', async () => {
  const { clock, monitor, prober } = await startEngine(servers({ ...orders, paused: true }));
  await monitor.pause('orders', clock.now() + MINUTE);
  await pass(clock, HOUR);
  expect(monitor.server('orders')?.pause).toMatchObject({ until: null });
  expect(prober.starts).toEqual([]);
});

test('where the store refuses, the end of a pause is tried again', async () => {
  const { clock, monitor, memory, log } = await startEngine(servers(orders));
  await monitor.pause('orders', clock.now() + MINUTE);
  memory.refuse(['saveStatus']);
  await pass(clock, 2 * MINUTE);
  expect(monitor.server('orders')?.pause).not.toBeNull();
  expect(log.lines.join('\n')).toContain('trying again');
  memory.refuse([]);
  await pass(clock, MINUTE);
  expect(monitor.server('orders')?.pause).toBeNull();
});
