import { expect, test } from 'vitest';
import { createFakeClock } from '../fixtures/clock.ts';
import { MINUTE, openMemory, pass, SECOND, servers, settled, startEngine } from './support.ts';

const orders = { id: 'orders', announce_first: true };
const mine = { id: 'mine', url: 'https://mine.example.com/mcp' };
const CHANNELS = { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } };

test('an entry of the file that only moved to another line is the same server: no probe, nothing forgotten, no result dropped', async () => {
  const { clock, prober, monitor, reload } = await startEngine(servers(orders));
  await pass(clock, MINUTE);
  const before = monitor.server('orders');
  prober.takes('orders', 5 * SECOND);
  const asked = monitor.probeNow('orders');
  await settled();
  const started = prober.starts.length;
  await reload(`# a comment\n\n${servers(orders)}`);
  await pass(clock, 6 * SECOND);
  expect(prober.starts.length).toBe(started);
  expect(await asked).not.toBeNull();
  const after = monitor.server('orders');
  expect(after?.server.source).toMatchObject({ line: 3 });
  expect(after?.status).toMatchObject({ state: 'up', since: before?.status.since });
});

test('a changed entry is probed at once and its standing forgotten; the others are left alone', async () => {
  const { clock, prober, monitor, reload } = await startEngine(servers(orders, { id: 'other' }));
  await pass(clock, 90 * SECOND);
  prober.starts.length = 0;
  await reload(servers({ ...orders, interval: '5m' }, { id: 'other' }));
  expect(monitor.server('orders')?.status.state).toBe('unknown');
  await pass(clock, SECOND);
  expect(prober.starts.map(({ id }) => id)).toEqual(['orders']);
  expect(monitor.server('orders')?.status.state).toBe('up');
});

test('a server that left the file and came back is watched on, not refused for ever', async () => {
  const { clock, prober, monitor, reload, store } = await startEngine(servers(orders));
  await pass(clock, 5 * MINUTE);
  await reload('');
  expect(monitor.servers()).toEqual([]);
  await pass(clock, 5 * MINUTE);
  await reload(servers(orders));
  await pass(clock, MINUTE);
  expect(monitor.server('orders')?.status.state).toBe('up');
  expect((await store.statuses()).get('orders')).toEqual(monitor.server('orders')?.status);
  expect(monitor.server('orders')?.last?.report.startedAt).toBe(prober.startsOf('orders').at(-1));
});

test('time in which a server was not watched counts as neither up nor down', async () => {
  const { clock, reload, store } = await startEngine(servers(orders));
  await pass(clock, 5 * MINUTE);
  const left = clock.now();
  await reload('');
  await pass(clock, 60 * MINUTE);
  await reload(servers(orders));
  await pass(clock, MINUTE);
  const spans = await store.spans(['orders'], 0, clock.now());
  expect(spans.find(({ from }) => from === left)).toMatchObject({ state: 'unknown', to: left + 60 * MINUTE });
});

test('the open incident of a server taken out of the file ends without a notice, and browsers hear of it', async () => {
  const { clock, prober, store, reload, events } = await startEngine(servers(orders));
  await pass(clock, MINUTE);
  prober.isDown('orders');
  await pass(clock, 3 * MINUTE);
  const [open] = await store.openIncidents();
  expect(open).toMatchObject({ serverId: 'orders', signal: 'protocol' });
  events.length = 0;
  await reload('');
  expect(await store.openIncidents()).toEqual([]);
  expect(events).toContainEqual({ kind: 'incident', incident: { ...open, resolvedAt: clock.now() } });
  expect(await store.notices(open?.id ?? '')).toHaveLength(1);
  await reload(servers(orders));
  await pass(clock, SECOND);
  expect(await store.openIncidents()).toMatchObject([{ serverId: 'orders', startedAt: expect.any(Number) }]);
});

test('so does that of a server which left the file while the monitor did not run', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  await pass(clock, MINUTE);
  first.prober.isDown('orders');
  await pass(clock, 3 * MINUTE);
  await first.stop();
  await startEngine('', { clock, store });
  expect(await store.openIncidents()).toEqual([]);
});

test('where file and browser have the same id, the file’s entry holds as long as it is there', async () => {
  const { clock, monitor, reload, log, prober } = await startEngine('');
  await monitor.addServer(mine);
  await pass(clock, MINUTE);
  await reload(servers({ id: 'mine', url: 'https://file.example.com/mcp' }));
  expect(monitor.server('mine')?.server.source.kind).toBe('config');
  expect(log.lines.join('\n')).toContain('the file wins');
  await expect(monitor.changeServer('mine', { name: 'x' })).rejects.toThrow('comes from the configuration file');
  await expect(monitor.removeServer('mine')).rejects.toThrow('Remove it there');
  prober.starts.length = 0;
  await reload('');
  expect(monitor.server('mine')).toMatchObject({ server: { source: { kind: 'ui' } }, entry: mine });
  await pass(clock, SECOND);
  expect(prober.startsOf('mine')).toHaveLength(1);
});

test('with the same id in both, a restart changes nothing either', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine('', { clock, store });
  await first.monitor.addServer(mine);
  await first.reload(servers({ id: 'mine', url: 'https://file.example.com/mcp' }));
  await pass(clock, MINUTE);
  const before = first.monitor.server('mine')?.status.since;
  await first.stop();
  const second = await startEngine(servers({ id: 'mine', url: 'https://file.example.com/mcp' }), { clock, store });
  expect(second.monitor.server('mine')?.status).toMatchObject({ state: 'up', since: before });
});

