import type { Clock, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { fillSamples, type Samples } from './samples.ts';

/** Reads what the store knows of latency into memory, so that a start does not wait for it. Never rejects. */
export interface Filler {
  /** `samples` begins empty; what was before is read soon, or when it is asked for. */
  add(serverId: string, samples: Samples): void;
  /** Resolves when all of a server is read: nothing is judged before. */
  ready(serverId: string): Promise<void>;
  stop(): void;
}

/** Between two servers that are read on the way: each takes a millisecond or two, and probes come first. */
const PAUSE_MS = 3;

export function createFiller(options: { readonly store: Pick<Store, 'latency'>; clock: Clock; log: Log }): Filler {
  const { store, clock, log } = options;
  const waiting = new Map<string, (() => Promise<void>)[]>();
  let cancel: (() => void) | null = null;
  let isStopped = false;

  const read = async (serverId: string, samples: Samples, now: number): Promise<void> => {
    const { step, keepMs } = samples;
    try {
      fillSamples(samples, await store.latency(serverId, step, now - keepMs, now + 1));
    } catch (error) {
      log.warn({ server: serverId, step, error }, 'latency could not be read; it is learnt anew');
    }
  };
  const ready = async (serverId: string): Promise<void> => {
    const jobs = waiting.get(serverId) ?? [];
    waiting.delete(serverId);
    for (const job of jobs) await job();
  };
  const goOn = (): void => {
    const [next] = waiting.keys();
    if (next === undefined || isStopped) {
      cancel = null;
      return;
    }
    cancel = clock.after(PAUSE_MS, () => void ready(next).then(goOn));
  };

  return {
    add(serverId, samples) {
      const now = clock.now();
      waiting.set(serverId, [...(waiting.get(serverId) ?? []), () => read(serverId, samples, now)]);
      if (cancel === null) goOn();
    },
    ready,
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}
