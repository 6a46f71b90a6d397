import { expect, test } from 'vitest';
import type { Settlement, Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, incident, NOON, notice, opening, resolving } from './samples.ts';

const all = { limit: 100, cursor: null };
const about = incident('orders', 'i1');

const claim = (store: Store, now: number, busy: readonly string[] = [], limit = 8) =>
  store.claim({ now, leaseMs: 1000, limit, busy });
const ids = async (store: Store, now: number, busy: readonly string[] = []) =>
  (await claim(store, now, busy)).map((taken) => taken.notice.id);
const delivery = (at: number, ok = true) => ({ at, ms: 12, ok, answer: ok ? '200 OK' : '503' });
const delivered = (at: number): Settlement => ({ kind: 'delivered', delivery: delivery(at) });
const retry = (at: number, nextTryAt: number): Settlement => ({
  kind: 'retry',
  delivery: delivery(at, false),
  nextTryAt,
});
const failed = (at: number): Settlement => ({ kind: 'failed', delivery: delivery(at, false) });

export function outboxContract(create: StoreFactory): void {
  test('a queued notice is claimed once, and again when its lease has run out', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    expect(await claim(store, NOON)).toEqual([
      {
        notice: notice('i1-incident.opened-ops', 'incident.opened', about),
        channel: 'ops',
        tries: 0,
        firstTriedAt: null,
      },
    ]);
    expect(await ids(store, NOON + 999)).toEqual([]);
    expect(await ids(store, NOON + 1000)).toEqual(['i1-incident.opened-ops']);
  });

  test('each try is recorded until the notice is delivered', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.settle('i1-incident.opened-ops', retry(NOON + 10, NOON + 5000));
    expect(await ids(store, NOON + 4999)).toEqual([]);
    expect(await store.notice('i1-incident.opened-ops')).toMatchObject({ status: 'pending', nextTryAt: NOON + 5000 });
    expect(await claim(store, NOON + 5000)).toMatchObject([{ tries: 1, firstTriedAt: NOON + 10 }]);
    await store.settle('i1-incident.opened-ops', delivered(NOON + 5010));
    expect(await store.notice('i1-incident.opened-ops')).toEqual({
      notice: notice('i1-incident.opened-ops', 'incident.opened', about),
      channel: 'ops',
      status: 'delivered',
      nextTryAt: null,
      deliveries: [delivery(NOON + 10, false), delivery(NOON + 5010)],
    });
    expect(await ids(store, NOON + 99_999_999)).toEqual([]);
  });

  test('a notice without a channel reached nobody and is never claimed', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, [null]));
    expect(await store.notices('i1')).toMatchObject([
      { channel: null, status: 'nobody', nextTryAt: null, deliveries: [] },
    ]);
    expect(await ids(store, NOON + 1)).toEqual([]);
    expect(await store.resend('i1-incident.opened-null', NOON)).toBe(false);
    expect(await store.nextDueAt()).toBeNull();
  });

  test('the oldest come first, as many as asked for, none of a busy channel', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager', 'chat']));
    expect((await claim(store, NOON, ['pager'], 1)).map(({ channel }) => channel)).toEqual(['ops']);
    expect((await claim(store, NOON, ['pager'])).map(({ channel }) => channel)).toEqual(['chat']);
    expect((await claim(store, NOON)).map(({ channel }) => channel)).toEqual(['pager']);
  });

  test('what is not delivered when the incident ends is told by the resolved notice', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.settle('i1-incident.opened-ops', retry(NOON + 1, NOON + 5000));
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    const [taken] = await claim(store, NOON + 100);
    expect(taken?.notice).toMatchObject({ id: 'i1-incident.resolved-ops', wasDown: true });
    expect((await store.notices('i1')).map(({ status }) => status)).toEqual(['merged', 'pending']);
    await store.settle('i1-incident.resolved-ops', retry(NOON + 101, NOON + 200));
    expect((await claim(store, NOON + 200))[0]?.notice.wasDown).toBe(true);
    expect((await store.notice('i1-incident.resolved-ops'))?.notice.wasDown).toBe(true);
  });

  test('a resolved notice waits while its opened one is being sent', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops', 'pager']));
    expect(await ids(store, NOON + 100)).toEqual([]);
    await store.settle('i1-incident.opened-ops', delivered(NOON + 150));
    const [taken, ...others] = await claim(store, NOON + 160);
    expect(others).toEqual([]);
    expect(taken).toMatchObject({ channel: 'ops', notice: { event: 'incident.resolved', wasDown: false } });
  });

  test('an opened notice whose retry would come later does not hold up the resolved one', async () => {
    const { store, clock } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    await store.settle('i1-incident.opened-ops', retry(NOON + 150, NOON + 60_000));
    clock.setWall(NOON + 200);
    expect(await store.nextDueAt()).toBe(NOON + 100);
    expect(await claim(store, NOON + 200)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: true } }]);
  });

  test('after an opened notice that was given up, the resolved one tells both', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.settle('i1-incident.opened-ops', failed(NOON + 1));
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    expect(await claim(store, NOON + 100)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: true } }]);
    expect((await store.notices('i1')).map(({ status }) => status)).toEqual(['failed', 'pending']);
  });

  test('a lease that ran out while the incident ended is merged, and a late yes still counts', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    expect(await claim(store, NOON + 2000)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: true } }]);
    await store.settle('i1-incident.opened-ops', retry(NOON + 2100, NOON + 9000));
    expect((await store.notice('i1-incident.opened-ops'))?.status).toBe('merged');
    await store.settle('i1-incident.opened-ops', delivered(NOON + 2200));
    expect(await store.notice('i1-incident.opened-ops')).toMatchObject({
      status: 'delivered',
      deliveries: [{ ok: false }, { ok: true }],
    });
  });

  test('other incidents and channels do not wait for each other', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await store.commit(
      commit('orders', 2, NOON + 1, {
        incidents: [incident('orders', 'i2', { signal: 'protocol' })],
        notices: [{ notice: notice('n2', 'incident.opened', incident('orders', 'i2'), NOON + 1), channel: 'ops' }],
      }),
    );
    expect(await ids(store, NOON + 1)).toEqual(['i1-incident.opened-ops', 'n2']);
  });

  test('a delivered or failed notice can be sent again, from the start', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.settle('i1-incident.opened-ops', failed(NOON + 1));
    expect(await store.resend('i1-incident.opened-ops', NOON + 50)).toBe(true);
    expect(await store.resend('i9', NOON)).toBe(false);
    expect(await claim(store, NOON + 50)).toMatchObject([{ tries: 0, firstTriedAt: null }]);
    await store.settle('i1-incident.opened-ops', delivered(NOON + 60));
    expect((await store.notice('i1-incident.opened-ops'))?.deliveries).toHaveLength(2);
  });

  test('the leases of a predecessor can be freed', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.freeLeases();
    expect(await ids(store, NOON)).toEqual(['i1-incident.opened-ops']);
  });

  test('it says when the next notice can be claimed', async () => {
    const { store, clock } = await create();
    clock.setWall(NOON);
    expect(await store.nextDueAt()).toBeNull();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager']));
    expect(await store.nextDueAt()).toBe(NOON);
    await claim(store, NOON);
    expect(await store.nextDueAt()).toBe(NOON + 1000);
    await store.settle('i1-incident.opened-ops', retry(NOON + 1, NOON + 500));
    expect(await store.nextDueAt()).toBe(NOON + 500);
    expect(await store.nextDueAt(['ops'])).toBe(NOON + 1000);
    expect(await store.nextDueAt(['ops', 'pager'])).toBeNull();
  });

  test('a resolved notice held up by its opened one is not called due', async () => {
    const { store, clock } = await create();
    clock.setWall(NOON + 200);
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    expect(await store.nextDueAt()).toBe(NOON + 1000);
  });

  test('its figures and lists follow', async () => {
    const { store } = await create();
    expect(await store.outbox()).toEqual({ pending: 0, failed: 0, oldestPendingAt: null });
    await store.commit(opening(about, 1, NOON, ['ops', 'pager', null]));
    await store.settle('i1-incident.opened-pager', failed(NOON + 1));
    expect(await store.outbox()).toEqual({ pending: 1, failed: 1, oldestPendingAt: NOON });
    const statuses = async (status: Parameters<Store['deliveries']>[0]) =>
      (await store.deliveries(status, all)).items.map((queued) => queued.channel);
    expect(await statuses(null)).toEqual([null, 'pager', 'ops']);
    expect(await statuses('failed')).toEqual(['pager']);
    expect(await statuses('nobody')).toEqual([null]);
    const first = await store.deliveries(null, { limit: 2, cursor: null });
    expect(
      (await store.deliveries(null, { limit: 2, cursor: first.next })).items.map(({ channel }) => channel),
    ).toEqual(['ops']);
    expect((await store.notices('i1')).map(({ channel }) => channel)).toEqual(['ops', 'pager', null]);
    expect(await store.notice('nothing')).toBeNull();
    await store.settle('nothing', delivered(NOON));
  });

  test('a notice is not sent before its time', async () => {
    const { store, clock } = await create();
    clock.setWall(NOON);
    const told = opening(about, 1, NOON, ['ops']);
    await store.commit({ ...told, notices: told.notices.map((one) => ({ ...one, notBefore: NOON + 3000 })) });
    expect(await ids(store, NOON + 2999)).toEqual([]);
    expect(await store.nextDueAt()).toBe(NOON + 3000);
    expect(await ids(store, NOON + 3000)).toEqual(['i1-incident.opened-ops']);
  });

  test('an opened notice that is held when its incident ends is told by the resolved one', async () => {
    const { store } = await create();
    const told = opening(about, 1, NOON, ['ops']);
    await store.commit({ ...told, notices: told.notices.map((one) => ({ ...one, notBefore: NOON + 9000 })) });
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    expect(await claim(store, NOON + 100)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: true } }]);
    expect((await store.notice('i1-incident.opened-ops'))?.status).toBe('merged');
  });

  test('a muted resolved notice mutes the opened one that still waits, and both stay listed', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager']));
    const over = resolving(about, 2, NOON + 100, ['ops']);
    await store.commit({ ...over, notices: over.notices.map((one) => ({ ...one, isMuted: true })) });
    expect(await ids(store, NOON + 99_999_999)).toEqual(['i1-incident.opened-pager']);
    const statuses = (await store.notices('i1')).map(({ channel, status }) => `${channel} ${status}`);
    expect(statuses).toEqual(['ops muted', 'pager pending', 'ops muted']);
    expect((await store.deliveries('muted', all)).items).toHaveLength(2);
  });
}
