import type { Clock } from './ports.ts';
import { type StopSignal, stopUnder } from './stop.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the wait early; its reason becomes the rejection. null: nothing but time ends it. */
  readonly signal: StopSignal | null;
  /** The rejection when time is up. */
  readonly expired: () => Error;
}

/**
 * Runs `work` with a signal that aborts when time is up or the outer signal does, and settles then at the latest,
 * also when `work` does not listen to its signal.
 */
export async function withDeadline<T>(
  { clock, ms, signal, expired }: Deadline,
  work: (signal: StopSignal) => Promise<T>,
): Promise<T> {
  const stop = stopUnder(signal);
  const cancel = clock.after(ms, () => stop.abort(expired()));
  try {
    return await Promise.race([aborted(stop.signal), work(stop.signal)]);
  } finally {
    cancel();
    stop.release();
  }
}

function aborted(signal: StopSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
