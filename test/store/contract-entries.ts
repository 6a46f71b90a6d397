import { expect, test } from 'vitest';
import type { StoreFactory } from './factory.ts';
import { commit, incident, NOON, opening, status } from './samples.ts';

const orders = {
  id: 'orders',
  entry: {
    id: 'orders',
    url: 'http://127.0.0.1/mcp',
    headers: { 'X-Api-Key': 'k-1', 'x.y': 'k-2', plain: 'seen' },
    tags: ['a'],
  },
  secrets: [
    ['headers', 'X-Api-Key'],
    ['headers', 'x.y'],
  ],
};

export function entryContract(create: StoreFactory): void {
  test('a saved server comes back as it was, secrets in the clear', async () => {
    const { store } = await create();
    await store.saveServer(orders);
    expect(await store.servers()).toEqual([orders]);
  });

  test('saving again replaces the entry and its secrets', async () => {
    const { store } = await create();
    await store.saveServer(orders);
    const changed = { id: 'orders', entry: { id: 'orders', url: 'http://127.0.0.1/other' }, secrets: [] };
    await store.saveServer(changed);
    expect(await store.servers()).toEqual([changed]);
  });

  test('secrets may lie in lists, under odd keys, and be missing', async () => {
    const { store } = await create();
    const entry = { id: 'ops', to: [{ token: 't' }], ['__proto__']: { key: 'p' }, '': 'empty' };
    const secrets = [['to', '0', 'token'], ['__proto__', 'key'], [''], ['not', 'there']];
    await store.saveChannel({ id: 'ops', entry, secrets });
    expect(await store.channels()).toEqual([{ id: 'ops', entry, secrets }]);
  });

  test('servers and channels of one id do not touch each other', async () => {
    const { store } = await create();
    await store.saveServer(orders);
    await store.saveChannel({ id: 'orders', entry: { id: 'orders', type: 'webhook' }, secrets: [] });
    await store.removeChannel('orders');
    expect(await store.channels()).toEqual([]);
    expect(await store.servers()).toEqual([orders]);
  });

  test('status pages made in the browser are kept, changed and removed', async () => {
    const { store } = await create();
    const main = { id: 'main', entry: { id: 'main', title: 'Status', servers: ['orders'] }, secrets: [] };
    await store.saveStatusPage(main);
    await store.saveStatusPage({ ...main, id: 'team' });
    await store.saveStatusPage({ ...main, entry: { id: 'main', title: 'How we are' } });
    expect((await store.statusPages()).map(({ id, entry }) => [id, entry['title']])).toEqual([
      ['main', 'How we are'],
      ['team', 'Status'],
    ]);
    await store.removeStatusPage('main');
    await store.removeStatusPage('nobody');
    expect((await store.statusPages()).map(({ id }) => id)).toEqual(['team']);
  });

  test('each id gets a number once, in the order of first sight', async () => {
    const { store } = await create();
    expect(await store.numbers(['b', 'a', 'b'])).toEqual(
      new Map([
        ['b', 0],
        ['a', 1],
      ]),
    );
    expect(await store.numbers(['c', 'a'])).toEqual(
      new Map([
        ['c', 2],
        ['a', 1],
      ]),
    );
  });

  test('a removed server keeps its number and loses all else', async () => {
    const { store } = await create();
    const about = incident('orders', 'i1');
    await store.numbers(['other', 'orders']);
    await store.saveServer(orders);
    await store.setPause({ serverId: 'orders', at: NOON, until: null });
    await store.commit(opening(about, 1, NOON, ['ops']));
    await store.commit(commit('orders', 2, NOON + 1));
    await store.commit(commit('other', 1, NOON + 2));
    await store.removeServer('orders');
    expect(await store.servers()).toEqual([]);
    expect(await store.pauses()).toEqual([]);
    expect([...(await store.statuses()).keys()]).toEqual(['other']);
    expect((await store.probes('orders', { limit: 10, cursor: null })).items).toEqual([]);
    expect((await store.probes('other', { limit: 10, cursor: null })).items).toHaveLength(1);
    expect(await store.openIncidents()).toEqual([]);
    expect(await store.deliveries(null, { limit: 10, cursor: null })).toEqual({ items: [], next: null });
    expect((await store.spans(null, 0, NOON * 2)).map(({ serverId }) => serverId)).toEqual(['other']);
    expect(await store.numbers(['orders'])).toEqual(new Map([['orders', 1]]));
  });

  test('a probe that was under way while its server was removed brings nothing back', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON));
    await store.removeServer('orders');
    await expect(store.commit(commit('orders', 2, NOON + 1))).rejects.toMatchObject({ name: 'StaleStatusError' });
    expect(await store.latestProbes(['orders'])).toEqual(new Map());
  });

  test('the room that is left is known, or there is nothing to run out of', async () => {
    const { store } = await create();
    const room = await store.room();
    expect(room === null || (room.freeBytes > 0 && room.freeBytes <= room.totalBytes)).toBe(true);
  });

  test('a pause is kept until it is cleared', async () => {
    const { store } = await create();
    await store.setPause({ serverId: 'orders', at: NOON, until: null });
    await store.setPause({ serverId: 'orders', at: NOON + 1, until: NOON + 5 });
    await store.setPause({ serverId: 'files', at: NOON + 2, until: null });
    expect(await store.pauses()).toEqual([
      { serverId: 'orders', at: NOON + 1, until: NOON + 5 },
      { serverId: 'files', at: NOON + 2, until: null },
    ]);
    await store.clearPause('orders');
    expect((await store.pauses()).map(({ serverId }) => serverId)).toEqual(['files']);
  });

  test('a forgotten standing is stored as given and makes a probe under way stale', async () => {
    const { store } = await create();
    await store.commit(commit('orders', 1, NOON));
    const forgotten = status('orders', 2, { state: 'unknown', since: NOON + 5 });
    await store.saveStatus(forgotten);
    expect((await store.statuses()).get('orders')).toEqual(forgotten);
    await expect(store.commit(commit('orders', 2, NOON + 6))).rejects.toMatchObject({ name: 'StaleStatusError' });
    await store.commit(commit('orders', 3, NOON + 7));
  });

  test('a closed store refuses work in words, and closing again is nothing', async () => {
    const { store } = await create();
    await store.close();
    await store.close();
    await expect(store.servers()).rejects.toThrow('The store is closed.');
    await expect(store.commit(commit('orders', 1, NOON))).rejects.toThrow('The store is closed.');
  });
}
