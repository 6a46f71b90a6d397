import type { Clock } from '../core/ports.ts';
import { createQueue, type Queued } from './queue.ts';

/** Calls for items when they are due, on the monotonic clock. One timer serves all of them. */
export interface Agenda<T extends Queued> {
  /** Takes an item in, or over at its new time. Infinity: it is taken off. */
  put(item: T): void;
  remove(item: T): void;
  stop(): void;
}

/** Node's timers hold no more than 2^31 ms; a longer wait is cut and armed anew. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** `run` is called once the item is off the agenda; it may put it on again. */
export function createAgenda<T extends Queued>({
  clock,
  run,
}: {
  readonly clock: Clock;
  readonly run: (item: T) => void;
}): Agenda<T> {
  const queue = createQueue<T>();
  let timer: { readonly at: number; readonly cancel: () => void } | null = null;
  let isRunning = false;

  const wait = (): void => {
    const next = queue.first();
    if (isRunning || next === undefined || (timer !== null && timer.at <= next.dueAt)) return;
    timer?.cancel();
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, next.dueAt - clock.monotonic()));
    timer = { at: next.dueAt, cancel: clock.after(waitMs, runDue) };
  };

  const runDue = (): void => {
    timer = null;
    isRunning = true;
    const now = clock.monotonic();
    try {
      for (let item = queue.first(); item !== undefined && item.dueAt <= now; item = queue.first()) {
        queue.remove(item);
        run(item);
      }
    } finally {
      // Whatever became of one item, the others are still due: all of them hang on this timer.
      isRunning = false;
      wait();
    }
  };

  return {
    put(item) {
      if (item.dueAt === Number.POSITIVE_INFINITY) queue.remove(item);
      else queue.put(item);
      wait();
    },
    remove: queue.remove,
    stop() {
      timer?.cancel();
    },
  };
}
