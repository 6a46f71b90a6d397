import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rollSummary } from '../../src/core/latency-rolls.ts';
import { ascending, percentile } from '../../src/core/percentile.ts';
import type { Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, DAY_MS, judgement, NOON, report, steps } from './samples.ts';

const HOUR_MS = 3_600_000;
/** Nothing is old enough to be dropped. */
const ALL = 0;

/** Stores a probe of each start and duration of `initialize`; null: it failed. */
async function fill(store: Store, serverId: string, samples: readonly (readonly [at: number, ms: number | null])[]) {
  for (const [index, [at, ms]] of samples.entries()) {
    const failed = steps(1).map((step) =>
      step.name === 'initialize' ? { ...step, status: 'failed' as const, ms: null } : step,
    );
    const seen = report(serverId, at, { steps: ms === null ? failed : steps(ms) });
    await store.commit(commit(serverId, index + 1, at, { record: { report: seen, judgement: judgement() } }));
  }
}

async function rollAll(store: Store, before: number, keepFrom = ALL): Promise<number> {
  let pieces = 0;
  while (await store.rollUp(before, keepFrom)) pieces += 1;
  return pieces;
}

export function rollContract(create: StoreFactory): void {
  test('rolls tell every sample once, whether their hour was rolled up already or not', async () => {
    const { store } = await create();
    const starts = Array.from(
      { length: 200 },
      (_, at) => [NOON + at * 13 * 60_000, at % 7 === 0 ? null : 5 + at] as const,
    );
    await fill(store, 'orders', starts);
    await fill(store, 'files', [[NOON, 1]]);
    const span = { from: NOON, to: NOON + 2 * DAY_MS, byDay: false };
    const told = async () => {
      const rolls = await store.latencyRolls('orders', 'initialize', span);
      expect(rolls.map(({ at }) => at)).toEqual([...rolls.map(({ at }) => at)].sort((a, b) => a - b));
      const count = rolls.reduce((sum, roll) => sum + roll.count, 0);
      const failed = rolls.reduce((sum, roll) => sum + roll.failed, 0);
      return { count, failed, max: Math.max(...rolls.map(({ maxMs }) => maxMs ?? 0)) };
    };
    const before = await told();
    expect(before).toEqual({ count: 171, failed: 29, max: 204 });
    for (const hours of [0, 1, 10, 24, 48]) {
      await rollAll(store, NOON + hours * HOUR_MS);
      expect(await told()).toEqual(before);
      expect(
        (await store.latencyRolls('orders', 'initialize', { ...span, byDay: true })).reduce(
          (n, { count }) => n + count,
          0,
        ),
      ).toBe(171);
    }
    expect(await rollAll(store, NOON + 48 * HOUR_MS)).toBe(0);
  });

  test('a percentile over hours, rolled up or not, is within 1 % of the exact one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.01, max: 30_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 4 }),
        async (times, hours) => {
          const { store } = await create();
          await fill(
            store,
            'orders',
            times.map((ms, at) => [NOON + at * 5 * 60_000, ms] as const),
          );
          await rollAll(store, NOON + hours * HOUR_MS);
          const span = { from: NOON, to: NOON + DAY_MS, byDay: false };
          const { p95Ms, samples } = rollSummary(await store.latencyRolls('orders', 'initialize', span));
          const exact = percentile(ascending(times.map((ms) => Math.round(ms * 1000) / 1000)), 0.95) ?? 0;
          expect(samples).toBe(times.length);
          expect(Math.abs((p95Ms ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.0101 + 0.001);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('days outlive the probes they were made from, as long as they are kept', async () => {
    const { store } = await create();
    const midnight = NOON + DAY_MS / 2;
    await fill(
      store,
      'orders',
      Array.from({ length: 40 }, (_, at) => [midnight + at * 2 * HOUR_MS, 10 + at] as const),
    );
    await rollAll(store, midnight + 4 * DAY_MS);
    await store.prune(midnight + 4 * DAY_MS);
    expect((await store.probes('orders', { limit: 1, cursor: null })).items).toEqual([]);
    const span = { from: midnight, to: midnight + 5 * DAY_MS, byDay: true };
    const days = await store.latencyRolls('orders', 'initialize', span);
    expect(days.map(({ at, count, maxMs }) => [(at - midnight) / DAY_MS, count, maxMs])).toEqual([
      [0, 12, 21],
      [1, 12, 33],
      [2, 12, 45],
      [3, 4, 49],
    ]);
    await fill(store, 'files', [[midnight + 4.5 * DAY_MS, 1]]);
    await rollAll(store, midnight + 6 * DAY_MS, midnight + 2 * DAY_MS);
    const kept = await store.latencyRolls('orders', 'initialize', span);
    expect(kept.map(({ at }) => (at - midnight) / DAY_MS)).toEqual([2, 3]);
  });

  test('probes that are not rolled up yet are not dropped', async () => {
    const { store } = await create();
    await fill(store, 'orders', [[NOON, 1]]);
    await store.prune(NOON + 30 * DAY_MS);
    expect((await store.probes('orders', { limit: 1, cursor: null })).items).toHaveLength(1);
    await rollAll(store, NOON + 2 * DAY_MS);
    await store.prune(NOON + 30 * DAY_MS);
    expect((await store.probes('orders', { limit: 1, cursor: null })).items).toEqual([]);
  });

  test('more servers than one piece of work takes are rolled up, and a removed one leaves nothing', async () => {
    const { store } = await create();
    const ids = Array.from({ length: 45 }, (_, at) => `server-${at}`);
    for (const id of ids) await fill(store, id, [[NOON, 7]]);
    expect(await rollAll(store, NOON + HOUR_MS)).toBeGreaterThan(1);
    await store.removeServer('server-44');
    const span = { from: NOON, to: NOON + HOUR_MS, byDay: false };
    const counts = await Promise.all(ids.map(async (id) => (await store.latencyRolls(id, 'initialize', span)).length));
    expect(counts).toEqual(ids.map((id) => (id === 'server-44' ? 0 : 1)));
    expect(await store.latencyRolls('nobody', 'initialize', span)).toEqual([]);
  });
}
