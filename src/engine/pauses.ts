import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { reset } from '../core/state.ts';
import type { Pause, Store } from '../core/store.ts';
import type { Alarms } from './alarms.ts';
import { createAlarms } from './alarms.ts';
import type { Bus } from './bus.ts';
import type { Member, Roster } from './roster.ts';
import type { Scheduler } from './scheduler.ts';
import { isInPause } from './spans.ts';

/** Pauses by hand and by the file. A pause with an end resumes by itself. */
export interface Pauses {
  /** Puts on a server the pause it has, its entry's `paused: true` or one by hand; ends one that is over. */
  apply(server: Server): Promise<void>;
  /** Rejects with InvalidEntryError where `until` is past. */
  pause(id: string, until: number | null): Promise<boolean>;
  /** Rejects with ConflictError where the entry says `paused: true`. */
  resume(id: string): Promise<boolean>;
  /** The server is not watched any more; `forGood`: and its pause by hand is gone from the store. */
  forget(id: string, forGood: boolean): void;
  stop(): void;
}

interface PausesOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
}

interface Parts extends PausesOptions {
  readonly byHand: Map<string, Pause>;
  readonly alarms: Alarms;
}

export async function createPauses(options: PausesOptions): Promise<Pauses> {
  const { store, roster, clock, log } = options;
  const byHand = new Map((await store.pauses()).map((pause) => [pause.serverId, pause]));
  const alarms = createAlarms({ clock, log });
  const parts: Parts = { ...options, byHand, alarms };
  return {
    apply: async (server) => {
      const member = roster.get(server.id);
      if (member !== null) await apply(parts, member);
    },
    pause: async (id, until) => {
      const member = roster.get(id);
      if (member === null) return false;
      const now = clock.now();
      if (until !== null && until <= now)
        throw new InvalidEntryError([{ path: 'until', message: 'It is over. Give a time to come.' }]);
      const pause: Pause = { serverId: id, at: byHand.get(id)?.at ?? now, until };
      await store.setPause(pause);
      byHand.set(id, pause);
      if (!member.server.paused) await put(parts, member, pause);
      return true;
    },
    resume: async (id) => {
      refuseOwnPause(roster.get(id)?.server);
      return end(parts, id);
    },
    forget: (id, forGood) => {
      alarms.clear(id);
      if (forGood) byHand.delete(id);
    },
    stop: alarms.stop,
  };
}

async function apply(parts: Parts, member: Member): Promise<void> {
  const { byHand, store, clock } = parts;
  const { server } = member;
  const pause = pauseOf(server, byHand.get(server.id), clock.now());
  if (pause !== null) return put(parts, member, { ...pause, at: pausedSince(member) ?? pause.at });
  if (byHand.delete(server.id)) await store.clearPause(server.id);
  // The pause may have been taken off, or have run out, while the monitor did not run.
  if (member.pause !== null || isInPause(member.spans)) await wake(parts, member);
}

async function put(parts: Parts, { server: { id } }: Member, pause: Pause): Promise<void> {
  const { store, roster, scheduler, alarms, clock, bus } = parts;
  roster.setPause(id, pause);
  scheduler.unplan(id);
  if (pause.until === null) alarms.clear(id);
  else alarms.set(id, pause.until, () => end(parts, id));
  bus.emit({ kind: 'server', id, stateChanged: true });
  await store.recordState(id, 'paused', clock.now());
}

/** Ends the pause by hand; one that the entry asks for stays. */
async function end(parts: Parts, id: string): Promise<boolean> {
  const { store, roster, scheduler, byHand, bus } = parts;
  const member = roster.get(id);
  if (member === null) return false;
  if (byHand.has(id)) await store.clearPause(id);
  byHand.delete(id);
  if (member.pause === null || member.server.paused) return true;
  await wake(parts, member);
  const awake = roster.get(id);
  if (awake !== null) scheduler.plan([awake]);
  bus.emit({ kind: 'server', id, stateChanged: true });
  return true;
}

/** What was known before the pause says nothing of now. */
async function wake({ store, roster, alarms, clock }: Parts, { server: { id }, status }: Member): Promise<void> {
  const forgotten = reset(status, clock.now());
  await store.saveStatus(forgotten);
  alarms.clear(id);
  roster.setPause(id, null);
  roster.setStatus(id, forgotten);
}

/** The pause that holds: the entry's own before one by hand. */
function pauseOf(server: Server, byHand: Pause | undefined, now: number): Pause | null {
  if (server.paused) return { serverId: server.id, at: now, until: null };
  return byHand !== undefined && (byHand.until === null || byHand.until > now) ? byHand : null;
}

function pausedSince({ pause, spans }: Member): number | undefined {
  return pause?.at ?? (isInPause(spans) ? spans.at(-1)?.from : undefined);
}

function refuseOwnPause(server: Server | undefined): void {
  if (server?.paused !== true) return;
  const { source } = server;
  const where = source.kind === 'config' ? `in ${source.file}:${source.line}` : 'in its entry';
  throw new ConflictError(`“${server.id}” says \`paused: true\` ${where}. Take it out there.`);
}
