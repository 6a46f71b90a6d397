import { ConflictError } from '../core/monitor.ts';
import type { Clock, Pause, Store } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { reset } from '../core/state.ts';
import type { Bus } from './bus.ts';
import type { Roster } from './roster.ts';
import type { Scheduler } from './scheduler.ts';

/** Pauses by hand and by the file. A pause with an end resumes by itself. */
export interface Pauses {
  /** Puts on a server the pause it has: its entry's `paused: true`, or one by hand that is still on. */
  apply(server: Server): void;
  pause(id: string, until: number | null): Promise<boolean>;
  /** Rejects with ConflictError where the file says `paused: true`. */
  resume(id: string): Promise<boolean>;
  forget(id: string): void;
  stop(): void;
}

interface PausesOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly bus: Bus;
}

export async function createPauses({ store, roster, scheduler, clock, bus }: PausesOptions): Promise<Pauses> {
  const byHand = new Map((await store.pauses()).map((pause) => [pause.serverId, pause]));
  const timers = new Map<string, () => void>();

  const forget = (id: string): void => {
    timers.get(id)?.();
    timers.delete(id);
  };

  const put = (id: string, pause: Pause): void => {
    forget(id);
    roster.setPause(id, pause);
    scheduler.unplan(id);
    if (pause.until !== null)
      timers.set(
        id,
        clock.after(pause.until - clock.now(), () => void lift(id)),
      );
    bus.emit({ kind: 'server', id, stateChanged: true });
  };

  const lift = async (id: string): Promise<boolean> => {
    const member = roster.get(id);
    if (member === null) return false;
    forget(id);
    byHand.delete(id);
    await store.clearPause(id);
    const status = reset(member.status, clock.now());
    await store.saveStatus(status);
    roster.setPause(id, null);
    roster.setStatus(id, status);
    const resumed = roster.get(id);
    if (resumed !== null) scheduler.plan([resumed]);
    bus.emit({ kind: 'server', id, stateChanged: true });
    return true;
  };

  return {
    apply: (server) => {
      const now = clock.now();
      const kept = byHand.get(server.id);
      if (server.paused) put(server.id, { serverId: server.id, at: now, until: null });
      else if (kept !== undefined && (kept.until === null || kept.until > now)) put(server.id, kept);
      else roster.setPause(server.id, null);
    },
    pause: async (id, until) => {
      if (roster.get(id) === null) return false;
      const pause: Pause = { serverId: id, at: clock.now(), until };
      await store.setPause(pause);
      await store.recordState(id, 'paused', pause.at);
      byHand.set(id, pause);
      put(id, pause);
      return true;
    },
    resume: async (id) => {
      refuseFilePause(roster.get(id)?.server);
      return lift(id);
    },
    forget,
    stop: () => {
      for (const cancel of timers.values()) cancel();
    },
  };
}

function refuseFilePause(server: Server | undefined): void {
  if (server?.paused !== true) return;
  const where = server.source.kind === 'config' ? ` in ${server.source.file}:${server.source.line}` : '';
  throw new ConflictError(`“${server.id}” says \`paused: true\`${where}. Take it out there.`);
}
