import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StateSpan } from '../../src/core/store.ts';
import { addSample, createSamples, fillSamples, samplesSince, summaryOf } from '../../src/engine/samples.ts';
import { extend } from '../../src/engine/spans.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aReport, NOON } from '../fixtures/facts.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, servers, startEngine } from './support.ts';

const DAY = 24 * HOUR;
const orders = { id: 'orders' };

const initialize = (ms: number) => ({
  steps: aReport().steps.map((step) => (step.name === 'initialize' ? { ...step, ms } : step)),
});

test('the last day’s latency is there after a restart as it was before', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  for (let minute = 1; minute <= 30; minute += 1) {
    first.prober.sees('orders', initialize(minute + 0.123));
    await pass(clock, MINUTE);
  }
  const before = first.monitor.server('orders');
  expect(before?.latency().samples).toBeGreaterThanOrEqual(30);
  expect(before?.latency().p95Ms).toBeCloseTo(29.123, 3);
  await first.stop();
  const second = await startEngine(servers(orders), { clock, store });
  const after = second.monitor.server('orders');
  expect(after?.latency()).toEqual(before?.latency());
  expect(after?.beats()).toBe(before?.beats());
  expect(after?.last?.id).toBe(before?.last?.id);
  expect(after?.status).toEqual(before?.status);
});

test('the history of many servers at once is read as that of one', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const yaml = servers(...Array.from({ length: 40 }, (_, n) => ({ id: `s${n}` })));
  const first = await startEngine(yaml, { clock, store });
  await pass(clock, 2 * MINUTE + SECOND);
  const before = first.monitor.servers().map(({ server, last, status }) => [server.id, last?.id, status]);
  await first.stop();
  const second = await startEngine(yaml, { clock, store });
  const now = () => second.monitor.servers().map(({ server, last, status }) => [server.id, last?.id, status]);
  const withoutProbes = (rows: typeof before) => rows.map(([id, , status]) => [id, status]);
  expect(withoutProbes(now())).toEqual(withoutProbes(before));
  await pass(clock, 5);
  // The first has its slot at once.
  expect(now().slice(1)).toEqual(before.slice(1));
});

test('a latency rule that looks back further is given the samples it needs', async () => {
  const rule = (over: string) => ({
    alerts: { latency: [{ of: 'tools_list', p95: '1ms', over, min_samples: 20, confirm_over: '5m' }] },
  });
  const { clock, monitor, prober, reload } = await startEngine(servers({ ...orders, ...rule('5m') }));
  await pass(clock, 40 * MINUTE);
  expect(monitor.server('orders')?.status.signals.latency.level).toBe('unknown');
  await reload(servers({ ...orders, ...rule('1h') }));
  await pass(clock, SECOND);
  expect(prober.starts.length).toBeGreaterThan(0);
  expect(monitor.server('orders')?.status.signals.latency.level).toBe('fail');
});

test('what the overview shows of a day is what the store has: up, paused, down', async () => {
  const { clock, prober, monitor, store } = await startEngine(servers({ ...orders, interval: '10m' }));
  await pass(clock, 4 * HOUR);
  await monitor.pause('orders', null);
  await pass(clock, 3 * HOUR);
  await monitor.resume('orders');
  await pass(clock, 2 * HOUR);
  prober.isDown('orders');
  await pass(clock, 2 * HOUR);
  const kept = await store.spans(['orders'], clock.now() - DAY, clock.now());
  expect(kept.map(({ state }) => state)).toEqual(['up', 'paused', 'up', 'down']);
  expect(monitor.server('orders')?.beats()).toMatch(/^-+u+p+u+d+$/);
  await pass(clock, 30 * HOUR);
  expect(monitor.server('orders')?.beats()).toBe('d'.repeat(48));
});

test('samples older than what is kept are forgotten, the others kept exactly', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.nat(300), ms: fc.integer({ min: 0, max: 30_000_000 }) }), { maxLength: 400 }),
      fc.integer({ min: 1, max: 3600 }),
      (steps, keepSeconds) => {
        const samples = createSamples('initialize', keepSeconds * 1000);
        const all: { at: number; ms: number }[] = [];
        let at = NOON;
        for (const { wait, ms } of steps) {
          at += wait * 1000;
          all.push({ at, ms: ms / 1000 });
          addSample(samples, at, ms / 1000);
        }
        const kept = all.filter((sample) => sample.at > at - keepSeconds * 1000);
        expect(samplesSince(samples, at - keepSeconds * 1000)).toEqual(kept);
        const sorted = kept.map(({ ms }) => ms).sort((a, b) => a - b);
        const p95 = sorted[Math.max(1, Math.ceil(0.95 * sorted.length)) - 1] ?? null;
        expect(summaryOf(samples)).toMatchObject({ samples: kept.length, p95Ms: p95 });
      },
    ),
  );
});

test('failed steps have no latency', () => {
  const samples = createSamples('initialize', DAY);
  fillSamples(samples, [
    { at: NOON, ms: null },
    { at: NOON + 1000, ms: 5 },
  ]);
  expect(summaryOf(samples)).toMatchObject({ samples: 1, p50Ms: 5 });
});

test('a day of samples of 3,000 servers, one a minute, fits in 65 MB', () => {
  const day = Array.from({ length: 1440 }, (_, minute) => ({ at: NOON + minute * MINUTE, ms: 80 + (minute % 7) }));
  const held = (): number => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const grows = (): number => {
    const before = held();
    const kept = Array.from({ length: 300 }, () => createSamples('initialize', DAY));
    for (const samples of kept) fillSamples(samples, day);
    const grown = held() - before;
    expect(kept.every((samples) => summaryOf(samples).samples === 1440)).toBe(true);
    return grown;
  };
  // Others in this process take and give back buffers meanwhile.
  const grown = Math.min(grows(), grows(), grows());
  expect(grown * 10).toBeLessThan(65e6);
});

test('spans never overlap and never run backwards, whatever is dated back', () => {
  const states = fc.constantFrom('up', 'down', 'paused', 'unknown');
  fc.assert(
    fc.property(fc.array(fc.record({ state: states, step: fc.integer({ min: -HOUR, max: 10 * HOUR }) })), (turns) => {
      let spans: readonly StateSpan[] = [];
      let at = NOON;
      for (const { state, step } of turns) {
        at += step;
        spans = extend(spans, 'a', state, at);
        expect(spans.at(-1)).toMatchObject({ state, to: null });
        for (const [index, span] of spans.slice(0, -1).entries()) {
          expect(span.to).toBeGreaterThan(span.from);
          expect(spans[index + 1]?.from).toBeGreaterThanOrEqual(span.to ?? Number.POSITIVE_INFINITY);
        }
      }
    }),
  );
});

/** What the arrays were before they grew is garbage, and when it goes is the engine's affair. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
