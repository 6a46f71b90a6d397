import { expect, test } from 'vitest';
import { held, house, refusing, type Send, until } from './courier-house.ts';
import { HOUR, MINUTE, settled } from './support.ts';

test('a notice is delivered only after the receiver said yes', async () => {
  const gate = held();
  const { put, row, statusOf, courier, clock, settled: done } = await house({ ops: gate.send });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  expect(await row('n1')).toMatchObject({ status: 'pending', deliveries: [] });

  clock.advance(1200);
  gate.release();
  await expect.poll(() => statusOf('n1')).toBe('delivered');
  expect((await row('n1')).deliveries).toEqual([{ at: clock.now() - 1200, ms: 1200, ok: true, answer: 'yes' }]);
  expect(done.map(({ settlement }) => settlement.kind)).toEqual(['delivered']);
});

test('a notice that is refused for now comes back after 5 s, 30 s, 2 min, 10 min, 30 min and then hourly, for a day', async () => {
  const { put, statusOf, triesOf, courier, clock } = await house({ ops: refusing(true) });
  const start = clock.now();
  await put('n1', 'ops');
  courier.wake();
  await until(clock, async () => (await statusOf('n1')) !== 'pending');

  const times = (await triesOf('n1')).map(({ at }) => at);
  const gaps = times.map((at, index) => at - (times[index - 1] ?? start));
  expect(gaps.slice(0, 7)).toEqual([0, 5000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR]);
  expect(await statusOf('n1')).toBe('failed');
  expect((times.at(-1) ?? 0) - start).toBe(24 * HOUR);
});

test('a receiver that names a time is not asked before it', async () => {
  const { put, row, triesOf, courier, clock } = await house({ ops: refusing(true, 10 * MINUTE) });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(async () => (await triesOf('n1')).length).toBe(1);
  expect((await row('n1')).nextTryAt).toBe(clock.now() + 10 * MINUTE);
});

test('a notice that is refused for good is not tried again', async () => {
  const { put, statusOf, triesOf, courier } = await house({ ops: refusing(false) });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => statusOf('n1')).toBe('failed');
  expect(await triesOf('n1')).toMatchObject([{ ok: false, answer: 'not now' }]);
});

test('a notice for a channel that was removed fails and says so', async () => {
  const { put, statusOf, triesOf, courier } = await house({});
  await put('n1', 'gone');
  courier.wake();
  await expect.poll(() => statusOf('n1')).toBe('failed');
  expect((await triesOf('n1'))[0]?.answer).toBe('There is no channel “gone” any more. Add it again and resend.');
});

test('a channel that hangs does not hold up another', async () => {
  const gate = held();
  const { put, statusOf, courier } = await house({ slow: gate.send, fast: async () => 'yes' });
  await put('s1', 'slow');
  await put('s2', 'slow');
  for (const id of ['f1', 'f2', 'f3']) await put(id, 'fast');
  courier.wake();
  await expect.poll(() => Promise.all(['f1', 'f2', 'f3'].map(statusOf))).toEqual(Array(3).fill('delivered'));
  expect(gate.started).toEqual(['s1']);
  gate.release();
});

test('notices of one channel for machines go out one after the other, oldest first', async () => {
  const order: string[] = [];
  let atOnce = 0;
  let most = 0;
  const send: Send = async ({ id }) => {
    most = Math.max(most, ++atOnce);
    order.push(id);
    await settled();
    atOnce -= 1;
    return 'yes';
  };
  const { put, courier } = await house({ ops: send });
  const ids = Array.from({ length: 20 }, (_, at) => `n${at}`);
  for (const id of ids) await put(id, 'ops', { incident: 'one-incident' });
  courier.wake();
  await expect.poll(() => order).toEqual(ids);
  expect(most).toBe(1);
});

test('a notifier that never settles is given up after 45 s, within its lease, and tried again', async () => {
  const gate = held();
  const { put, row, triesOf, courier, clock } = await house({ ops: gate.send });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  clock.advance(45_000);
  await expect.poll(() => triesOf('n1')).toMatchObject([{ ok: false, answer: 'No answer within 45 s.', ms: 45_000 }]);
  expect(gate.aborted).toEqual(['n1']);
  expect((await row('n1')).status).toBe('pending');
});

test('a fault of our own is logged, tells the receiver’s list nothing private, and the notice is tried again', async () => {
  const { put, row, triesOf, courier, complaints } = await house({
    ops: async () => {
      throw new TypeError('password hunter2 is not a function');
    },
  });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(async () => (await triesOf('n1')).length).toBe(1);
  expect((await triesOf('n1'))[0]?.answer).toBe('The monitor failed while sending; its log says why.');
  expect((await row('n1')).status).toBe('pending');
  expect(complaints).toEqual(['a notifier failed unexpectedly']);
});

