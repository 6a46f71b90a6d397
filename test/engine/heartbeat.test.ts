import { expect, test } from 'vitest';
import type { Sight } from '../../src/core/offline.ts';
import type { Lookout, Prober } from '../../src/core/ports.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { createFakeProber, HOUR, MINUTE, pass, SECOND, servers, startEngine, thereAlways } from './support.ts';

const heartbeat = { url: 'https://switch.example.com/ping/very-private', everyMs: MINUTE };
const orders = { id: 'orders' };

/** A dead man's switch that takes every beat unless it is told otherwise. `since` are the beats of the time after. */
function createSwitch() {
  const clock = createFakeClock();
  const beats: number[] = [];
  const state = { status: 200, kind: 'answered' as Sight['kind'] };
  const lookout: Lookout = {
    ...thereAlways,
    ask: async (url) => {
      if (url === heartbeat.url) beats.push(clock.monotonic());
      return { host: new URL(url).hostname, kind: state.kind, address: null, status: state.status, message: 'taken' };
    },
  };
  return { clock, lookout, state, beats, since: (from: number) => beats.filter((at) => at > from).length };
}

/** A prober of which some probes never end. */
function stuck(prober: Prober, isStuck: (id: string) => boolean): Prober {
  return {
    probe: (request) => (isStuck(request.server.id) ? new Promise(() => undefined) : prober.probe(request)),
  };
}

test('while servers are probed on time and stored, it beats; the first time after the first result', async () => {
  const { clock, lookout, beats } = createSwitch();
  const { monitor } = await startEngine(servers(orders), { clock, lookout, heartbeat });
  expect(beats).toEqual([]);
  await pass(clock, HOUR);
  expect(beats.length).toBeGreaterThanOrEqual(58);
  expect(beats.length).toBeLessThanOrEqual(61);
  expect((await monitor.figures()).heartbeat).toMatchObject({ host: 'switch.example.com', everyMs: MINUTE, ok: true });
});

test('a server that is down is no reason to be silent', async () => {
  const { clock, lookout, since } = createSwitch();
  const { prober } = await startEngine(servers(orders), { clock, lookout, heartbeat });
  prober.isDown('orders');
  await pass(clock, HOUR);
  expect(since(0)).toBeGreaterThanOrEqual(58);
});

test('one server of many that is no longer probed silences it, and it says which', async () => {
  const { clock, lookout, beats, since } = createSwitch();
  let isStuck = false;
  const prober = stuck(createFakeProber(clock), (id) => isStuck && id === 'orders');
  const files = { id: 'files' };
  const { monitor } = await startEngine(servers(orders, files), { clock, lookout, heartbeat, prober });
  await pass(clock, 10 * MINUTE);
  expect(beats.length).toBeGreaterThanOrEqual(8);
  isStuck = true;
  await pass(clock, 4 * MINUTE);
  const from = clock.monotonic();
  await pass(clock, HOUR);
  expect(since(from)).toBe(0);
  expect((await monitor.figures()).heartbeat).toMatchObject({
    ok: false,
    message: 'Nothing was stored of 1 of 2 servers when it was due, such as orders.',
  });
  isStuck = false;
  await pass(clock, 5 * MINUTE);
  expect((await monitor.figures()).heartbeat).toMatchObject({ ok: true });
});

test('a store that refuses results silences it', async () => {
  const { clock, lookout, since } = createSwitch();
  const { memory } = await startEngine(servers(orders), { clock, lookout, heartbeat });
  await pass(clock, 10 * MINUTE);
  memory.refuse(['commit']);
  await pass(clock, 4 * MINUTE);
  const from = clock.monotonic();
  await pass(clock, 10 * MINUTE);
  expect(since(from)).toBe(0);
  memory.refuse([]);
  await pass(clock, 2 * MINUTE);
  expect(since(from)).toBeGreaterThan(0);
});

