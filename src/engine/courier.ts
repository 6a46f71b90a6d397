import { setMaxListeners } from 'node:events';
import { nextTryAt } from '../core/backoff.ts';
import { withDeadline } from '../core/deadline.ts';
import type { Delivery } from '../core/notice.ts';
import type { Channel, Clock, Log } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import type { ClaimedNotice, Settlement, Store } from '../core/store.ts';

export interface CourierDeps {
  readonly store: Pick<Store, 'claim' | 'settle' | 'nextDueAt'>;
  /** The channels as they are configured at that moment. */
  readonly channels: () => ReadonlyMap<string, Channel>;
  readonly clock: Clock;
  readonly log: Log;
  /** 0..1 */
  readonly random: () => number;
  /** Called after a settlement is on disk. Must not throw. */
  readonly onSettled: (claimed: ClaimedNotice, settlement: Settlement) => void;
}

export interface Courier {
  /** Looks for due notices now. The first call starts the courier. */
  wake(): void;
  /** Takes nothing new and resolves when every try under way is settled; those that take longer than 5 s are cut and stay due. */
  stop(): Promise<void>;
}

/** Longer than any try may take, so that a lease never runs out under a try. */
const LEASE_MS = 60_000;
/** The hard end of a try, whatever its notifier does. */
const TRY_MS = 45_000;
/** Tries at once, over all channels; one per channel, so that no channel waits for another and order is kept. */
const MAX_TRIES = 16;
/** Between looks: at least this, lest a due notice that cannot be claimed spins the loop; at most that, whatever the clock does. */
const REST_MS = { min: 1000, max: 60_000 } as const;
const GRACE_MS = 5000;

/**
 * Takes due notices from the outbox, sends each through its channel and settles it after the receiver's answer: a crash
 * in between repeats a notice and never loses one.
 */
export function createCourier(deps: CourierDeps): Courier {
  const { store, clock, log } = deps;
  const underWay = new Map<string, Promise<void>>();
  const ending = new AbortController();
  // Every try under way listens to it; Node warns of a leak at eleven.
  setMaxListeners(MAX_TRIES + 1, ending.signal);
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  let lookAgain = false;
  let isStopped = false;
  let cancelRest: () => void = () => undefined;

  function wake(): void {
    if (isStopped) return;
    lookAgain = true;
    if (!isLooking) looking = look();
  }

  async function look(): Promise<void> {
    isLooking = true;
    cancelRest();
    let restMs: number = REST_MS.min;
    while (lookAgain && !isStopped) {
      lookAgain = false;
      try {
        await takeDue();
        restMs = await untilDue(deps, [...underWay.keys()]);
      } catch (error) {
        restMs = REST_MS.min;
        log.error({ error }, 'the outbox could not be read; trying again');
      }
    }
    if (!isStopped) cancelRest = clock.after(restMs, wake);
    isLooking = false;
  }

  /** One claim at a time: a lease starts when its try does. */
  async function takeDue(): Promise<void> {
    while (!isStopped && underWay.size < MAX_TRIES) {
      const request = { now: clock.now(), leaseMs: LEASE_MS, limit: 1, busy: [...underWay.keys()] };
      const [claimed] = await store.claim(request);
      if (claimed === undefined) return;
      const done = deliver(claimed, deps, ending.signal).finally(() => {
        underWay.delete(claimed.channel);
        wake();
      });
      underWay.set(claimed.channel, done);
    }
  }

  async function stop(): Promise<void> {
    isStopped = true;
    cancelRest();
    const cancelGrace = clock.after(GRACE_MS, () => ending.abort(new StoppedError()));
    await looking;
    await Promise.all(underWay.values());
    cancelGrace();
  }

  return { wake, stop };
}

async function untilDue({ store, clock }: CourierDeps, busy: readonly string[]): Promise<number> {
  const dueAt = await store.nextDueAt(busy);
  if (dueAt === null) return REST_MS.max;
  return Math.min(REST_MS.max, Math.max(REST_MS.min, dueAt - clock.now()));
}

/** Never rejects: what cannot be settled keeps its lease and comes back when that runs out. */
async function deliver(claimed: ClaimedNotice, deps: CourierDeps, signal: AbortSignal): Promise<void> {
  const settlement = await attempt(claimed, deps, signal);
  const { notice, channel } = claimed;
  try {
    await deps.store.settle(notice.id, settlement);
  } catch (error) {
    deps.log.error({ error, notice: notice.id, channel }, 'a delivery could not be recorded; it will be repeated');
    return;
  }
  deps.onSettled(claimed, settlement);
}

/** One try, from the channel's notifier to what the outbox should remember of it. */
async function attempt(claimed: ClaimedNotice, deps: CourierDeps, signal: AbortSignal): Promise<Settlement> {
  const { clock } = deps;
  const at = clock.now();
  const startedAt = clock.monotonic();
  const ended = (ok: boolean, answer: string): Delivery => {
    return { at, ms: Math.round(clock.monotonic() - startedAt), ok, answer };
  };
  const notifier = deps.channels().get(claimed.channel)?.notifier;
  if (!notifier) return { kind: 'failed', delivery: ended(false, goneAnswer(claimed.channel)) };
  const expired = () => new DeliveryError(`No answer within ${TRY_MS / 1000} s.`, { retry: true });
  try {
    const deadline = { clock, ms: TRY_MS, signal, expired };
    const answer = await withDeadline(deadline, (inner) => notifier.send(claimed.notice, inner));
    return { kind: 'delivered', delivery: ended(true, answer) };
  } catch (error) {
    if (error instanceof StoppedError) {
      return { kind: 'retry', delivery: ended(false, error.message), nextTryAt: clock.now() };
    }
    const failure = asFailure(error);
    if (failure !== error) deps.log.error({ error, channel: claimed.channel }, 'a notifier failed unexpectedly');
    return afterFailure(failure, ended(false, failure.message), claimed, deps);
  }
}

function afterFailure(
  { retry, retryAfterMs }: DeliveryError,
  delivery: Delivery,
  { tries, firstTriedAt }: ClaimedNotice,
  { clock, random }: CourierDeps,
): Settlement {
  if (!retry) return { kind: 'failed', delivery };
  const nextAt = nextTryAt({
    tries: tries + 1,
    firstTriedAt: firstTriedAt ?? delivery.at,
    now: clock.now(),
    retryAfterMs,
    jitter: random(),
  });
  return nextAt === null ? { kind: 'failed', delivery } : { kind: 'retry', delivery, nextTryAt: nextAt };
}

function goneAnswer(channel: string): string {
  return `There is no channel “${channel}” any more. Add it again and resend.`;
}

/** The monitor stops while a try is under way; it is due again at the next start. */
class StoppedError extends Error {
  constructor() {
    super('The monitor stopped before the answer came.');
    this.name = 'StoppedError';
  }
}

/** Anything but a DeliveryError is our own fault: it says nothing about the receiver, so the notice is tried again. */
function asFailure(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  return new DeliveryError('The monitor failed while sending; its log says why.', { retry: true, cause: error });
}
