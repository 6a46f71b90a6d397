import { expect, test } from 'vitest';
import type { Step } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aFailure } from '../fixtures/facts.ts';
import { MINUTE, pass, SECOND, servers, settled, startEngine } from './support.ts';

const CHANNELS = { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } };
const orders = { id: 'orders', announce_first: true, channels: ['ops'] };
const YAML = JSON.stringify({ channels: CHANNELS, ...JSON.parse(servers(orders)) });
const IDENTITY = { id: 'x', url: 'https://x.example.com/mcp' };

test('a changed state is told at once, with the incident it opened; a probe like the last one is told as such', async () => {
  const { clock, prober, events } = await startEngine(YAML);
  await pass(clock, 90 * SECOND);
  events.length = 0;
  await pass(clock, MINUTE);
  expect(events).toEqual([{ kind: 'server', id: 'orders', stateChanged: false }]);
  prober.isDown('orders');
  await pass(clock, 2 * MINUTE);
  expect(events).toContainEqual({ kind: 'server', id: 'orders', stateChanged: true });
  expect(events).toContainEqual({
    kind: 'incident',
    incident: expect.objectContaining({ serverId: 'orders', resolvedAt: null }),
  });
});

test('a delivery is told, and with it the incident as it is by then', async () => {
  const { clock, prober, events, store } = await startEngine(YAML);
  await pass(clock, 90 * SECOND);
  prober.isDown('orders');
  await pass(clock, 2 * MINUTE);
  expect(events).toContainEqual({ kind: 'delivery', channel: 'ops', result: 'delivered' });
  const delivered = events.findIndex(({ kind }) => kind === 'delivery');
  const [open] = await store.openIncidents();
  const ack = { at: clock.now(), note: 'on it' };
  expect(events.slice(delivered + 1)).toContainEqual({
    kind: 'incident',
    incident: expect.objectContaining({ id: open?.id, told: ['ops'] }),
  });
  events.length = 0;
  await store.acknowledge(open?.id ?? '', ack.at, ack.note);
  prober.isWell('orders');
  await pass(clock, 3 * MINUTE);
  const last = events.findLast(({ kind }) => kind === 'incident');
  expect(last).toMatchObject({ incident: { id: open?.id, acknowledged: ack, resolvedAt: expect.any(Number) } });
});

test('a listener that throws disturbs neither the others nor the probing', async () => {
  const { clock, monitor, events, log } = await startEngine(YAML);
  const stop = monitor.subscribe(() => {
    throw new Error('a browser went away');
  });
  await pass(clock, 2 * MINUTE);
  expect(events.length).toBeGreaterThan(2);
  expect(log.lines[0]).toContain('a listener failed');
  stop();
  log.lines.length = 0;
  await pass(clock, MINUTE);
  expect(log.lines).toEqual([]);
});

test('an acknowledged incident is told and stays acknowledged', async () => {
  const { clock, prober, monitor, store, events } = await startEngine(YAML);
  await pass(clock, 90 * SECOND);
  prober.isDown('orders');
  await pass(clock, 2 * MINUTE);
  const [open] = await store.openIncidents();
  events.length = 0;
  const answer = await monitor.acknowledge(open?.id ?? '', 'on it');
  expect(answer?.acknowledged).toEqual({ at: clock.now(), note: 'on it' });
  expect(events).toEqual([{ kind: 'incident', incident: answer }]);
  await pass(clock, 2 * MINUTE);
  expect((await store.incident(open?.id ?? ''))?.acknowledged).toEqual(answer?.acknowledged);
  expect(await monitor.acknowledge('nothing', null)).toBeNull();
});

test('an entry is tried without being stored, told or watched', async () => {
  const { clock, prober, monitor, store, events } = await startEngine('');
  prober.sees('x', aFailure(reason('tcp_refused', 'connect')));
  const steps: Step[] = [];
  const tried = await monitor.tryEntry(IDENTITY, (step) => steps.push(step), new AbortController().signal);
  expect(tried.judgement).toMatchObject({ state: 'down', reason: { code: 'tcp_refused' } });
  await pass(clock, 5 * MINUTE);
  expect(prober.starts).toHaveLength(1);
  expect(monitor.servers()).toEqual([]);
  expect(await store.probeCount(0)).toBe(0);
  expect(events).toEqual([]);
  await expect(
    monitor.tryEntry({ ...IDENTITY, interval: 'often' }, () => undefined, new AbortController().signal),
  ).rejects.toMatchObject({ errors: [{ path: 'interval' }] });
});

test('who gives up waiting for a trial takes no place, and the end does not wait for it', async () => {
  const clock = createFakeClock();
  const { prober, monitor, stop } = await startEngine('', { clock, concurrency: { total: 1, perOrigin: 1 } });
  prober.takes('x', 60 * MINUTE);
  const first = new AbortController();
  const running = monitor.tryEntry(IDENTITY, () => undefined, first.signal);
  const second = new AbortController();
  const waiting = monitor.tryEntry(IDENTITY, () => undefined, second.signal);
  await settled();
  expect(await monitor.figures()).toMatchObject({ probesRunning: 1, probesWaiting: 1 });
  second.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await stop();
  first.abort(new Error('gone'));
  await running;
});

test('the monitor’s own figures', async () => {
  const { clock, monitor, engine } = await startEngine(YAML);
  const startedAt = clock.now();
  await pass(clock, 10 * MINUTE);
  engine.noteReload({ at: clock.now(), file: 'config.yaml', errors: [] });
  expect(await monitor.figures()).toMatchObject({
    version: '0.0.0',
    location: 'local',
    startedAt,
    probesRunning: 0,
    probesWaiting: 0,
    probesLastHour: 11,
    slotsLate: 0,
    slotsMissed: 0,
    lagMs: { p50: 0, p99: 0, max: 0 },
    outbox: { pending: 0, failed: 0, oldestPendingAt: null },
    reload: { file: 'config.yaml', errors: [] },
    demoUrl: null,
  });
});

test('nothing is sent before the start', async () => {
  const { engine, stop } = await startEngine(YAML);
  expect(engine.isRunning()).toBe(true);
  await stop();
  expect(engine.isRunning()).toBe(false);
});