test('our own network that is gone silences it, even where the switch could be reached', async () => {
  const { clock, lookout, since } = createSwitch();
  const gone: Lookout = { ...lookout, hasAddress: () => false };
  const isGone = { now: false };
  const turning: Lookout = { ...lookout, hasAddress: () => (isGone.now ? gone : lookout).hasAddress() };
  const { prober } = await startEngine(servers(orders), { clock, lookout: turning, heartbeat });
  await pass(clock, 5 * MINUTE);
  isGone.now = true;
  prober.isLost('orders');
  await pass(clock, 2 * MINUTE);
  const from = clock.monotonic();
  await pass(clock, 10 * MINUTE);
  expect(since(from)).toBe(0);
});

test('a beat that is not taken is tried again within seconds, and the address is in no log', async () => {
  const { clock, lookout, state, since } = createSwitch();
  const { log, monitor } = await startEngine(servers(orders), { clock, lookout, heartbeat });
  await pass(clock, 5 * MINUTE);
  state.status = 503;
  await pass(clock, 2 * MINUTE);
  const from = clock.monotonic();
  await pass(clock, MINUTE);
  expect(since(from)).toBeGreaterThanOrEqual(5);
  expect((await monitor.figures()).heartbeat?.ok).toBe(false);
  state.status = 200;
  await pass(clock, 11 * SECOND);
  expect((await monitor.figures()).heartbeat?.ok).toBe(true);
  expect(log.lines.filter((line) => line.includes('no heartbeat'))).toHaveLength(1);
  expect(log.lines.join('')).not.toContain('very-private');
});

test.each([
  ['nothing is watched', '{}'],
  ['everything is paused', servers({ ...orders, paused: true })],
])('where %s, it beats: nobody waits for a probe', async (_, yaml) => {
  const { clock, lookout, beats } = createSwitch();
  await startEngine(yaml, { clock, lookout, heartbeat });
  await pass(clock, 10 * MINUTE);
  expect(beats.length).toBeGreaterThanOrEqual(9);
});

test('a server that asks us to wait, is edited, paused or probed once a day does not silence it', async () => {
  const { clock, lookout, beats } = createSwitch();
  const daily = { id: 'daily', interval: '24h' };
  const started = await startEngine(servers(orders, daily), { clock, lookout, heartbeat });
  await pass(clock, 10 * MINUTE);
  started.prober.sees('orders', { retryAfterMs: 10 * MINUTE });
  await pass(clock, 20 * MINUTE);
  await started.monitor.pause('orders', null);
  await pass(clock, 20 * MINUTE);
  await started.monitor.resume('orders');
  await started.reload(servers({ ...orders, timeout: '5s' }, daily));
  await pass(clock, 10 * MINUTE);
  expect(beats.length).toBeGreaterThanOrEqual(57);
});

test('without an address nothing is sent, and nothing is said of it', async () => {
  const { clock, lookout, beats } = createSwitch();
  const { monitor } = await startEngine(servers(orders), { clock, lookout });
  await pass(clock, 10 * MINUTE);
  expect(beats).toEqual([]);
  expect((await monitor.figures()).heartbeat).toBeNull();
});

test('a monitor that stopped sends no more', async () => {
  const { clock, lookout, beats } = createSwitch();
  const { stop } = await startEngine(servers(orders), { clock, lookout, heartbeat });
  await pass(clock, 5 * MINUTE);
  await stop();
  const before = beats.length;
  await pass(clock, HOUR);
  expect(beats).toHaveLength(before);
});

test('after the process stood still for an hour it beats only once servers are probed again', async () => {
  const { clock, lookout, since } = createSwitch();
  await startEngine(servers(orders), { clock, lookout, heartbeat });
  await pass(clock, 10 * MINUTE);
  const from = clock.monotonic();
  clock.stall(HOUR);
  await pass(clock, 0);
  expect(since(from)).toBe(0);
  await pass(clock, 3 * MINUTE);
  expect(since(from)).toBeGreaterThan(0);
});
