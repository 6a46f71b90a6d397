import { expect, test } from 'vitest';
import type { Notice } from '../../src/core/notice.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import { house, type Send, until } from './courier-house.ts';
import { MINUTE, pass, SECOND } from './support.ts';

function mailbox() {
  const mails: { readonly at: number; readonly notice: Notice }[] = [];
  let now = () => 0;
  const send: Send = async (notice) => {
    mails.push({ at: now(), notice });
    return '250 OK';
  };
  return { mails, send, by: (clock: { now(): number }) => (now = () => clock.now()) };
}

const partsOf = ({ notice }: { readonly notice: Notice }) => (notice.parts ?? [notice]).map(({ id }) => id);

test('500 servers down within two minutes are at most three messages to people, and 500 to a machine', async () => {
  const box = mailbox();
  const clockwise = await house({ ops: box.send }, { audience: 'people' });
  const { put, statusOf, courier, clock } = clockwise;
  box.by(clock);
  const start = clock.now();
  const ids = Array.from({ length: 500 }, (_, n) => `n${n}`);
  for (const id of ids) {
    await put(id, 'ops');
    courier.wake();
    await pass(clock, 120);
  }
  await until(clock, async () => (await statusOf('n499')) === 'delivered');
  expect(box.mails.length).toBeLessThanOrEqual(3);
  expect(box.mails.flatMap(partsOf)).toEqual(ids);
  expect(box.mails[0]).toMatchObject({ at: start });
  expect(clock.now() - start).toBeLessThanOrEqual(2 * MINUTE);

  const machine = mailbox();
  const other = await house({ pager: machine.send });
  for (const id of ids) await other.put(id, 'pager');
  other.courier.wake();
  await expect.poll(() => machine.mails.length, { timeout: 60_000 }).toBe(500);
});

test('the first notice goes at once, what follows comes together 10 s later, and a repeat is the same message', async () => {
  const box = mailbox();
  let refusals = 1;
  const { put, row, courier, clock } = await house(
    {
      ops: async (notice, signal) => {
        if (notice.parts !== undefined && refusals-- > 0) throw new DeliveryError('451', { retry: true });
        return box.send(notice, signal);
      },
    },
    { audience: 'people' },
  );
  box.by(clock);
  const start = clock.now();
  await put('a', 'ops');
  courier.wake();
  await until(clock, async () => box.mails.length === 1);
  await put('b', 'ops');
  await put('c', 'ops');
  courier.wake();
  await until(clock, async () => (await row('b')).deliveries.length === 1);
  expect(clock.now()).toBe(start + 10 * SECOND);
  await until(clock, async () => box.mails.length === 2);
  expect(box.mails.map(partsOf)).toEqual([['a'], ['b', 'c']]);
  expect(box.mails[1]).toMatchObject({ at: start + 15 * SECOND, notice: { id: 'b-and-1' } });
  expect(await row('c')).toMatchObject({
    status: 'delivered',
    message: 'b-and-1',
    deliveries: [
      { ok: false, answer: '451' },
      { ok: true, answer: '250 OK' },
    ],
  });
});

test('a crash while a message of several was sent repeats it whole, under the same id', async () => {
  const box = mailbox();
  const { put, store, clock } = await house({}, { audience: 'people' });
  for (const id of ['a', 'b', 'c']) await put(id, 'ops');
  const request = { now: clock.now(), leaseMs: MINUTE, channel: 'ops', kind: 'fresh', isGrouped: true } as const;
  const claimed = await store.claim(request);
  expect(claimed?.id).toBe('a-and-2');
  await put('d', 'ops');

  await store.freeLeases();
  const after = await house({ ops: box.send }, { audience: 'people', clock, store });
  box.by(clock);
  after.courier.wake();
  await until(clock, async () => (await after.statusOf('d')) === 'delivered');
  expect(box.mails.map(({ notice }) => notice.id)).toEqual(['a-and-2', 'd']);
  expect(box.mails.map(partsOf)).toEqual([['a', 'b', 'c'], ['d']]);
});
