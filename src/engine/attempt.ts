import { nextTryAt } from '../core/backoff.ts';
import { withDeadline } from '../core/deadline.ts';
import { messageOf } from '../core/digest.ts';
import type { Delivery } from '../core/notice.ts';
import type { Channel, Clock, Log } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import type { ClaimedMessage, Settlement } from '../core/store.ts';

export interface AttemptDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** 0..1 */
  readonly random: () => number;
  /** Where links of a message about several incidents lead. */
  readonly publicUrl: string;
}

/** The hard end of a try, whatever its notifier does. */
const TRY_MS = 45_000;

/** The monitor stops while a try is under way; it is due again at the next start. */
export class StoppedError extends Error {
  constructor() {
    super('The monitor stopped before the answer came.');
    this.name = 'StoppedError';
  }
}

/** What became of a try. `isTelling`: it says something about the channel. */
export interface Attempt {
  readonly settlement: Settlement;
  readonly isTelling: boolean;
}

/** One try at sending a message: what the outbox should remember of it. Never rejects. */
export async function attempt(
  claimed: ClaimedMessage,
  channel: Channel | undefined,
  deps: AttemptDeps,
  signal: StopSignal,
): Promise<Attempt> {
  const { clock, log, publicUrl } = deps;
  const at = clock.now();
  const startedAt = clock.monotonic();
  const ended = (ok: boolean, answer: string): Delivery => {
    return { at, ms: Math.round(clock.monotonic() - startedAt), ok, answer };
  };
  if (channel === undefined) {
    return { settlement: { kind: 'failed', delivery: ended(false, goneAnswer(claimed.channel)) }, isTelling: false };
  }
  const expired = () => new DeliveryError(`No answer within ${TRY_MS / 1000} s.`, { retry: true });
  try {
    const message = messageOf(claimed.notices, { id: claimed.id, publicUrl });
    const deadline = { clock, ms: TRY_MS, signal, expired };
    const answer = await withDeadline(deadline, (inner) => channel.notifier.send(message, inner));
    return { settlement: { kind: 'delivered', delivery: ended(true, answer) }, isTelling: true };
  } catch (error) {
    if (error instanceof StoppedError) {
      const delivery = ended(false, error.message);
      return { settlement: { kind: 'retry', delivery, nextTryAt: clock.now() }, isTelling: false };
    }
    const failure = asFailure(error);
    if (failure !== error) log.error({ error, channel: claimed.channel }, 'a notifier failed unexpectedly');
    return { settlement: afterFailure(failure, ended(false, failure.message), claimed, deps), isTelling: true };
  }
}

function afterFailure(
  { retry, retryAfterMs }: DeliveryError,
  delivery: Delivery,
  { tries, firstTriedAt }: ClaimedMessage,
  { clock, random }: AttemptDeps,
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

/** Anything but a DeliveryError is our own fault: it says nothing about the receiver, so the notice is tried again. */
function asFailure(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  return new DeliveryError('The monitor failed while sending; its log says why.', { retry: true, cause: error });
}
