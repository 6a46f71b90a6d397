import { expect, test } from 'vitest';
import type { StoreFactory } from './factory.ts';
import { commit, incident, NOON, opening, resolving, status } from './samples.ts';

const all = { limit: 1000, cursor: null };

/** What is asked for before the first answer: a store may write it together, and it must not show. */
export function togetherContract(create: StoreFactory): void {
  test('of changes asked for at once those that are refused are refused alone', async () => {
    const { store } = await create();
    await store.commit(opening(incident('mail', 'i1'), 1, NOON, ['ops']));
    const asked = [
      store.commit(opening(incident('orders', 'i2'), 1, NOON, ['ops'])),
      store.commit(commit('files', 7, NOON)),
      // Only one incident of a signal may be open.
      store.commit(opening(incident('mail', 'i3'), 2, NOON + 1, ['ops'])),
      store.commit(commit('search', 1, NOON)),
    ];
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    await expect(asked[1]).rejects.toMatchObject({ name: 'StaleStatusError' });
    expect([...(await store.statuses()).keys()].toSorted()).toEqual(['mail', 'orders', 'search']);
    expect((await store.statuses()).get('mail')?.version).toBe(1);
    expect((await store.openIncidents()).map(({ id }) => id).toSorted()).toEqual(['i1', 'i2']);
    expect((await store.deliveries(null, all)).items).toHaveLength(2);
    for (const [server, count] of Object.entries({ mail: 1, orders: 1, files: 0, search: 1 }))
      expect((await store.probes(server, all)).items, server).toHaveLength(count);
    await store.commit(commit('mail', 2, NOON + 2));
    expect((await store.probes('mail', all)).items).toHaveLength(2);
  });

  test('changes of one server that are asked for at once are made in order', async () => {
    const { store } = await create();
    const about = incident('orders', 'i1');
    const ids = await Promise.all([
      store.commit(commit('orders', 1, NOON)),
      store.commit(commit('orders', 2, NOON + 1)),
      store.commit(opening(about, 3, NOON + 2, ['ops'])),
      store.commit(resolving(about, 4, NOON + 3, ['ops'])),
    ]);
    expect(new Set(ids).size).toBe(4);
    expect(ids.toSorted()).toEqual(ids);
    expect(await store.incident('i1')).toMatchObject({ resolvedAt: NOON + 3 });
    expect((await store.spans(['orders'], NOON, NOON + 9)).map(({ state }) => state)).toEqual(['up', 'down', 'up']);
  });

  test('what is asked for after a change finds it made', async () => {
    const { store } = await create();
    const about = incident('orders', 'i1');
    const opened = store.commit(opening(about, 1, NOON, ['ops']));
    const ended = store.endIncidents(['i1'], NOON + 1);
    const forgotten = store.saveStatus(status('orders', 2, { state: 'unknown', since: NOON + 1 }));
    const late = store.commit(commit('orders', 2, NOON + 1));
    await expect(late).rejects.toMatchObject({ name: 'StaleStatusError' });
    await Promise.all([opened, forgotten]);
    expect((await ended).map(({ id }) => id)).toEqual(['i1']);
    const again = store.commit(opening(incident('orders', 'i2'), 3, NOON + 2, ['ops']));
    const removed = store.removeServer('orders');
    await Promise.all([again, removed]);
    expect((await store.statuses()).size).toBe(0);
    expect(await store.openIncidents()).toEqual([]);
    expect((await store.probes('orders', all)).items).toEqual([]);
  });
}
