import { expect, test } from 'vitest';
import { FRESH } from '../../src/core/channel-health.ts';
import type { Settlement, Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, incident, NOON, notice, opening, resolving } from './samples.ts';
import { nextDueAt, settle, takeAll } from './taking.ts';

const all = { limit: 100, cursor: null };
const about = incident('orders', 'i1');

const claim = takeAll;
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
    await settle(store, 'i1-incident.opened-ops', retry(NOON + 10, NOON + 5000));
    expect(await ids(store, NOON + 4999)).toEqual([]);
    expect(await store.notice('i1-incident.opened-ops')).toMatchObject({ status: 'pending', nextTryAt: NOON + 5000 });
    expect(await claim(store, NOON + 5000)).toMatchObject([{ tries: 1, firstTriedAt: NOON + 10 }]);
    await settle(store, 'i1-incident.opened-ops', delivered(NOON + 5010));
    expect(await store.notice('i1-incident.opened-ops')).toEqual({
      notice: notice('i1-incident.opened-ops', 'incident.opened', about),
      channel: 'ops',
      status: 'delivered',
      message: 'i1-incident.opened-ops',
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
    expect(await nextDueAt(store, NOON)).toBeNull();
  });

  test('each channel is taken by itself, and none of a busy channel is due', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager', 'chat']));
    expect([...(await store.due({ now: NOON, busy: ['pager'] })).keys()].toSorted()).toEqual(['chat', 'ops']);
    const request = { now: NOON, leaseMs: 1000, kind: 'fresh', isGrouped: false } as const;
    expect(await store.claim({ ...request, channel: 'ops' })).toMatchObject({ channel: 'ops', tries: 0 });
    expect(await store.claim({ ...request, channel: 'ops' })).toBeNull();
    expect(await store.claim({ ...request, channel: 'pager' })).toMatchObject({ channel: 'pager' });
  });

  test('what is not delivered when the incident ends is told by the resolved notice', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await settle(store, 'i1-incident.opened-ops', retry(NOON + 1, NOON + 5000));
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    const [taken] = await claim(store, NOON + 100);
    expect(taken?.notice).toMatchObject({ id: 'i1-incident.resolved-ops', wasDown: true });
    expect((await store.notices('i1')).map(({ status }) => status)).toEqual(['merged', 'pending']);
    await settle(store, 'i1-incident.resolved-ops', retry(NOON + 101, NOON + 200));
    expect((await claim(store, NOON + 200))[0]?.notice.wasDown).toBe(true);
    expect((await store.notice('i1-incident.resolved-ops'))?.notice.wasDown).toBe(true);
  });

  test('a resolved notice waits while its opened one is being sent', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops', 'pager']));
    expect(await ids(store, NOON + 100)).toEqual([]);
    await settle(store, 'i1-incident.opened-ops', delivered(NOON + 150));
    const [taken, ...others] = await claim(store, NOON + 160);
    expect(others).toEqual([]);
    expect(taken).toMatchObject({ channel: 'ops', notice: { event: 'incident.resolved', wasDown: false } });
  });

  test('an opened notice whose retry would come later does not hold up the resolved one', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    await settle(store, 'i1-incident.opened-ops', retry(NOON + 150, NOON + 60_000));
    expect(await nextDueAt(store, NOON + 200)).toBe(NOON + 100);
    expect(await claim(store, NOON + 200)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: true } }]);
  });

  test('after an opened notice that was given up, the resolved one tells both', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await settle(store, 'i1-incident.opened-ops', failed(NOON + 1));
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
    await settle(store, 'i1-incident.opened-ops', retry(NOON + 2100, NOON + 9000));
    expect((await store.notice('i1-incident.opened-ops'))?.status).toBe('merged');
    await settle(store, 'i1-incident.opened-ops', delivered(NOON + 2200));
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
    await settle(store, 'i1-incident.opened-ops', failed(NOON + 1));
    expect(await store.resend('i1-incident.opened-ops', NOON + 50)).toBe(true);
    expect(await store.resend('i9', NOON)).toBe(false);
    expect(await claim(store, NOON + 50)).toMatchObject([{ tries: 0, firstTriedAt: null }]);
    await settle(store, 'i1-incident.opened-ops', delivered(NOON + 60));
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
    const { store } = await create();
    expect(await nextDueAt(store, NOON)).toBeNull();
    await store.commit(opening(about, 1, NOON, ['ops', 'pager']));
    expect(await nextDueAt(store, NOON)).toBe(NOON);
    await claim(store, NOON);
    expect(await nextDueAt(store, NOON)).toBe(NOON + 1000);
    await settle(store, 'i1-incident.opened-ops', retry(NOON + 1, NOON + 500));
    expect(await nextDueAt(store, NOON)).toBe(NOON + 500);
    expect(await nextDueAt(store, NOON, ['ops'])).toBe(NOON + 1000);
    expect(await nextDueAt(store, NOON, ['ops', 'pager'])).toBeNull();
  });

  test('a resolved notice held up by its opened one is not called due', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await store.commit(resolving(about, 2, NOON + 100, ['ops']));
    expect(await nextDueAt(store, NOON)).toBe(NOON + 1000);
  });

  test('its figures and lists follow', async () => {
    const { store } = await create();
    expect(await store.outbox()).toEqual({ pending: 0, failed: 0, oldestPendingAt: null });
    await store.commit(opening(about, 1, NOON, ['ops', 'pager', null]));
    await settle(store, 'i1-incident.opened-pager', failed(NOON + 1));
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
    await settle(store, 'nothing', delivered(NOON));
  });

  test('a notice is not sent before its time', async () => {
    const { store } = await create();
    const told = opening(about, 1, NOON, ['ops']);
    await store.commit({ ...told, notices: told.notices.map((one) => ({ ...one, notBefore: NOON + 3000 })) });
    expect(await ids(store, NOON + 2999)).toEqual([]);
    expect(await nextDueAt(store, NOON)).toBe(NOON + 3000);
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

  test('notices claimed together are one message until they are told, and what comes later is another', async () => {
    const { store } = await create();
    const request = { leaseMs: 1000, channel: 'ops', isGrouped: true } as const;
    for (const id of ['a', 'b', 'c']) await store.commit(opening(incident(id, id), 1, NOON, ['ops']));
    const first = await store.claim({ ...request, now: NOON, kind: 'fresh' });
    expect(first).toMatchObject({ id: 'a-incident.opened-ops-and-2', tries: 0, firstTriedAt: null });
    expect(first?.notices.map(({ incident: { id } }) => id)).toEqual(['a', 'b', 'c']);
    await store.commit(opening(incident('d', 'd'), 1, NOON, ['ops']));
    await store.settle({ channel: 'ops', notices: first?.notices ?? [] }, retry(NOON + 10, NOON + 5000));

    await store.freeLeases();
    expect(await store.due({ now: NOON, busy: [] })).toEqual(
      new Map([['ops', { repeatAt: NOON + 5000, freshAt: NOON }]]),
    );
    expect(await store.claim({ ...request, now: NOON + 10, kind: 'fresh' })).toMatchObject({
      id: 'd-incident.opened-ops',
    });
    await settle(store, 'd-incident.opened-ops', delivered(NOON + 20));
    expect(await store.claim({ ...request, now: NOON + 4999, kind: 'repeat' })).toBeNull();
    await store.commit(resolving(incident('b', 'b'), 2, NOON + 100, ['ops']));
    const again = await store.claim({ ...request, now: NOON + 5000, kind: 'repeat' });
    expect(again).toMatchObject({ id: 'a-incident.opened-ops-and-2', tries: 1, firstTriedAt: NOON + 10 });
    expect(again?.notices.map(({ incident: { id } }) => id)).toEqual(['a', 'c']);
    await store.settle({ channel: 'ops', notices: again?.notices ?? [] }, delivered(NOON + 5000));
    const { items } = await store.deliveries('delivered', all);
    const together = Array(2).fill('a-incident.opened-ops-and-2');
    expect(items.map(({ message }) => message)).toEqual(['d-incident.opened-ops', ...together]);
    expect((await store.notice('b-incident.opened-ops'))?.status).toBe('merged');
  });

  test('how a channel fares is kept with the try, and what waited for a day on a failing one is given up with it', async () => {
    const { store } = await create();
    const day = 86_400_000;
    const health = { ...FRESH, failures: 30, failingSince: NOON };
    for (const id of ['a', 'b']) await store.commit(opening(incident(id, id), 1, NOON, ['ops', 'pager']));
    await store.commit(opening(incident('c', 'c'), 1, NOON + day, ['ops']));
    const now = NOON + day + 1000;
    const taken = await store.claim({ now, leaseMs: 1000, channel: 'ops', kind: 'fresh', isGrouped: false });
    const standing = { health, giveUpBefore: now - day };
    const claimed = { channel: 'ops', notices: taken?.notices ?? [] };
    expect(await store.settle(claimed, retry(now, now + 1000), standing)).toBe(1);
    expect(await store.channelHealth()).toEqual(new Map([['ops', health]]));
    expect(await store.backlog()).toEqual(
      new Map([
        ['ops', { pending: 2, failed: 1 }],
        ['pager', { pending: 2, failed: 0 }],
      ]),
    );
    expect((await store.notice('b-incident.opened-ops'))?.deliveries).toMatchObject([
      { ok: false, answer: 'Given up after a day. The last answer: 503' },
    ]);
  });

  test('a reminder that still waits when its incident ends is not sent, and its end is told as an end', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await claim(store, NOON);
    await settle(store, 'i1-incident.opened-ops', delivered(NOON));
    const reminder = notice('r1', 'incident.reminder', about, NOON + 10);
    await store.commit(commit('orders', 2, NOON + 10, { notices: [{ notice: reminder, channel: 'ops' }] }));
    await store.commit(resolving(about, 3, NOON + 100, ['ops']));
    expect(await claim(store, NOON + 100)).toMatchObject([{ notice: { event: 'incident.resolved', wasDown: false } }]);
    expect((await store.notice('r1'))?.status).toBe('merged');
  });
}
