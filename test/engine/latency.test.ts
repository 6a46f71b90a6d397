import { expect, test } from 'vitest';
import type { ProbeReport } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import { createLoopLag } from '../../src/engine/loop-lag.ts';
import { createMarking } from '../../src/engine/marking.ts';
import { createFakeClock, type FakeClock } from '../fixtures/clock.ts';
import { aFailure, aReport, aServer, NOON } from '../fixtures/facts.ts';
import { createFakeProber, HOUR, MINUTE, openMemory, pass, SECOND, servers, startEngine } from './support.ts';

const orders = { id: 'orders', channels: [] };
const took = (ms: number): Partial<ProbeReport> => ({
  steps: aReport().steps.map((step) => (step.name === 'initialize' ? { ...step, ms } : step)),
});
type Started = Awaited<ReturnType<typeof startEngine>>;
const standing = ({ monitor }: Started) => monitor.server('orders')?.status.signals.latency;

/** Two hours in which a probe takes 80 ms. */
async function usualHours(clock: FakeClock, started: Started): Promise<void> {
  started.prober.sees('orders', took(80));
  await pass(clock, 2 * HOUR);
}

test('three probes in a row far above what is usual open an incident, two below it close it', async () => {
  const clock = createFakeClock();
  const started = await startEngine(servers(orders), { clock });
  await usualHours(clock, started);
  started.prober.sees('orders', took(420));
  const spikeAt = clock.now();
  await pass(clock, 2 * MINUTE);
  expect(standing(started)).toMatchObject({ level: 'fail', reason: { code: 'latency_spike' } });
  const [open] = (await started.store.incidents({ state: 'open', serverId: 'orders' }, { limit: 9, cursor: null }))
    .items;
  expect(open).toMatchObject({ signal: 'latency', severity: 'warning', level: 'fail' });
  expect((open?.openedAt ?? 0) - spikeAt).toBeLessThan(2 * MINUTE);
  started.prober.sees('orders', took(85));
  await pass(clock, 2 * MINUTE);
  expect(standing(started)).toMatchObject({ level: 'ok', reason: null });
});

test('two slow probes are no spike, whatever `confirm.down` says', async () => {
  const clock = createFakeClock();
  const started = await startEngine(servers({ ...orders, confirm: { down: 1, up: 1, recheck: '20s' } }), { clock });
  await usualHours(clock, started);
  started.prober.sees('orders', took(420));
  await pass(clock, MINUTE + 21 * SECOND);
  expect(standing(started)).toMatchObject({ level: 'ok', turning: { count: 2 } });
  started.prober.sees('orders', took(80));
  await pass(clock, MINUTE);
  expect(standing(started)).toMatchObject({ level: 'ok', turning: null });
});

test('what is usual is known again after a restart, and what was slow meanwhile does not count as usual', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  await usualHours(clock, first);
  first.prober.sees('orders', took(420));
  await pass(clock, 3 * HOUR);
  expect(standing(first)).toMatchObject({ level: 'fail', reason: { code: 'latency_spike' } });
  await first.stop();
  const second = await startEngine(servers(orders), { clock, store });
  second.prober.sees('orders', took(420));
  await pass(clock, 10 * MINUTE);
  const usual = 'usually 95 of 100 take at most 80';
  expect(standing(second)).toMatchObject({ level: 'fail', reason: { message: expect.stringContaining(usual) } });
  second.prober.sees('orders', took(80));
  await pass(clock, 3 * MINUTE);
  expect(standing(second)?.level).toBe('ok');
});

test('a server that is slow for seven days is as slow as usual, and says so anew', async () => {
  const clock = createFakeClock();
  const started = await startEngine(servers({ ...orders, interval: '20m' }), { clock });
  started.prober.sees('orders', took(80));
  await pass(clock, 24 * HOUR);
  started.prober.sees('orders', took(420));
  await pass(clock, 5 * 24 * HOUR);
  expect(standing(started)?.level).toBe('fail');
  await pass(clock, 4 * 24 * HOUR);
  expect(standing(started)).toMatchObject({ level: 'ok', turning: null });
  started.prober.sees('orders', took(1300));
  await pass(clock, HOUR);
  expect(standing(started)).toMatchObject({
    level: 'fail',
    reason: { message: expect.stringContaining('at most 42') },
  });
});

test('`spike: off` is off', async () => {
  const clock = createFakeClock();
  const started = await startEngine(servers({ ...orders, alerts: { latency: [{ spike: 'off' }] } }), { clock });
  await usualHours(clock, started);
  started.prober.sees('orders', took(490));
  await pass(clock, 10 * MINUTE);
  expect(standing(started)?.level).toBe('ok');
});

test('cold starts are kept, shown and judged by no latency rule, also after a restart', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const rule = { of: 'initialize', p95: '100ms', over: '1h', min_samples: 5, confirm_over: '1h', spike: 'off' };
  const confirm = { down: 3, up: 2, recheck: '1m' };
  const yaml = servers({ ...orders, confirm, alerts: { latency: [rule] } });
  const gone = aFailure(reason('tcp_refused', 'connect'));
  const first = await startEngine(yaml, { clock, store });
  for (let restart = 0; restart < 8; restart += 1) {
    first.prober.sees('orders', took(3000));
    await pass(clock, restart === 0 ? SECOND : MINUTE);
    first.prober.sees('orders', took(20));
    await pass(clock, MINUTE);
    first.prober.sees('orders', gone);
    await pass(clock, MINUTE);
  }
  const marked = (await store.probes('orders', { limit: 100, cursor: null })).items.filter(
    ({ report }) => report.marks.length > 0,
  );
  expect(marked.length).toBeGreaterThanOrEqual(8);
  expect(marked.every(({ report }) => report.marks.includes('cold_start'))).toBe(true);
  expect(standing(first)?.level).toBe('ok');
  await first.stop();
  const second = await startEngine(yaml, { clock, store });
  second.prober.sees('orders', took(20));
  await pass(clock, 5 * MINUTE);
  expect(standing(second)?.level).toBe('ok');
  expect(second.monitor.server('orders')?.latency().samples).toBeGreaterThan(16);
});

test('a probe during which our own event loop stood still is marked', async () => {
  const clock = createFakeClock();
  const stall = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const inner = createFakeProber(clock);
  const stalls = { ms: 0 };
  const prober = createMarking({
    prober: {
      probe: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        stall(stalls.ms);
        return inner.probe(request);
      },
    },
    lag: createLoopLag(),
    lastOf: () => aReport({ startedAt: NOON - MINUTE }),
  });
  const request = { server: aServer(), scheduledAt: NOON, signal: new AbortController().signal };
  await prober.probe(request);
  stalls.ms = 250;
  const [alone, beside] = await Promise.all([prober.probe(request), prober.probe(request)]);
  expect(alone.marks).toEqual(['monitor_lag']);
  expect(beside.marks).toEqual(['monitor_lag']);
});

test('a loop that is given time does not lag', async () => {
  const end = createLoopLag().watch();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(end()).toBeLessThan(5000);
});
