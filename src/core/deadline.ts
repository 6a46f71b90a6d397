import type { Clock } from './ports.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the wait early; its reason becomes the rejection. null: nothing but time ends it. */
  readonly signal: AbortSignal | null;
  /** The rejection when time is up. */
  readonly expired: () => Error;
}

/**
 * Runs `work` with a signal that aborts when time is up or the outer signal does, and settles then at the latest,
 * also when `work` does not listen to its signal.
 */
export async function withDeadline<T>(
  { clock, ms, signal, expired }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  const cancel = clock.after(ms, () => controller.abort(expired()));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    return await Promise.race([aborted(controller.signal), work(controller.signal)]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
