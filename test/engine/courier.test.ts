import { afterEach, expect, test } from 'vitest';
import type { Notice } from '../../src/core/notice.ts';
import type { Channel, Log, Notifier } from '../../src/core/ports.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import type { ClaimedNotice, Settlement } from '../../src/core/store.ts';
import type { Courier, CourierDeps } from '../../src/engine/courier.ts';
import { createCourier } from '../../src/engine/courier.ts';
import type { FakeClock } from '../fixtures/clock.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aNotice } from '../fixtures/notices.ts';
import type { FakeOutbox } from '../fixtures/outbox.ts';
import { createFakeOutbox } from '../fixtures/outbox.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Send = Notifier['send'];

interface House {
  readonly clock: FakeClock;
  readonly outbox: FakeOutbox;
  readonly courier: Courier;
  readonly settled: { readonly claimed: ClaimedNotice; readonly settlement: Settlement }[];
  readonly complaints: string[];
}

const houses: House[] = [];

afterEach(async () => {
  await Promise.all(
    houses.splice(0).map(({ courier, clock }) => {
      const stopped = courier.stop();
      clock.advance(5000);
      return stopped;
    }),
  );
});

function house(sends: Readonly<Record<string, Send>>, changes: Partial<CourierDeps> = {}): House {
  const clock = createFakeClock();
  const outbox = createFakeOutbox();
  const settled: House['settled'] = [];
  const complaints: string[] = [];
  const complain = (_fields: unknown, message: string) => void complaints.push(message);
  const log: Log = { info: complain, warn: complain, error: complain };
  const channels = new Map(Object.entries(sends).map(([id, send]) => [id, channel(id, send)]));
  const courier = createCourier({
    store: outbox,
    channels: () => channels,
    clock,
    log,
    random: () => 0.5,
    onSettled: (claimed, settlement) => settled.push({ claimed, settlement }),
    ...changes,
  });
  const made = { clock, outbox, courier, settled, complaints };
  houses.push(made);
  return made;
}

function channel(id: string, send: Send): Channel {
  const preview = () => ({ kind: 'email' as const, subject: '', text: '', html: '' });
  return {
    id,
    kind: 'email',
    audience: 'people',
    source: 'config',
    target: id,
    severity: null,
    tags: [],
    notifier: { send, preview },
  };
}

function notice(id: string, incident = id): Notice {
  return aNotice({ id, dedupKey: incident });
}

/** A send that waits until it is told to go on. */
function held(): { send: Send; release: () => void; readonly started: string[]; readonly aborted: string[] } {
  const started: string[] = [];
  const aborted: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    started,
    aborted,
    release: () => release(),
    send: async ({ id }, signal) => {
      started.push(id);
      signal.addEventListener('abort', () => aborted.push(id));
      await gate;
      return 'yes';
    },
  };
}

/** Until everything that waits for nothing but other code has run. */
function settledPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const refusing = (retry: boolean, retryAfterMs: number | null = null): Send => {
  return async () => {
    throw new DeliveryError('not now', { retry, retryAfterMs });
  };
};

test('a notice is delivered only after the receiver said yes', async () => {
  const gate = held();
  const { outbox, courier, clock, settled } = house({ ops: gate.send });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  expect(outbox.row('n1')).toMatchObject({ status: 'pending', deliveries: [] });

  clock.advance(1200);
  gate.release();
  await expect.poll(() => outbox.row('n1').status).toBe('delivered');
  expect(outbox.row('n1').deliveries).toEqual([{ at: clock.now() - 1200, ms: 1200, ok: true, answer: 'yes' }]);
  expect(settled.map(({ settlement }) => settlement.kind)).toEqual(['delivered']);
});

