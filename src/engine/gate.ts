import type { Clock } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';

/**
 * Limits how many probes run at once, in all and per origin. Who must wait is served in order of arrival. Origins whose
 * last probe took its time share half of the places: a hundred servers that hang cannot keep the others from being probed.
 */
export interface Gate {
  /** Resolves with the function that frees the place; rejects when `signal` aborts first. */
  enter(origin: string, signal: StopSignal): Promise<() => void>;
  readonly running: number;
  readonly waiting: number;
}

interface Waiter {
  readonly origin: string;
  readonly admit: () => void;
}

export interface GateLimits {
  readonly total: number;
  readonly perOrigin: number;
  /** Of single origins, in place of `perOrigin`. */
  readonly ofOrigin?: Readonly<Record<string, number>>;
}

/** A probe that takes longer waits for something; one that works is done before. */
const SLOW_MS = 1000;

export function createGate(limits: GateLimits, clock: Pick<Clock, 'monotonic'>): Gate {
  const places = createPlaces(limits, clock);
  const queue = new Set<Waiter>();

  const take = (origin: string): (() => void) => {
    const free = places.take(origin);
    let isFreed = false;
    return () => {
      if (isFreed) return;
      isFreed = true;
      free();
      admitNext();
    };
  };

  /** One place was freed, so one may come in: others who wait do so for places that are still taken. */
  const admitNext = (): void => {
    for (const waiter of queue) {
      if (!places.fits(waiter.origin)) continue;
      queue.delete(waiter);
      waiter.admit();
      return;
    }
  };

  const wait = (origin: string, signal: StopSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        origin,
        admit: () => {
          signal.removeEventListener('abort', leave);
          resolve(take(origin));
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.add(waiter);
    });

  return {
    enter: async (origin, signal) => {
      if (signal.aborted) throw signal.reason;
      return places.fits(origin) ? take(origin) : wait(origin, signal);
    },
    get running() {
      return places.taken();
    },
    get waiting() {
      return queue.size;
    },
  };
}

interface Places {
  fits(origin: string): boolean;
  /** The returned function frees the place. */
  take(origin: string): () => void;
  taken(): number;
}

function createPlaces({ total, perOrigin, ofOrigin = {} }: GateLimits, clock: Pick<Clock, 'monotonic'>): Places {
  const inside = new Map<string, number>();
  const slow = new Set<string>();
  const slowTotal = Math.ceil(total / 2);
  let [taken, slowTaken] = [0, 0];
  return {
    fits: (origin) =>
      taken < total &&
      (inside.get(origin) ?? 0) < (ofOrigin[origin] ?? perOrigin) &&
      (slowTaken < slowTotal || !slow.has(origin)),
    take(origin) {
      const from = clock.monotonic();
      const wasSlow = slow.has(origin);
      taken += 1;
      if (wasSlow) slowTaken += 1;
      inside.set(origin, (inside.get(origin) ?? 0) + 1);
      return () => {
        taken -= 1;
        if (wasSlow) slowTaken -= 1;
        const left = (inside.get(origin) ?? 1) - 1;
        if (left === 0) inside.delete(origin);
        else inside.set(origin, left);
        if (clock.monotonic() - from > SLOW_MS) slow.add(origin);
        else slow.delete(origin);
      };
    },
    taken: () => taken,
  };
}
