import { expect, test } from 'vitest';
import type { Pool } from '../../src/core/pool.ts';
import type { Store } from '../../src/core/store.ts';
import { aPool } from '../fixtures/pools.ts';
import type { StoreFactory } from './factory.ts';
import { commit, DAY_MS, judgement, NOON, report } from './samples.ts';

/** A probe of `orders` whose canary brought a pool with so many waiting. */
function brought(version: number, at: number, pools: readonly Pool[]) {
  const json = { pool: { waiting: pools[0]?.waiting ?? 0 } };
  const canary = { kind: 'tool', tool: 'health_check' } as const;
  const answer = { kind: 'result', isError: false, text: 'x', json } as const;
  const seen = report('orders', at, { canaries: [{ canary, ms: 8.5, answer, sessionSurvived: null }] });
  return commit('orders', version, at, { record: { report: seen, judgement: judgement({ pools }) } });
}

export function poolContract(create: StoreFactory): void {
  /** Four probes with a pool over three days, and one that asked nothing. */
  const filled = async (): Promise<Store> => {
    const { store } = await create();
    const starts = [-1.5, -0.5, 0, 0.001].map((days) => NOON + days * DAY_MS);
    for (const [nth, at] of starts.entries()) await store.commit(brought(nth + 1, at, [aPool({ waiting: nth })]));
    await store.commit(commit('orders', 5, NOON + DAY_MS));
    await store.flush();
    return store;
  };
  const span = { from: NOON - 2 * DAY_MS, to: NOON + 2 * DAY_MS, limit: 100 };

  test('what was said of pools lately comes back newest first, with the pools as they were judged', async () => {
    const store = await filled();
    const records = await store.poolRecords('orders', { from: NOON - DAY_MS, limit: 9 });
    expect(records.map(({ pools }) => pools)).toEqual([3, 2, 1].map((waiting) => [aPool({ waiting })]));
    expect(records[0]?.said).toMatchObject({
      canaries: [{ canary: { tool: 'health_check' }, answer: { kind: 'result', json: { pool: { waiting: 3 } } } }],
      health: null,
    });
    const newest = await store.poolRecords('orders', { from: NOON - 2 * DAY_MS, limit: 1 });
    expect(newest.map(({ at }) => at)).toEqual([NOON + 0.001 * DAY_MS]);
    expect(await store.poolRecords('files', { from: 0, limit: 3 })).toEqual([]);
  });

  test('pools over time come oldest first, from the first asked for up to the limit', async () => {
    const store = await filled();
    const waiting = async (asked: Partial<typeof span>) =>
      (await store.poolFigures('orders', { ...span, ...asked })).map(({ pools }) => pools[0]?.waiting);
    expect(await waiting({})).toEqual([0, 1, 2, 3]);
    expect(await waiting({ limit: 2 })).toEqual([0, 1]);
    expect(await waiting({ from: NOON, to: NOON + 1 })).toEqual([2]);
    expect(await store.poolFigures('files', span)).toEqual([]);
  });

  test('probes that brought no pool are no part of it', async () => {
    const { store } = await create();
    await store.commit(brought(1, NOON, []));
    expect(await store.poolFigures('orders', span)).toEqual([]);
    expect((await store.poolRecords('orders', { from: 0, limit: 9 })).length).toBeLessThanOrEqual(1);
  });
}