test('it wakes by itself when a notice falls due, and at once when told', async () => {
  const { put, statusOf, courier, clock } = await house({ ops: async () => 'yes' });
  await put('later', 'ops', { notBefore: clock.now() + 40_000 });
  courier.wake();
  await expect.poll(() => clock.untilNext()).toBe(40_000);
  await put('now', 'ops');
  courier.wake();
  await expect.poll(() => statusOf('now')).toBe('delivered');
  expect(await statusOf('later')).toBe('pending');
  await expect.poll(() => clock.untilNext()).toBe(40_000);
  clock.advance(40_000);
  await expect.poll(() => statusOf('later')).toBe('delivered');
});

test('a delivery that cannot be recorded is repeated with the same id once its lease is over', async () => {
  const sent: string[] = [];
  const plain = await house({});
  let isBroken = true;
  const {
    put,
    statusOf,
    courier,
    clock,
    complaints,
    settled: done,
  } = await house(
    {
      ops: async ({ id }) => {
        sent.push(id);
        return 'yes';
      },
    },
    {
      clock: plain.clock,
      store: plain.store,
      changes: {
        settle: async (...args) => {
          if (isBroken) throw new Error('disk full');
          return plain.store.settle(...args);
        },
      },
    },
  );
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => complaints).toEqual(['a delivery could not be recorded; it will be repeated']);
  expect(done).toEqual([]);
  isBroken = false;
  await expect.poll(() => clock.untilNext()).toBe(60_000);
  clock.advance(60_000);
  await expect.poll(() => statusOf('n1')).toBe('delivered');
  expect(sent).toEqual(['n1', 'n1']);
});

test('an outbox that cannot be read is asked again a second later', async () => {
  const plain = await house({});
  let isBroken = true;
  const { put, statusOf, courier, clock, complaints } = await house(
    { ops: async () => 'yes' },
    {
      clock: plain.clock,
      store: plain.store,
      changes: {
        claim: async (request) => {
          if (isBroken) throw new Error('locked');
          return plain.store.claim(request);
        },
      },
    },
  );
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => complaints).toEqual(['the outbox could not be read; trying again']);
  isBroken = false;
  await expect.poll(() => clock.untilNext()).toBe(1000);
  clock.advance(1000);
  await expect.poll(() => statusOf('n1')).toBe('delivered');
});

test('stopping waits for the answer under way and takes nothing new', async () => {
  const gate = held();
  const { put, row, statusOf, courier } = await house({ ops: gate.send });
  await put('n1', 'ops');
  await put('n2', 'ops');
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  const stopped = courier.stop();
  courier.wake();
  gate.release();
  await stopped;
  expect(await statusOf('n1')).toBe('delivered');
  expect(await row('n2')).toMatchObject({ status: 'pending', deliveries: [] });
  expect(gate.started).toEqual(['n1']);
});

test('stopping cuts what takes longer than 5 s; it is due at the next start and says nothing of its channel', async () => {
  const gate = held();
  const { put, row, store, courier, clock } = await house({ ops: gate.send });
  await put('n1', 'ops');
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  const stopped = courier.stop();
  clock.advance(5000);
  await stopped;
  expect(gate.aborted).toEqual(['n1']);
  expect(await row('n1')).toMatchObject({ status: 'pending', nextTryAt: clock.now() });
  expect((await row('n1')).deliveries[0]?.answer).toBe('The monitor stopped before the answer came.');
  const request = { now: clock.now(), leaseMs: 1, channel: 'ops', kind: 'repeat', isGrouped: false } as const;
  expect(await store.claim(request)).toMatchObject({ id: 'n1' });
  expect((await store.channelHealth()).size).toBe(0);
});

test('a burst over many channels is sent 48 at a time and completely', async () => {
  let atOnce = 0;
  let most = 0;
  const send: Send = async () => {
    most = Math.max(most, ++atOnce);
    await settled();
    atOnce -= 1;
    return 'yes';
  };
  const ids = Array.from({ length: 100 }, (_, at) => `c${at}`);
  const { put, statusOf, courier } = await house(Object.fromEntries(ids.map((id) => [id, send])));
  for (const id of ids) await put(`n-${id}`, id);
  courier.wake();
  await expect
    .poll(async () => (await Promise.all(ids.map((id) => statusOf(`n-${id}`)))).every((one) => one === 'delivered'))
    .toBe(true);
  expect(most).toBe(48);
});
