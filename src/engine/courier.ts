import { setMaxListeners } from 'node:events';
import type { ChannelHealth } from '../core/channel-health.ts';
import { afterTry } from '../core/channel-health.ts';
import { givenUpBefore } from '../core/pace.ts';
import type { Channel } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import type { ClaimedMessage, Settlement, Store } from '../core/store.ts';
import type { AttemptDeps } from './attempt.ts';
import { attempt, StoppedError } from './attempt.ts';
import type { ChannelHealths } from './channel-healths.ts';

/** A try that is over and on disk. */
export interface Settled {
  readonly claimed: ClaimedMessage;
  readonly settlement: Settlement;
  /** How the channel fared before, and since. */
  readonly before: ChannelHealth;
  readonly health: ChannelHealth;
  /** Notices that were given up. */
  readonly givenUp: number;
}

export interface CourierDeps extends AttemptDeps {
  readonly store: Pick<Store, 'due' | 'claim' | 'settle'>;
  readonly healths: ChannelHealths;
  /** The channels as they are configured at that moment. */
  readonly channels: () => ReadonlyMap<string, Channel>;
  /** Called after a settlement is on disk. Must not throw. */
  readonly onSettled: (settled: Settled) => void;
}

export interface Courier {
  /** Looks for due notices now. The first call starts the courier. */
  wake(): void;
  /** Takes nothing new and resolves when every try under way is settled; those that take longer than 5 s are cut and stay due. */
  stop(): Promise<void>;
}

/** Longer than any try may take, so that a lease never runs out under a try. */
const LEASE_MS = 60_000;
/** Tries at once; one per channel, so that no channel waits for another and order is kept. */
const MAX_TRIES = 48;
/** Of these, tries on channels that failed last time: receivers that hang do not take the others' places. */
const MAX_DOUBTFUL = 16;
/** Between looks: at least this, lest a due notice that cannot be claimed spins the loop; at most that, whatever the clock does. */
const REST_MS = { min: 1000, max: 60_000 } as const;
const GRACE_MS = 5000;

/**
 * Takes due notices from the outbox, sends each message through its channel and settles it after the receiver's answer:
 * a crash in between repeats a message and never loses one.
 */
export function createCourier(deps: CourierDeps): Courier {
  const { clock, log } = deps;
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
        restMs = await sendDue(deps, underWay, start);
      } catch (error) {
        restMs = REST_MS.min;
        log.error({ error }, 'the outbox could not be read; trying again');
      }
    }
    if (!isStopped) cancelRest = clock.after(restMs, wake);
    isLooking = false;
  }

  async function start(channel: string, kind: 'repeat' | 'fresh'): Promise<boolean> {
    const isGrouped = deps.healths.isForPeople(channel);
    const request = { now: clock.now(), leaseMs: LEASE_MS, channel, kind, isGrouped };
    const claimed = isStopped ? null : await deps.store.claim(request);
    if (claimed === null) return false;
    const done = deliver(claimed, deps, ending.signal).finally(() => {
      underWay.delete(channel);
      wake();
    });
    underWay.set(channel, done);
    return true;
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

/** Resolves with the time until there is something to send; a try that ends looks again by itself. */
async function sendDue(
  { store, clock, healths }: CourierDeps,
  underWay: ReadonlyMap<string, unknown>,
  start: (channel: string, kind: 'repeat' | 'fresh') => Promise<boolean>,
): Promise<number> {
  const now = clock.now();
  const due = await store.due({ now, busy: [...underWay.keys()] });
  const nexts = [...due].flatMap(([channel, times]) => {
    const next = healths.nextOf(channel, times);
    return next === null ? [] : [{ channel, ...next }];
  });
  let restMs: number = REST_MS.max;
  // What has waited longest first: where there are more channels than places, each has its turn.
  for (const { channel, kind, at } of nexts.sort((a, b) => a.at - b.at)) {
    if (at > now) restMs = Math.min(restMs, at - now);
    else if (hasPlace(channel, underWay, healths) && !(await start(channel, kind))) restMs = REST_MS.min;
  }
  return Math.max(REST_MS.min, restMs);
}

function hasPlace(channel: string, underWay: ReadonlyMap<string, unknown>, healths: ChannelHealths): boolean {
  if (underWay.size >= MAX_TRIES) return false;
  const isDoubtful = (one: string): boolean => healths.of(one).failures > 0;
  return !isDoubtful(channel) || [...underWay.keys()].filter(isDoubtful).length < MAX_DOUBTFUL;
}

/** Never rejects: what cannot be settled keeps its lease and comes back when that runs out. */
async function deliver(claimed: ClaimedMessage, deps: CourierDeps, signal: StopSignal): Promise<void> {
  const { store, healths, channels, clock, log, onSettled } = deps;
  const { channel, id, notices, tries } = claimed;
  const { settlement, isTelling } = await attempt(claimed, channels().get(channel), deps, signal);
  const { at, ok, answer } = settlement.delivery;
  const fresh = tries === 0 ? { at, notices: notices.length } : null;
  const now = clock.now();
  const before = healths.of(channel);
  const health = isTelling ? afterTry(before, { at, now, ok, answer, fresh }) : before;
  const standing = { health, giveUpBefore: ok ? null : givenUpBefore(health, now) };
  try {
    const givenUp = await store.settle(claimed, settlement, ...(isTelling ? [standing] : []));
    healths.set(channel, health);
    onSettled({ claimed, settlement, before, health, givenUp });
  } catch (error) {
    log.error({ error, message: id, channel }, 'a delivery could not be recorded; it will be repeated');
  }
}
