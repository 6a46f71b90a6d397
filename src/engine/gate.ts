/** Limits how many probes run at once, in all and per origin. Who must wait is served in order of arrival. */
export interface Gate {
  /** Resolves with the function that frees the place; rejects when `signal` aborts first. */
  enter(origin: string, signal: AbortSignal): Promise<() => void>;
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

export function createGate({ total, perOrigin, ofOrigin = {} }: GateLimits): Gate {
  const inside = new Map<string, number>();
  const queue = new Set<Waiter>();
  let running = 0;

  const fits = (origin: string): boolean =>
    running < total && (inside.get(origin) ?? 0) < (ofOrigin[origin] ?? perOrigin);

  const take = (origin: string): (() => void) => {
    running += 1;
    inside.set(origin, (inside.get(origin) ?? 0) + 1);
    let isFreed = false;
    return () => {
      if (isFreed) return;
      isFreed = true;
      running -= 1;
      const left = (inside.get(origin) ?? 1) - 1;
      if (left === 0) inside.delete(origin);
      else inside.set(origin, left);
      admitNext();
    };
  };

  /** One place was freed, so one may come in: others who wait do so for places that are still taken. */
  const admitNext = (): void => {
    for (const waiter of queue) {
      if (!fits(waiter.origin)) continue;
      queue.delete(waiter);
      waiter.admit();
      return;
    }
  };

  const wait = (origin: string, signal: AbortSignal): Promise<() => void> =>
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
      signal.throwIfAborted();
      return fits(origin) ? take(origin) : wait(origin, signal);
    },
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}
