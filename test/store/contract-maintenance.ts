import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_HOLD_MS } from '../../src/core/maintenance.ts';
import type { ProbeCommit, Store } from '../../src/core/store.ts';
import type { StoreFactory } from './factory.ts';
import { commit, incident, NOON, opening, resolving } from './samples.ts';
import { nextDueAt, takeAll } from './taking.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const about = incident('orders', 'i1');
const OPENED = 'i1-incident.opened-ops';
const RESOLVED = 'i1-incident.resolved-ops';

/** An incident opened during a maintenance that lasts until then. */
const openingUntil = (maintenanceUntil: number, at = NOON, version = 1): ProbeCommit => {
  const plain = opening(about, version, at, ['ops', null]);
  return { ...plain, notices: plain.notices.map((notice) => ({ ...notice, maintenanceUntil })) };
};
const claimed = async (store: Store, now: number) => (await takeAll(store, now)).map(({ notice }) => notice.id);
const statuses = async (store: Store) => (await store.notices('i1')).map(({ status }) => status);

export function maintenanceContract(create: StoreFactory): void {
  test('windows made in the browser are kept, changed and removed', async () => {
    const { store } = await create();
    const night = { id: 'night', entry: { id: 'night', cron: '0 3 * * *', duration: '1h' }, secrets: [] };
    await store.saveMaintenanceWindow(night);
    await store.saveMaintenanceWindow({ ...night, id: 'noon' });
    await store.saveMaintenanceWindow({ ...night, entry: { id: 'night', cron: '0 4 * * *', duration: '1h' } });
    expect((await store.maintenanceWindows()).map(({ id, entry }) => [id, entry['cron']])).toEqual([
      ['night', '0 4 * * *'],
      ['noon', '0 3 * * *'],
    ]);
    await store.removeMaintenanceWindow('night');
    await store.removeMaintenanceWindow('nobody');
    expect((await store.maintenanceWindows()).map(({ id }) => id)).toEqual(['noon']);
  });

  test('maintenance is kept as it was planned, and a change of plan leaves what is past', async () => {
    const { store } = await create();
    await store.planMaintenance(
      new Map([
        ['orders', NOON + HOUR],
        ['files', NOON + HOUR],
      ]),
      NOON,
    );
    await store.planMaintenance(new Map([['orders', NOON + 2 * HOUR]]), NOON + 10 * MINUTE);
    await store.planMaintenance(new Map([['files', NOON + 20 * MINUTE]]), NOON + 20 * MINUTE);
    expect(await store.maintenance(null, NOON, NOON + 3 * HOUR)).toEqual([
      { serverId: 'orders', from: NOON, to: NOON + 10 * MINUTE },
      { serverId: 'files', from: NOON, to: NOON + 20 * MINUTE },
      { serverId: 'orders', from: NOON + 10 * MINUTE, to: NOON + 2 * HOUR },
    ]);
    expect(await store.maintenance(['files'], NOON + 20 * MINUTE, NOON + 3 * HOUR)).toEqual([]);
    expect(await store.maintenance(['files', 'nobody'], NOON + 19 * MINUTE, NOON + 3 * HOUR)).toHaveLength(1);
    await store.removeServer('files');
    expect((await store.maintenance(null, 0, NOON + 3 * HOUR)).map(({ serverId }) => serverId)).not.toContain('files');
  });

  test('whatever is planned when, no minute is in two spans and each is as it was planned last before it', async () => {
    const plan = fc.record({ after: fc.nat({ max: 20 }), length: fc.integer({ min: -5, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { maxLength: 8 }), async (plans) => {
        const { store } = await create();
        const expected = new Set<number>();
        let minute = 0;
        for (const { after, length } of plans) {
          minute += after;
          for (const each of [...expected]) if (each >= minute) expected.delete(each);
          for (let each = minute; each < minute + length; each += 1) expected.add(each);
          await store.planMaintenance(new Map([['orders', NOON + (minute + length) * MINUTE]]), NOON + minute * MINUTE);
        }
        const spans = await store.maintenance(['orders'], 0, NOON + 1000 * HOUR);
        const minutes = spans.flatMap(({ from, to }) =>
          Array.from({ length: (to - from) / MINUTE }, (_, index) => (from - NOON) / MINUTE + index),
        );
        expect(minutes.toSorted((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  test('what is found during maintenance is told when that ends and it is still so', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    expect(await nextDueAt(store, NOON)).toBe(NOON + HOUR);
    expect(await claimed(store, NOON + HOUR - 1)).toEqual([]);
    expect(await store.notice(OPENED)).toMatchObject({ status: 'pending', nextTryAt: NOON + HOUR });
    expect((await store.outbox()).oldestPendingAt).toBeNull();
    expect(await claimed(store, NOON + HOUR)).toEqual([OPENED]);
  });

  test('what is over before the maintenance is told nobody, and stays listed', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    await store.commit(resolving(about, 2, NOON + 30 * MINUTE, ['ops', null]));
    expect(await statuses(store)).toEqual(['muted', 'nobody', 'muted', 'nobody']);
    expect(await claimed(store, NOON + 2 * HOUR)).toEqual([]);
    const { items } = await store.deliveries('muted', { limit: 10, cursor: null });
    expect(items.map(({ notice }) => notice.id)).toEqual([RESOLVED, OPENED]);
    expect(await store.resend(OPENED, NOON + 2 * HOUR)).toBe(true);
    expect(await claimed(store, NOON + 2 * HOUR)).toEqual([OPENED]);
  });

  test('an incident that ends without a word, as after an edit, is told nobody either', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    await store.endIncidents(['i1'], NOON + MINUTE);
    expect(await statuses(store)).toEqual(['muted', 'nobody']);
  });

  test('what was told before the maintenance is over when it is over', async () => {
    const { store } = await create();
    await store.commit(opening(about, 1, NOON, ['ops']));
    await store.commit(resolving(about, 2, NOON + MINUTE, ['ops']));
    expect(await statuses(store)).toEqual(['merged', 'pending']);
    expect(await claimed(store, NOON + MINUTE)).toEqual([RESOLVED]);
  });

  test('one that outlasts the maintenance and then ends before it was told is told as one that was down', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    await store.commit(resolving(about, 2, NOON + HOUR, ['ops']));
    const [taken] = await takeAll(store, NOON + HOUR);
    expect(taken?.notice).toMatchObject({ id: RESOLVED, wasDown: true });
    expect(await statuses(store)).toEqual(['merged', 'nobody', 'pending']);
  });

  test('a maintenance that is made longer holds longer, one that is taken away holds no more', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    expect(await store.holdNotices(new Map([['orders', NOON + HOUR]]), NOON + MINUTE)).toBe(false);
    expect(await store.holdNotices(new Map([['orders', NOON + 3 * HOUR]]), NOON + MINUTE)).toBe(true);
    expect(await claimed(store, NOON + 2 * HOUR)).toEqual([]);
    expect(await store.holdNotices(new Map([['files', NOON + 9 * HOUR]]), NOON + 2 * HOUR)).toBe(true);
    expect(await claimed(store, NOON + 2 * HOUR)).toEqual([OPENED]);
    expect(await store.holdNotices(new Map([['orders', NOON + 9 * HOUR]]), NOON + 2 * HOUR)).toBe(false);
  });

  test('no maintenance holds a notice for longer than a week', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    await store.holdNotices(new Map([['orders', NOON + 2 * LONGEST_HOLD_MS]]), NOON);
    expect(await nextDueAt(store, NOON)).toBe(NOON + LONGEST_HOLD_MS);
  });

  test('a notice that is not to be sent before a later time keeps to it when its maintenance ends early', async () => {
    const { store } = await create();
    const held = openingUntil(NOON + HOUR);
    await store.commit({
      ...held,
      notices: held.notices.map((notice) => ({ ...notice, notBefore: NOON + 30 * MINUTE })),
    });
    await store.holdNotices(new Map(), NOON + MINUTE);
    expect(await nextDueAt(store, NOON)).toBe(NOON + 30 * MINUTE);
  });

  test('plain results during a maintenance move nothing', async () => {
    const { store } = await create();
    await store.commit(openingUntil(NOON + HOUR));
    await store.commit(commit('orders', 2, NOON + MINUTE));
    expect(await statuses(store)).toEqual(['pending', 'nobody']);
  });
}