test('a notice that is refused for now comes back after 5 s, 30 s, 2 min, 10 min, 30 min and then hourly, for a day', async () => {
  const { outbox, courier, clock } = house({ ops: refusing(true) });
  const start = clock.now();
  outbox.put(notice('n1'), 'ops', start);
  courier.wake();

  const tries = () => outbox.row('n1').deliveries;
  while (outbox.row('n1').status === 'pending') {
    await settledPromises();
    clock.advance(clock.untilNext() ?? 0);
  }

  const gaps = tries().map(({ at }, index) => at - (tries()[index - 1]?.at ?? start));
  expect(gaps.slice(0, 7)).toEqual([0, 5000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR]);
  expect(outbox.row('n1').status).toBe('failed');
  expect((tries().at(-1)?.at ?? 0) - start).toBe(24 * HOUR);
});

test('a receiver that names a time is not asked before it', async () => {
  const { outbox, courier, clock } = house({ ops: refusing(true, 10 * MINUTE) });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => outbox.row('n1').deliveries.length).toBe(1);
  expect(outbox.row('n1').nextTryAt).toBe(clock.now() + 10 * MINUTE);
});

test('a notice that is refused for good is not tried again', async () => {
  const { outbox, courier, clock } = house({ ops: refusing(false) });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => outbox.row('n1').status).toBe('failed');
  expect(outbox.row('n1').deliveries).toMatchObject([{ ok: false, answer: 'not now' }]);
});

test('a notice for a channel that was removed fails and says so', async () => {
  const { outbox, courier, clock } = house({});
  outbox.put(notice('n1'), 'gone', clock.now());
  courier.wake();
  await expect.poll(() => outbox.row('n1').status).toBe('failed');
  expect(outbox.row('n1').deliveries[0]?.answer).toBe('There is no channel “gone” any more. Add it again and resend.');
});

test('a channel that hangs does not hold up another', async () => {
  const gate = held();
  const { outbox, courier, clock } = house({ slow: gate.send, fast: async () => 'yes' });
  outbox.put(notice('s1'), 'slow', clock.now());
  outbox.put(notice('s2'), 'slow', clock.now());
  for (const id of ['f1', 'f2', 'f3']) outbox.put(notice(id), 'fast', clock.now());
  courier.wake();
  await expect.poll(() => outbox.rows.filter(({ status }) => status === 'delivered').length).toBe(3);
  expect(gate.started).toEqual(['s1']);
  gate.release();
});

test('notices of one channel go out one after the other, oldest first', async () => {
  const order: string[] = [];
  let atOnce = 0;
  let most = 0;
  const send: Send = async ({ id }) => {
    most = Math.max(most, ++atOnce);
    order.push(id);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    return 'yes';
  };
  const { outbox, courier, clock } = house({ ops: send });
  const ids = Array.from({ length: 20 }, (_, at) => `n${at}`);
  for (const id of ids) outbox.put(notice(id, 'one-incident'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => order).toEqual(ids);
  expect(most).toBe(1);
});

test('a notifier that never settles is given up after 45 s, within its lease, and tried again', async () => {
  const gate = held();
  const { outbox, courier, clock } = house({ ops: gate.send });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  clock.advance(45_000);
  await expect
    .poll(() => outbox.row('n1').deliveries)
    .toMatchObject([{ ok: false, answer: 'No answer within 45 s.', ms: 45_000 }]);
  expect(gate.aborted).toEqual(['n1']);
  expect(outbox.row('n1').status).toBe('pending');
});

test('a fault of our own is logged, tells the receiver’s list nothing private, and the notice is tried again', async () => {
  const { outbox, courier, clock, complaints } = house({
    ops: async () => {
      throw new TypeError('password hunter2 is not a function');
    },
  });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => outbox.row('n1').deliveries.length).toBe(1);
  expect(outbox.row('n1').deliveries[0]?.answer).toBe('The monitor failed while sending; its log says why.');
  expect(outbox.row('n1').status).toBe('pending');
  expect(complaints).toEqual(['a notifier failed unexpectedly']);
});

