import { expect, test } from 'vitest';
import { StoreError } from '../../src/core/store.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aCanary, anAnswer } from '../fixtures/facts.ts';
import type { Entry } from './support.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, servers, settled, startEngine } from './support.ts';

const orders = { id: 'orders', announce_first: true, channels: [] };
const YAML = servers(orders);

async function incidentsOf(store: Awaited<ReturnType<typeof openMemory>>) {
  return (await store.incidents({ state: null, serverId: null }, { limit: 100, cursor: null })).items;
}

test('three bad probes open one incident and two good ones resolve it, each once', async () => {
  const { clock, prober, store, monitor } = await startEngine(YAML);
  await pass(clock, 2 * MINUTE);
  prober.isDown('orders');
  await pass(clock, 3 * MINUTE);
  expect(monitor.server('orders')?.status.state).toBe('down');
  expect(await incidentsOf(store)).toMatchObject([{ signal: 'protocol', resolvedAt: null }]);
  prober.isWell('orders');
  await pass(clock, 3 * MINUTE);
  expect(monitor.server('orders')?.status.state).toBe('up');
  const [incident] = await incidentsOf(store);
  expect(incident?.resolvedAt).not.toBeNull();
});

test('counters go on after a restart', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(YAML, { clock, store });
  await pass(clock, 2 * MINUTE);
  first.prober.isDown('orders');
  await first.monitor.probeNow('orders');
  await first.monitor.probeNow('orders');
  await first.stop();
  const second = await startEngine(YAML, { clock, store });
  second.prober.isDown('orders');
  await second.monitor.probeNow('orders');
  expect(second.monitor.server('orders')?.status.state).toBe('down');
});

test('where the store refuses a result, probing goes on and the standing stays that of the store', async () => {
  const { clock, prober, store, memory, monitor, log } = await startEngine(YAML);
  await pass(clock, 2 * MINUTE);
  const before = monitor.server('orders')?.status;
  memory.refuse(['commit']);
  prober.isDown('orders');
  await pass(clock, 5 * MINUTE);
  expect(monitor.server('orders')?.status).toEqual(before);
  expect(log.lines.join('\n')).toContain('a result could not be stored; probing goes on');
  memory.refuse([]);
  await pass(clock, 3 * MINUTE);
  expect(monitor.server('orders')?.status.state).toBe('down');
  expect((await store.statuses()).get('orders')).toEqual(monitor.server('orders')?.status);
});

test('a standing that somebody else changed in the store is read again, so that one result is lost and no more', async () => {
  const { clock, store, monitor } = await startEngine(YAML);
  await pass(clock, 2 * MINUTE);
  const status = monitor.server('orders')?.status;
  if (status === undefined) throw new Error('not watched');
  await store.saveStatus({ ...status, version: status.version + 5 });
  await expect(monitor.probeNow('orders')).rejects.toThrow('could not be completed or stored');
  expect(await monitor.probeNow('orders')).not.toBeNull();
  expect(monitor.server('orders')?.status.version).toBe(status.version + 6);
});

test.each([
  ['edited', (yaml: Awaited<ReturnType<typeof startEngine>>) => yaml.reload(servers({ ...orders, name: 'Other' }))],
  [
    'paused and resumed',
    async ({ monitor }: Awaited<ReturnType<typeof startEngine>>) => {
      await monitor.pause('orders', null);
      await monitor.resume('orders');
    },
  ],
  [
    'taken off and put on again',
    async ({ reload }: Awaited<ReturnType<typeof startEngine>>) => {
      await reload('');
      await reload(YAML);
    },
  ],
])(
  'what a probe saw of a server that was %s meanwhile is dropped, and it is probed anew at once',
  async (_, change) => {
    const started = await startEngine(YAML);
    const { clock, prober, monitor, store } = started;
    await pass(clock, 2 * MINUTE);
    prober.isDown('orders');
    prober.takes('orders', 5 * SECOND);
    const asked = monitor.probeNow('orders').catch((error: unknown) => error);
    await settled();
    const before = prober.starts.length;
    prober.isWell('orders');
    prober.takes('orders', 0);
    await change(started);
    await pass(clock, 6 * SECOND);
    expect(await asked).toMatchObject({ message: expect.stringContaining('was changed while it was probed') });
    expect(prober.starts.length).toBe(before + 1);
    expect(prober.peak.ofOne).toBe(1);
    const probes = await store.probes('orders', { limit: 100, cursor: null });
    expect(probes.items.every(({ judgement }) => judgement.state === 'up')).toBe(true);
    expect(monitor.server('orders')?.status.state).toBe('up');
  },
);

