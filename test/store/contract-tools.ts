import { expect, test } from 'vitest';
import type { ToolList } from '../../src/core/tool-list.ts';
import type { ToolChange, ToolStanding, ToolsUpdate } from '../../src/core/tool-standing.ts';
import type { StoreFactory } from './factory.ts';
import { commit, NOON } from './samples.ts';

export const listOf = (hash: string): ToolList => ({
  hash,
  contractHash: `contract of ${hash}`,
  tools: [
    {
      name: hash,
      title: null,
      description: 'x',
      inputSchema: { type: 'object' },
      outputSchema: null,
      annotations: null,
    },
  ],
});

const standingOf = (serverId: string, accepted: string, current = accepted): ToolStanding => ({
  serverId,
  accepted: { hash: accepted, at: NOON },
  current: { hash: current, at: NOON + 1 },
  drift: accepted === current ? null : { grade: 'breaking', message: 'It is gone.', lines: ['It is gone.'] },
  candidate: null,
  changedAt: accepted === current ? null : NOON + 1,
});

const changeOf = (serverId: string, id: string): ToolChange => ({
  id,
  serverId,
  at: NOON + 1,
  from: 'a',
  to: 'b',
  grade: 'breaking',
  differences: [{ tool: 'a', path: '', grade: 'breaking', message: 'It is gone.', before: 'a', after: null }],
  omitted: 0,
});

const first = (serverId: string, hash: string): ToolsUpdate => ({
  standing: standingOf(serverId, hash),
  list: listOf(hash),
  change: null,
});
const changed = (serverId: string, id = 'c1'): ToolsUpdate => ({
  standing: standingOf(serverId, 'a', 'b'),
  list: listOf('b'),
  change: changeOf(serverId, id),
});
const page = { limit: 100, cursor: null };

export function toolContract(create: StoreFactory): void {
  test('a server whose tools were never seen has none', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON));
    expect(await store.toolStandings()).toEqual(new Map());
    expect(await store.toolLists('orders')).toBeNull();
    expect(await store.toolLists('nobody')).toBeNull();
    expect(await store.toolChanges('orders', page)).toEqual({ items: [], next: null });
    expect(await store.acceptTools('orders', NOON)).toBeNull();
  });

  test('the first list is both the accepted and the current one', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    expect(await store.toolStandings()).toEqual(new Map([['orders', standingOf('orders', 'a')]]));
    expect(await store.toolLists('orders')).toEqual({ accepted: listOf('a'), current: listOf('a') });
  });

  test('a change keeps the accepted list and is listed, newest first, page by page', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    await store.commit(commit('orders', 2, NOON + 1, { tools: changed('orders') }));
    await store.commit(commit('orders', 3, NOON + 2, { tools: changed('orders', 'c2') }));
    await store.commit(commit('files', 1, NOON + 3, { tools: first('files', 'b') }));
    expect(await store.toolLists('orders')).toEqual({ accepted: listOf('a'), current: listOf('b') });
    const newest = await store.toolChanges('orders', { limit: 1, cursor: null });
    expect(newest.items).toEqual([changeOf('orders', 'c2')]);
    expect((await store.toolChanges('orders', { limit: 5, cursor: newest.next })).items).toEqual([
      changeOf('orders', 'c1'),
    ]);
    expect((await store.toolChanges('files', page)).items).toEqual([]);
  });

  test('a standing without a new list keeps the lists', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    const standing = { ...standingOf('orders', 'a'), candidate: 'b' };
    await store.commit(commit('orders', 2, NOON + 1, { tools: { standing, list: null, change: null } }));
    expect((await store.toolStandings()).get('orders')).toEqual(standing);
    expect(await store.toolLists('orders')).toEqual({ accepted: listOf('a'), current: listOf('a') });
  });

  test('accepting makes the current list the accepted one', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    await store.commit(commit('orders', 2, NOON + 1, { tools: changed('orders') }));
    const accepted = await store.acceptTools('orders', NOON + 9);
    expect(accepted).toMatchObject({ accepted: { hash: 'b', at: NOON + 9 }, drift: null });
    expect((await store.toolStandings()).get('orders')).toEqual(accepted);
    expect(await store.toolLists('orders')).toEqual({ accepted: listOf('b'), current: listOf('b') });
  });

  test('of very many changes the last hundred at least are kept', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    for (let at = 0; at < 250; at += 1)
      await store.commit(commit('orders', at + 2, NOON + at + 1, { tools: changed('orders', `c${at}`) }));
    const { items } = await store.toolChanges('orders', { limit: 1000, cursor: null });
    expect(items[0]?.id).toBe('c249');
    expect(items.length).toBeGreaterThanOrEqual(100);
    expect(items.length).toBeLessThan(250);
  });

  test('a removed server’s tools go, and those of another stay', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    await store.commit(commit('files', 1, NOON, { tools: first('files', 'a') }));
    await store.commit(commit('orders', 2, NOON + 1, { tools: changed('orders') }));
    await store.removeServer('orders');
    expect([...(await store.toolStandings()).keys()]).toEqual(['files']);
    expect(await store.toolLists('orders')).toBeNull();
    expect(await store.toolChanges('orders', page)).toEqual({ items: [], next: null });
    expect(await store.toolLists('files')).toEqual({ accepted: listOf('a'), current: listOf('a') });
  });

  test('a commit that is refused changes no tools', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON, { tools: first('orders', 'a') }));
    await expect(store.commit(commit('orders', 7, NOON + 1, { tools: changed('orders') }))).rejects.toMatchObject({
      name: 'StaleStatusError',
    });
    expect(await store.toolLists('orders')).toEqual({ accepted: listOf('a'), current: listOf('a') });
  });
}
