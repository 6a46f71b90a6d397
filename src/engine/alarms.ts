import type { Clock, Log } from '../core/ports.ts';

/** Work to be done when the wall clock shows a time, one piece for each id. */
export interface Alarms {
  /** In place of what was set before. Work that rejects is tried again. */
  set(id: string, at: number, work: () => Promise<unknown>): void;
  clear(id: string): void;
  stop(): void;
}

/** The wall clock may be set while we wait, and Node's timers hold no more than 24 days. */
const LONGEST_LOOK_MS = 60_000;
const TRY_AGAIN_MS = 10_000;

export function createAlarms({ clock, log }: { readonly clock: Clock; readonly log: Log }): Alarms {
  const cancels = new Map<string, () => void>();

  const clear = (id: string): void => {
    cancels.get(id)?.();
    cancels.delete(id);
  };

  const set: Alarms['set'] = (id, at, work) => {
    const ring = (): void => {
      cancels.delete(id);
      work().catch((error: unknown) => {
        log.error({ server: id, error }, 'what was due could not be done; trying again');
        if (!cancels.has(id)) set(id, clock.now() + TRY_AGAIN_MS, work);
      });
    };
    const look = (): void => {
      if (at <= clock.now()) ring();
      else wait();
    };
    const wait = (): void => {
      cancels.set(id, clock.after(Math.max(0, Math.min(at - clock.now(), LONGEST_LOOK_MS)), look));
    };
    clear(id);
    wait();
  };

  return {
    set,
    clear,
    stop: () => {
      for (const id of [...cancels.keys()]) clear(id);
    },
  };
}
