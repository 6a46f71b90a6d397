import type { Clock, Log } from '../core/ports.ts';
import type { ProbeRecord, Store } from '../core/store.ts';
import { MANY } from './history.ts';

interface LastsOptions {
  readonly store: Pick<Store, 'latestProbes'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (serverId: string, last: ProbeRecord) => void;
}

/** Reads what each server's last probe saw, some at a time, so that a start does not wait for it. Never rejects. */
export interface Lasts {
  read(ids: readonly string[]): Promise<void>;
  stop(): void;
}

export function createLasts({ store, clock, log, take }: LastsOptions): Lasts {
  let isStopped = false;
  return {
    async read(ids) {
      for (let at = 0; at < ids.length && !isStopped; at += MANY) {
        try {
          for (const [id, last] of await store.latestProbes(ids.slice(at, at + MANY))) take(id, last);
        } catch (error) {
          log.warn({ error }, 'what was probed last could not be read; it is seen anew');
          return;
        }
        await new Promise<void>((resume) => clock.after(1, resume));
      }
    },
    stop() {
      isStopped = true;
    },
  };
}
