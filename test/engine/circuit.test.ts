import { expect, test } from 'vitest';
import { circuitOf } from '../../src/core/channel-health.ts';
import type { Notice } from '../../src/core/notice.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import { held, house, refusing, type Send, until } from './courier-house.ts';
import { HOUR, MINUTE, SECOND, settled } from './support.ts';

/** Down until told otherwise; keeps what arrives. */
function receiver() {
  const state = { isDown: true, tries: 0, got: [] as Notice[] };
  const send: Send = async (notice) => {
    state.tries += 1;
    if (state.isDown) throw new DeliveryError('503', { retry: true });
    state.got.push(notice);
    return 'yes';
  };
  return { state, send };
}

test('a channel that failed five times in a row rests: its notices wait for one that tries, others go on', async () => {
  const dead = receiver();
  const { put, statusOf, courier, clock, healths } = await house({ dead: dead.send, well: async () => 'yes' });
  for (let n = 0; n < 20; n += 1) await put(`d${n}`, 'dead');
  courier.wake();
  await until(clock, async () => healths.of('dead').failures === 5);
  await settled();
  expect(dead.state.tries).toBe(5);
  expect(circuitOf(healths.of('dead'), clock.now())).toBe('open');

  await put('w', 'well');
  courier.wake();
  await expect.poll(() => statusOf('w')).toBe('delivered');
  clock.advance(59 * SECOND);
  await settled();
  expect(dead.state.tries).toBe(5);
  await until(clock, async () => dead.state.tries === 6);
  await settled();
  expect(healths.of('dead').restsUntil).toBe(clock.now() + 2 * MINUTE);

  dead.state.isDown = false;
  await until(clock, async () => dead.state.got.length === 20);
  expect(new Set(dead.state.got.map(({ id }) => id)).size).toBe(20);
  expect(healths.of('dead')).toMatchObject({ failures: 0, restsUntil: null, lastOk: { answer: 'yes' } });
});

test('how a channel fares survives a restart, and a person can end its rest', async () => {
  const dead = receiver();
  const first = await house({ dead: dead.send });
  for (let n = 0; n < 5; n += 1) await first.put(`d${n}`, 'dead');
  first.courier.wake();
  await until(first.clock, async () => first.healths.of('dead').failures === 5);
  await first.courier.stop();

  const { clock, store } = first;
  const second = await house({ dead: dead.send }, { clock, store });
  expect(second.healths.of('dead')).toEqual(first.healths.of('dead'));
  second.courier.wake();
  await settled();
  expect(dead.state.tries).toBe(5);
  dead.state.isDown = false;
  clock.advance(10 * SECOND);
  second.healths.retry('dead');
  second.courier.wake();
  await expect.poll(() => dead.state.got.length).toBeGreaterThan(0);
});

test('thirty receivers that hang delay no other', async () => {
  const gate = held();
  const hanging = Array.from({ length: 60 }, (_, n) => `h${n}`);
  const sends = { ...Object.fromEntries(hanging.map((id) => [id, gate.send])), well: async () => 'yes' };
  const { put, statusOf, courier, clock, healths } = await house(sends);
  for (const id of hanging) await put(`n-${id}`, id);
  courier.wake();
  await until(clock, async () => hanging.every((id) => healths.of(id).failures > 0));
  for (const id of hanging) await put(`m-${id}`, id);
  courier.wake();
  await settled();
  await put('w', 'well');
  courier.wake();
  await expect.poll(() => statusOf('w')).toBe('delivered');
  gate.release();
});

test('a receiver that is down for 26 h: what waited for a day is listed as failed, the rest arrives, each once', async () => {
  const dead = receiver();
  const { put, row, store, courier, clock } = await house({ pager: dead.send });
  const start = clock.now();
  const ids: string[] = [];
  for (let minutes = 0; minutes < 26 * 60; minutes += 20) {
    const id = `n${minutes}`;
    ids.push(id);
    await put(id, 'pager');
    courier.wake();
    await until(clock, async () => clock.now() >= start + (minutes + 20) * MINUTE);
  }
  dead.state.isDown = false;
  const rows = () => Promise.all(ids.map(row));
  await until(clock, async () => (await rows()).every(({ status }) => status !== 'pending'));

  const all = await rows();
  const failed = all.filter(({ status }) => status === 'failed');
  const told = all.filter(({ status }) => status === 'delivered');
  expect(failed.length + told.length).toBe(78);
  for (const { notice, deliveries } of failed)
    expect((deliveries.at(-1)?.at ?? 0) - notice.at).toBeGreaterThanOrEqual(24 * HOUR);
  for (const { notice } of told) expect(notice.at).toBeGreaterThan(start);
  expect(failed.length).toBeGreaterThan(3);
  expect(dead.state.got.map(({ id }) => id).toSorted()).toEqual(told.map(({ notice }) => notice.id).toSorted());
  expect(dead.state.tries).toBeLessThan(200);

  for (const { notice } of failed) await store.resend(notice.id, clock.now());
  courier.wake();
  await until(clock, async () => dead.state.got.length === 78);
  expect(new Set(dead.state.got.map(({ id }) => id)).size).toBe(78);
});

test('refusals for good count too: five, and the channel rests instead of losing notice after notice', async () => {
  const { put, store, courier, clock, healths } = await house({ ops: refusing(false) });
  for (let n = 0; n < 9; n += 1) await put(`n${n}`, 'ops');
  courier.wake();
  await until(clock, async () => healths.of('ops').failures === 5);
  await settled();
  expect((await store.backlog()).get('ops')).toEqual({ pending: 4, failed: 5 });
});