test('a server of the browser that names a channel of the file is watched after a restart', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const yaml = JSON.stringify({ channels: CHANNELS });
  const first = await startEngine(yaml, { clock, store });
  await first.monitor.addServer({ ...mine, channels: ['ops'] });
  await first.stop();
  const second = await startEngine(yaml, { clock, store });
  expect(second.monitor.server('mine')?.server.channels).toEqual(['ops']);
});

test('a channel taken out of the file stops nobody from being watched; the next notice reaches nobody and says so', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(JSON.stringify({ channels: CHANNELS }), { clock, store });
  await first.monitor.addServer({ ...mine, channels: ['ops'], announce_first: true });
  await first.reload('');
  await first.stop();
  const { monitor, prober, log } = await startEngine('', { clock, store });
  expect(monitor.server('mine')).not.toBeNull();
  expect(log.lines.join('\n')).toContain('it names channels that are gone');
  await pass(clock, MINUTE);
  prober.isDown('mine');
  await pass(clock, 3 * MINUTE);
  const [incident] = await store.openIncidents();
  expect(await store.notices(incident?.id ?? '')).toMatchObject([{ channel: null, status: 'nobody' }]);
  await expect(monitor.changeServer('mine', { name: 'x' })).rejects.toMatchObject({ errors: [{ path: 'channels.0' }] });
});

test('new defaults of the file hold at once for servers of the browser', async () => {
  const { monitor, reload } = await startEngine('');
  await monitor.addServer(mine);
  await reload(JSON.stringify({ defaults: { interval: '5s' } }));
  expect(monitor.server('mine')?.server.schedule).toEqual({ kind: 'interval', everyMs: 5000 });
});

test('an id removed in the browser can be given again and starts from nothing', async () => {
  const { clock, monitor, store } = await startEngine('');
  await monitor.addServer(mine);
  await pass(clock, 5 * MINUTE);
  await monitor.pause('mine', null);
  expect(await monitor.removeServer('mine')).toBe(true);
  expect(await store.probes('mine', { limit: 10, cursor: null })).toEqual({ items: [], next: null });
  await monitor.addServer(mine);
  expect(monitor.server('mine')).toMatchObject({ pause: null, last: null, status: { state: 'unknown' } });
  await pass(clock, 2 * MINUTE);
  expect(monitor.server('mine')?.status.state).toBe('up');
  expect((await store.statuses()).get('mine')).toEqual(monitor.server('mine')?.status);
});

test('of two that want the same id at once, one gets it', async () => {
  const { monitor } = await startEngine('');
  const both = await Promise.allSettled([monitor.addServer(mine), monitor.addServer({ ...mine, name: 'other' })]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(both[1]).toMatchObject({ reason: { message: 'The id “mine” is taken. Choose another one.' } });
});

test('an id that the file has says so with its line; an id cannot be changed', async () => {
  const { monitor } = await startEngine(servers(orders));
  await expect(monitor.addServer({ ...mine, id: 'orders' })).rejects.toThrow(/taken \(.*config\.yaml:1\)/);
  await monitor.addServer(mine);
  await expect(monitor.changeServer('mine', { id: 'yours' })).rejects.toMatchObject({ errors: [{ path: 'id' }] });
  expect(await monitor.changeServer('nobody', {})).toBeNull();
  expect(await monitor.removeServer('nobody')).toBe(false);
});

test('an entry the store refuses to save is not watched; one it refuses to remove is watched on', async () => {
  const { clock, monitor, memory, prober } = await startEngine('');
  memory.refuse(['saveServer', 'removeServer']);
  await expect(monitor.addServer(mine)).rejects.toThrow('The store is busy');
  expect(monitor.servers()).toEqual([]);
  memory.refuse(['removeServer']);
  await monitor.addServer(mine);
  await expect(monitor.removeServer('mine')).rejects.toThrow('The store is busy');
  expect(monitor.server('mine')).not.toBeNull();
  const before = prober.starts.length;
  await pass(clock, MINUTE);
  expect(prober.starts.length).toBeGreaterThan(before);
});

test('a stored entry that today’s rules refuse is kept, said and can be entered again', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  await store.saveServer({ id: 'mine', entry: { ...mine, interval: 'often' }, secrets: [] });
  const { monitor, log } = await startEngine('', { clock, store });
  expect(monitor.servers()).toEqual([]);
  expect(log.lines.join('\n')).toContain('no longer valid and is not watched');
  await monitor.addServer(mine);
  expect(monitor.server('mine')?.entry).toEqual(mine);
});

test('a file that is read again keeps a server of the browser whose entry its new defaults make invalid', async () => {
  const { clock, monitor, reload, prober } = await startEngine('');
  await monitor.addServer({ ...mine, canary: { timeout: '5s', tool: 'ping' } });
  await reload(JSON.stringify({ defaults: { canary: { resource: 'db://health/pool' } } }));
  prober.starts.length = 0;
  await pass(clock, 2 * MINUTE);
  expect(prober.startsOf('mine').length).toBeGreaterThanOrEqual(2);
});