test('what a probe saw of a server that was taken off meanwhile is stored nowhere', async () => {
  const { clock, prober, monitor, store, log } = await startEngine('');
  await monitor.addServer({ id: 'mine', url: 'https://mine.example.com/mcp' });
  prober.takes('mine', 5 * SECOND);
  await pass(clock, 2 * SECOND);
  await monitor.removeServer('mine');
  await pass(clock, MINUTE);
  expect((await store.statuses()).size).toBe(0);
  expect((await store.probes('mine', { limit: 10, cursor: null })).items).toEqual([]);
  expect(log.lines).toEqual([]);
});

test('a prober that never ends holds neither its server nor its place for ever', async () => {
  const clock = createFakeClock();
  const { prober, monitor, log } = await startEngine(YAML, { clock, concurrency: { total: 1, perOrigin: 1 } });
  await pass(clock, SECOND);
  prober.takes('orders', 24 * HOUR);
  await pass(clock, 2 * MINUTE);
  expect((await monitor.figures()).probesRunning).toBe(1);
  prober.takes('orders', 0);
  await pass(clock, 3 * MINUTE);
  expect(log.lines.join('\n')).toContain('a probe could not be completed');
  expect(await monitor.probeNow('orders')).not.toBeNull();
});

test('the end waits for probes under way, and stores nothing of those it called off', async () => {
  const { clock, prober, store, stop, log } = await startEngine(YAML);
  await pass(clock, MINUTE);
  const before = (await store.probes('orders', { limit: 100, cursor: null })).items.length;
  prober.takes('orders', 20 * SECOND);
  await pass(clock, MINUTE);
  await stop();
  const after = (await store.probes('orders', { limit: 100, cursor: null })).items.length;
  expect(after - before).toBeLessThanOrEqual(1);
  expect(log.lines).toEqual([]);
});

test('many probes under way at once warn of no leak', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  const clock = createFakeClock();
  const many = Array.from({ length: 60 }, (_, n) => ({ id: `s${n}` }));
  const { prober, stop } = await startEngine(servers(...many), { clock, concurrency: { total: 30, perOrigin: 4 } });
  for (const { id } of many) prober.takes(id, 30 * SECOND);
  await pass(clock, MINUTE);
  expect(prober.peak.all).toBe(30);
  await stop();
  await settled();
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('a store that is gone altogether ends neither the loop nor the process', async () => {
  const { clock, prober, store, monitor } = await startEngine(YAML);
  await pass(clock, MINUTE);
  await store.close();
  await expect(store.flush()).rejects.toThrow(StoreError);
  const before = prober.starts.length;
  await pass(clock, 3 * MINUTE);
  expect(prober.starts.length).toBeGreaterThanOrEqual(before + 3);
  expect(monitor.server('orders')?.status.state).toBe('up');
});

test('the incident of a canary ends without a notice when the entry has no canary any more; what was attached to it is told', async () => {
  const yaml = {
    ...orders,
    channels: ['ops'],
    canary: { tool: 'health_check' },
    health_url: 'https://orders.example.com/ready',
  };
  const channels = { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } };
  const file = (entry: Entry) => JSON.stringify({ channels, ...JSON.parse(servers(entry)) });
  const { clock, prober, store, reload } = await startEngine(file(yaml));
  const silent = aCanary({ kind: 'result', isError: true, text: 'database unavailable', json: undefined });
  prober.sees('orders', { ...silent, health: { ready: anAnswer(503), live: null } });
  await pass(clock, 3 * MINUTE);
  expect((await store.openIncidents()).map(({ signal }) => signal)).toEqual(['canary', 'health_url']);
  prober.sees('orders', { canaries: [], health: { ready: anAnswer(503), live: null } });
  const { canary: _, ...without } = yaml;
  await reload(file(without));
  await pass(clock, SECOND);
  expect(await store.openIncidents()).toMatchObject([{ signal: 'health_url', attachedTo: null }]);
  const { items } = await store.deliveries(null, { limit: 10, cursor: null });
  const told = items.map(({ notice }) => `${notice.event} ${notice.incident.signal}`);
  expect(told.reverse()).toEqual(['incident.opened canary', 'incident.opened health_url']);
});
