import { expect, test } from 'vitest';
import type { StoreFactory } from './factory.ts';
import { commit, DAY_MS, incident, judgement, NOON, notice, opening, report, resolving } from './samples.ts';

const all = { limit: 100, cursor: null };

export function incidentContract(create: StoreFactory): void {
  test('an incident is kept whole from its opening to its end', async () => {
    const { store } = await create();
    const opened = incident('orders', 'i1', {
      told: ['ops'],
      cause: { code: 'pool_exhausted', explanation: 'x', advice: ['y'] },
    });
    await store.commit(opening(opened, 1, NOON, []));
    expect(await store.openIncidents()).toEqual([opened]);
    const grown = { ...opened, probeCount: 4, level: 'warn' } as const;
    await store.commit(commit('orders', 2, NOON + 1, { incidents: [grown] }));
    expect(await store.incident('i1')).toEqual(grown);
    await store.commit(resolving(grown, 3, NOON + 2, []));
    expect(await store.openIncidents()).toEqual([]);
    expect(await store.incident('i1')).toEqual({ ...grown, resolvedAt: NOON + 2 });
    expect(await store.incident('i2')).toBeNull();
  });

  test('one signal may end one incident and begin the next with the same probe', async () => {
    const { store } = await create();
    const old = incident('orders', 'i1');
    await store.commit(opening(old, 1, NOON, []));
    await store.commit(
      commit('orders', 2, NOON + 1, { incidents: [incident('orders', 'i2'), { ...old, resolvedAt: NOON + 1 }] }),
    );
    expect((await store.openIncidents()).map(({ id }) => id)).toEqual(['i2']);
  });

  test('incidents are listed newest first, by state and server, page by page', async () => {
    const { store } = await create();
    await store.commit(opening(incident('orders', 'i1'), 1, NOON, []));
    await store.commit(opening(incident('files', 'i2'), 1, NOON + 1, []));
    await store.commit(resolving(incident('orders', 'i1'), 2, NOON + 2, []));
    await store.commit(opening(incident('orders', 'i3'), 3, NOON + 3, []));
    const ids = async (filter: Parameters<typeof store.incidents>[0]) =>
      (await store.incidents(filter, all)).items.map(({ id }) => id);
    expect(await ids({ state: null, serverId: null })).toEqual(['i3', 'i2', 'i1']);
    expect(await ids({ state: 'open', serverId: null })).toEqual(['i3', 'i2']);
    expect(await ids({ state: 'resolved', serverId: null })).toEqual(['i1']);
    expect(await ids({ state: null, serverId: 'orders' })).toEqual(['i3', 'i1']);
    expect(await ids({ state: null, serverId: 'nobody' })).toEqual([]);
    const first = await store.incidents({ state: null, serverId: null }, { limit: 2, cursor: null });
    expect(first.items).toHaveLength(2);
    const second = await store.incidents({ state: null, serverId: null }, { limit: 2, cursor: first.next });
    expect(second.items.map(({ id }) => id)).toEqual(['i1']);
    expect(second.next).toBeNull();
  });

  test('incidents that are long resolved go with their notices; open ones stay, and those of which a notice waits', async () => {
    const { store } = await create();
    const versions = new Map<string, number>();
    const next = (id: string): number => {
      versions.set(id, (versions.get(id) ?? 0) + 1);
      return versions.get(id) ?? 0;
    };
    for (let n = 0; n < 60; n += 1) {
      const old = incident('orders', `old-${n}`);
      await store.commit(opening(old, next('orders'), NOON + n, [null]));
      await store.commit(resolving(old, next('orders'), NOON + n, [null]));
    }
    await store.commit(resolving(incident('files', 'untold'), next('files'), NOON, ['ops']));
    await store.commit(resolving(incident('late', 'late'), next('late'), NOON + DAY_MS, [null]));
    await store.commit(opening(incident('open', 'open'), next('open'), NOON, [null]));
    while (await store.pruneIncidents(NOON + DAY_MS));
    const kept = (await store.incidents({ state: null, serverId: null }, all)).items.map(({ id }) => id);
    expect(kept.toSorted()).toEqual(['late', 'open', 'untold']);
    expect(await store.notices('old-1')).toEqual([]);
    expect((await store.deliveries(null, all)).items.map(({ notice: told }) => told.incident.id).toSorted()).toEqual(
      kept.toSorted(),
    );
    const claimed = await store.claim({ now: NOON, leaseMs: 1000, channel: 'ops', kind: 'fresh', isGrouped: false });
    if (claimed === null) throw new Error('nothing is due');
    await store.settle(claimed, { kind: 'delivered', delivery: { at: NOON, ok: true, answer: '204', ms: 1 } });
    expect(await store.pruneIncidents(NOON + DAY_MS)).toBe(true);
    expect(await store.incident('untold')).toBeNull();
  });

  test('incidents of the monitor itself are kept with their notices, one open for each thing they are about', async () => {
    const { store } = await create();
    const offline = incident('_monitor', 'i1', { signal: 'protocol', about: 'network', told: ['ops'] });
    const silent = incident('_monitor', 'i2', { signal: 'protocol', about: 'channel:ops' });
    await store.saveIncident(offline, [{ notice: notice('n1', 'incident.opened', offline), channel: 'ops' }]);
    await store.saveIncident(silent, []);
    await expect(store.saveIncident({ ...offline, id: 'i3' }, [])).rejects.toThrow();
    expect(await store.openIncidents()).toEqual([offline, silent]);
    expect((await store.notices('i1')).map(({ status }) => status)).toEqual(['pending']);
    await store.saveIncident({ ...offline, resolvedAt: NOON + 9 }, []);
    expect((await store.openIncidents()).map(({ id }) => id)).toEqual(['i2']);
    expect((await store.incidents({ state: null, serverId: '_monitor' }, all)).items).toHaveLength(2);
    expect(await store.statuses()).toEqual(new Map());
  });

  test('incidents of what is no longer watched end, once, and nothing else of them changes', async () => {
    const { store } = await create();
    const [old, other] = [incident('orders', 'i1'), incident('files', 'i2')];
    await store.commit(opening(old, 1, NOON, ['ops']));
    await store.commit(opening(other, 1, NOON, ['ops']));
    const ended = { ...old, resolvedAt: NOON + 7 };
    expect(await store.endIncidents(['i1', 'nothing'], NOON + 7)).toEqual([ended]);
    expect(await store.endIncidents(['i1'], NOON + 9)).toEqual([]);
    expect(await store.incident('i1')).toEqual(ended);
    expect(await store.openIncidents()).toEqual([other]);
    expect(await store.notices('i1')).toHaveLength(1);
    await store.commit(commit('orders', 2, NOON + 10, { incidents: [incident('orders', 'i3')] }));
    expect(await store.openIncidents()).toHaveLength(2);
  });

  test('an acknowledgement survives a probe that did not know of it', async () => {
    const { store } = await create();
    const about = incident('orders', 'i1');
    await store.commit(opening(about, 1, NOON, []));
    const acknowledged = { at: NOON + 5, note: 'on it' };
    expect(await store.acknowledge('i1', NOON + 5, 'on it')).toEqual({ ...about, acknowledged });
    await store.commit(commit('orders', 2, NOON + 9, { incidents: [{ ...about, probeCount: 9 }] }));
    expect(await store.incident('i1')).toEqual({ ...about, probeCount: 9, acknowledged });
    expect((await store.acknowledge('i1', NOON + 6, null))?.acknowledged).toEqual({ at: NOON + 6, note: 'on it' });
    expect(await store.acknowledge('i2', NOON, null)).toBeNull();
  });

  test('a commit that cannot be stored whole is not stored at all', async () => {
    const { store } = await create();
    await store.commit(opening(incident('orders', 'i1'), 1, NOON, ['ops']));
    const tomorrow = NOON + DAY_MS;
    const record = { report: report('orders', tomorrow, { location: 'elsewhere' }), judgement: judgement() };
    const twice = opening(incident('orders', 'i1', { probeCount: 7 }), 2, tomorrow, ['ops']);
    await expect(store.commit({ ...twice, record })).rejects.toMatchObject({ name: 'StoreError' });
    expect((await store.probes('orders', all)).items).toHaveLength(1);
    expect((await store.statuses()).get('orders')?.version).toBe(1);
    expect((await store.incident('i1'))?.probeCount).toBe(3);
    const id = await store.commit(commit('orders', 2, tomorrow, { record }));
    expect(await store.probe('orders', id)).toEqual({ id, ...record });
  });
}
