import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aFailure } from '../fixtures/facts.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, servers, settled, startEngine } from './support.ts';

const orders = { id: 'orders' };

test('a new server is probed at once and then at its slots, one interval apart', async () => {
  const { clock, prober } = await startEngine(servers(orders));
  const begun = clock.now();
  await pass(clock, 5 * MINUTE);
  const [first, ...slots] = prober.startsOf('orders');
  expect(first).toBe(begun);
  expect(slots.map((at) => (at - (slots[0] ?? 0)) / MINUTE)).toEqual([0, 1, 2, 3, 4]);
});

test('of many new servers twenty are probed within a second, the others at their slots within one interval', async () => {
  const clock = createFakeClock();
  const many = Array.from({ length: 200 }, (_, n) => ({ id: `s${n}` }));
  const { prober } = await startEngine(servers(...many), { clock });
  await pass(clock, SECOND);
  expect(new Set(prober.starts.map(({ id }) => id)).size).toBeLessThanOrEqual(25);
  expect(prober.starts.length).toBeGreaterThanOrEqual(20);
  await pass(clock, 59 * SECOND);
  expect(new Set(prober.starts.map(({ id }) => id)).size).toBe(200);
});

test('while a signal turns the next probe comes after the re-check wait, and the slots stay where they are', async () => {
  const { clock, prober } = await startEngine(servers(orders));
  await pass(clock, 2 * MINUTE);
  prober.isDown('orders');
  const before = prober.startsOf('orders');
  await pass(clock, 3 * MINUTE);
  const slot = before.at(-1) ?? 0;
  const since = prober
    .startsOf('orders')
    .slice(before.length)
    .map((at) => (at - slot) / SECOND);
  // Down is confirmed by the third bad probe; from there on only slots.
  expect(since).toEqual([60, 80, 100, 120, 180]);
});

test('an early probe comes no later than the interval', async () => {
  const { clock, prober } = await startEngine(servers({ id: 'orders', interval: '5s', confirm: { recheck: '1h' } }));
  await pass(clock, 20 * SECOND);
  prober.isDown('orders');
  const before = prober.startsOf('orders').length;
  await pass(clock, 15 * SECOND);
  expect(prober.startsOf('orders').length - before).toBe(3);
});

test('a probe that is still running when its slot comes: that slot is missed, and there are never two', async () => {
  const { clock, prober, monitor } = await startEngine(servers({ id: 'orders', interval: '1s' }));
  await pass(clock, 5 * SECOND);
  expect((await monitor.figures()).slotsMissed).toBe(0);
  prober.takes('orders', 3500);
  await pass(clock, 9 * SECOND);
  expect(prober.peak.ofOne).toBe(1);
  expect((await monitor.figures()).slotsMissed).toBe(6);
});

test('an early probe under way when a slot comes stands for that slot', async () => {
  const { clock, prober, monitor } = await startEngine(
    servers({ id: 'orders', interval: '10s', confirm: { recheck: '9s' } }),
  );
  await pass(clock, 30 * SECOND);
  prober.isDown('orders');
  prober.takes('orders', 800);
  await pass(clock, MINUTE);
  expect((await monitor.figures()).slotsMissed).toBe(0);
});

test('a probe that waits for a place is late by its wait', async () => {
  const clock = createFakeClock();
  const three = ['a', 'b', 'c'].map((id) => ({ id, url: 'https://one.example.com/mcp' }));
  const { prober, monitor } = await startEngine(servers(...three), { clock, concurrency: { total: 50, perOrigin: 1 } });
  for (const { id } of three) prober.takes(id, 2 * SECOND);
  await pass(clock, 10 * SECOND);
  const { slotsLate, lagMs } = await monitor.figures();
  expect(slotsLate).toBeGreaterThanOrEqual(1);
  expect(lagMs.max).toBeGreaterThan(1800);
  expect(prober.peak.all).toBe(1);
});

test('however many are due at once, no more than the limits allow are probed at once', async () => {
  const clock = createFakeClock();
  const many = Array.from({ length: 30 }, (_, n) => ({
    id: `s${n}`,
    url: `https://o${n % 3}.example.com/mcp`,
    interval: '5s',
  }));
  const { prober } = await startEngine(servers(...many), { clock, concurrency: { total: 7, perOrigin: 3 } });
  for (const { id } of many) prober.takes(id, 900);
  await pass(clock, 30 * SECOND);
  expect(prober.peak).toEqual({ all: 7, ofOne: 1 });
});

test('a server that asks for time is left alone for that long, and its next probe is shown for then', async () => {
  const { clock, prober, monitor } = await startEngine(servers(orders));
  await pass(clock, 2 * MINUTE);
  prober.sees('orders', aFailure(reason('rate_limited', 'initialize'), { retryAfterMs: 5 * MINUTE }));
  await pass(clock, MINUTE);
  const [asked] = prober.startsOf('orders').slice(-1);
  prober.isWell('orders');
  expect(monitor.server('orders')?.nextProbeAt()).toBeGreaterThanOrEqual((asked ?? 0) + 5 * MINUTE);
  await pass(clock, 10 * MINUTE);
  const after = prober.startsOf('orders').filter((at) => at > (asked ?? 0));
  expect((after[0] ?? 0) - (asked ?? 0)).toBe(5 * MINUTE);
  expect((await monitor.figures()).slotsMissed).toBe(0);
});