test('it wakes by itself when a notice falls due, and at once when told', async () => {
  const { outbox, courier, clock } = house({ ops: async () => 'yes' });
  outbox.put(notice('later'), 'ops', clock.now() + 40_000);
  courier.wake();
  await expect.poll(() => clock.untilNext()).toBe(40_000);
  outbox.put(notice('now'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => outbox.row('now').status).toBe('delivered');
  expect(outbox.row('later').status).toBe('pending');
  await expect.poll(() => clock.untilNext()).toBe(40_000);
  clock.advance(40_000);
  await expect.poll(() => outbox.row('later').status).toBe('delivered');
});

test('a delivery that cannot be recorded is repeated with the same id once its lease is over', async () => {
  const sent: string[] = [];
  const outbox = createFakeOutbox();
  let isBroken = true;
  const { courier, clock, complaints, settled } = house(
    {
      ops: async ({ id }) => {
        sent.push(id);
        return 'yes';
      },
    },
    {
      store: {
        claim: outbox.claim,
        nextDueAt: outbox.nextDueAt,
        settle: async (id, settlement) => {
          if (isBroken) throw new Error('disk full');
          await outbox.settle(id, settlement);
        },
      },
    },
  );
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => complaints).toEqual(['a delivery could not be recorded; it will be repeated']);
  expect(settled).toEqual([]);
  isBroken = false;
  await expect.poll(() => clock.untilNext()).toBe(60_000);
  clock.advance(60_000);
  await expect.poll(() => outbox.row('n1').status).toBe('delivered');
  expect(sent).toEqual(['n1', 'n1']);
});

test('an outbox that cannot be read is asked again a second later', async () => {
  const outbox = createFakeOutbox();
  let isBroken = true;
  const { courier, clock, complaints } = house(
    { ops: async () => 'yes' },
    {
      store: {
        ...outbox,
        claim: async (request) => {
          if (isBroken) throw new Error('locked');
          return outbox.claim(request);
        },
      },
    },
  );
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => complaints).toEqual(['the outbox could not be read; trying again']);
  isBroken = false;
  await expect.poll(() => clock.untilNext()).toBe(1000);
  clock.advance(1000);
  await expect.poll(() => outbox.row('n1').status).toBe('delivered');
});

test('stopping waits for the answer under way and takes nothing new', async () => {
  const gate = held();
  const { outbox, courier, clock } = house({ ops: gate.send });
  outbox.put(notice('n1'), 'ops', clock.now());
  outbox.put(notice('n2'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  const stopped = courier.stop();
  courier.wake();
  gate.release();
  await stopped;
  expect(outbox.row('n1').status).toBe('delivered');
  expect(outbox.row('n2')).toMatchObject({ status: 'pending', deliveries: [] });
  expect(gate.started).toEqual(['n1']);
});

test('stopping cuts what takes longer than 5 s; it is due at the next start', async () => {
  const gate = held();
  const { outbox, courier, clock } = house({ ops: gate.send });
  outbox.put(notice('n1'), 'ops', clock.now());
  courier.wake();
  await expect.poll(() => gate.started).toEqual(['n1']);
  const stopped = courier.stop();
  clock.advance(5000);
  await stopped;
  expect(gate.aborted).toEqual(['n1']);
  expect(outbox.row('n1')).toMatchObject({ status: 'pending', nextTryAt: clock.now(), leaseUntil: 0 });
  expect(outbox.row('n1').deliveries[0]?.answer).toBe('The monitor stopped before the answer came.');
});

test('a burst over many channels is sent 16 at a time and completely', async () => {
  let atOnce = 0;
  let most = 0;
  const send: Send = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    return 'yes';
  };
  const names = Array.from({ length: 40 }, (_, at) => `c${at}`);
  const { outbox, courier, clock } = house(Object.fromEntries(names.map((name) => [name, send])));
  for (const name of names) for (let n = 0; n < 5; n++) outbox.put(notice(`${name}-${n}`), name, clock.now());
  courier.wake();
  await expect.poll(() => outbox.rows.every(({ status }) => status === 'delivered')).toBe(true);
  expect(most).toBe(16);
});
