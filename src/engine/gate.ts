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
  let running = 0;
  let queue: Waiter[] = [];

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

  const admitNext = (): void => {
    const next = queue.find(({ origin }) => fits(origin));
    if (next === undefined) return;
    queue = queue.filter((waiter) => waiter !== next);
    next.admit();
  };

  return {
    enter: (origin, signal) => {
      if (fits(origin)) return Promise.resolve(take(origin));
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          queue = queue.filter((waiter) => waiter !== waiting);
          reject(signal.reason);
        };
        const waiting: Waiter = {
          origin,
          admit: () => {
            signal.removeEventListener('abort', leave);
            resolve(take(origin));
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(waiting);
      });
    },
    get running() {
      return running;
    },
    get waiting() {
      return queue.length;
    },
  };
}