test('a probe by hand follows the one under way; those who ask meanwhile share it', async () => {
  const { clock, prober, monitor } = await startEngine(servers(orders));
  prober.takes('orders', 2 * SECOND);
  await pass(clock, 70 * SECOND - (clock.monotonic() % SECOND));
  const before = prober.startsOf('orders').length;
  const running = monitor.probeNow('orders');
  await settled();
  const waiting = Array.from({ length: 20 }, () => monitor.probeNow('orders'));
  await pass(clock, 5 * SECOND);
  const records = await Promise.all([running, ...waiting]);
  expect(new Set(records.map((record) => record?.id)).size).toBe(2);
  expect(prober.startsOf('orders').length - before).toBeLessThanOrEqual(3);
  expect(prober.peak.ofOne).toBe(1);
});

test('a good probe by hand ends the wait for a re-check', async () => {
  const { clock, prober, monitor } = await startEngine(servers({ id: 'orders', interval: '1h', confirm: { up: 1 } }));
  await pass(clock, HOUR);
  prober.isDown('orders');
  await monitor.probeNow('orders');
  prober.isWell('orders');
  await monitor.probeNow('orders');
  const before = prober.starts.length;
  await pass(clock, MINUTE);
  expect(prober.starts.length).toBe(before);
});

test('nobody is probed by hand who is paused or unknown', async () => {
  const { monitor } = await startEngine(servers(orders));
  await monitor.pause('orders', null);
  await expect(monitor.probeNow('orders')).rejects.toThrow('“orders” is paused. Resume it first.');
  expect(await monitor.probeNow('nobody')).toBeNull();
});

test('a server by cron is probed when it is new, and while a signal turns', async () => {
  const { clock, prober, monitor } = await startEngine(
    servers({ id: 'orders', cron: '0 0 1 1 *', timezone: 'UTC', announce_first: true }),
  );
  await pass(clock, SECOND);
  expect(prober.startsOf('orders')).toHaveLength(1);
  prober.isDown('orders');
  await monitor.probeNow('orders');
  expect(monitor.server('orders')?.nextProbeAt()).toBe(clock.now() + 20 * SECOND);
  await pass(clock, MINUTE);
  expect(prober.startsOf('orders')).toHaveLength(4);
  expect(monitor.server('orders')?.status.state).toBe('down');
});

test('a process that stood still catches nothing up and says how much it missed', async () => {
  const clock = createFakeClock();
  const { prober, monitor } = await startEngine(servers({ id: 'a' }, { id: 'b' }, { id: 'c' }), { clock });
  await pass(clock, MINUTE);
  const before = prober.starts.length;
  clock.stall(10 * MINUTE);
  await pass(clock, 0);
  expect(prober.starts.length - before).toBeLessThanOrEqual(3);
  expect((await monitor.figures()).slotsMissed).toBeGreaterThanOrEqual(27);
});

test('after the end nothing starts any more', async () => {
  const { clock, prober, monitor, stop } = await startEngine(servers(orders));
  await pass(clock, MINUTE);
  const before = prober.starts.length;
  await stop();
  await monitor.pause('orders', null);
  await monitor.resume('orders');
  expect(await monitor.probeNow('orders').catch(() => null)).toBeNull();
  await pass(clock, HOUR);
  expect(prober.starts.length).toBe(before);
  expect(clock.untilNext()).toBeNull();
});

test('whatever the intervals, durations and pauses of the clock: never two probes of one server, and no slot lost or doubled', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(20_000) }),
    fc.record({ kind: fc.constant('stall' as const), ms: fc.nat(20_000) }),
    fc.record({ kind: fc.constant('by hand' as const), ms: fc.constant(0) }),
    fc.record({ kind: fc.constant('turn' as const), ms: fc.constant(0) }),
    fc.record({ kind: fc.constant('takes' as const), ms: fc.nat(8000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.array(step, { maxLength: 12 }), async (seconds, steps) => {
      const clock = createFakeClock();
      const yaml = servers({ id: 'a', interval: `${seconds}s`, confirm: { recheck: '2s' } });
      const { prober, monitor, stop } = await startEngine(yaml, { clock, store: await openMemory(clock) });
      let isDown = false;
      for (const { kind, ms } of steps) {
        if (kind === 'pass') await pass(clock, ms);
        else if (kind === 'stall') clock.stall(ms);
        else if (kind === 'takes') prober.takes('a', ms);
        else if (kind === 'by hand') monitor.probeNow('a').catch(() => null);
        else {
          isDown = !isDown;
          if (isDown) prober.isDown('a');
          else prober.isWell('a');
        }
        await settled();
      }
      expect(prober.peak.ofOne).toBeLessThanOrEqual(1);
      const passed = Math.floor(clock.monotonic() / (seconds * SECOND));
      expect((await monitor.figures()).slotsMissed).toBeLessThanOrEqual(passed);
      await stop();
    }),
    { numRuns: 40 },
  );
});
