import type { CheckedServer } from '../core/entries.ts';
import type { Clock } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { reset } from '../core/state.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import type { Pauses } from './pauses.ts';
import type { Roster } from './roster.ts';
import type { Scheduler } from './scheduler.ts';

export interface AdmissionOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly scheduler: Scheduler;
  readonly pauses: Pauses;
  readonly clock: Clock;
  readonly bus: Bus;
}

/** How a server comes to be watched, and how it ceases to be. */
export interface Admission {
  /** Puts servers on the roster; those that are new or changed are probed at once. */
  admit(servers: readonly CheckedServer[]): Promise<void>;
  /** Takes a server off; `forGood`: its history goes, too. */
  dismiss(id: string, forGood: boolean): void;
}

export function createAdmission({ store, roster, scheduler, pauses, clock, bus }: AdmissionOptions): Admission {
  /** After an edit the confirmed standing says nothing any more. A probe under way is stale from here on. */
  const forgetStanding = async (id: string): Promise<void> => {
    const member = roster.get(id);
    if (member === null) return;
    const forgotten = reset(member.status, clock.now());
    await store.saveStatus(forgotten);
    roster.setStatus(id, forgotten);
  };

  const isWatched = ({ server }: CheckedServer): boolean => {
    const before = roster.get(server.id);
    return before !== null && isSame(before.server, server);
  };

  return {
    admit: async (servers) => {
      const changed = servers.filter((checked) => !isWatched(checked));
      for (const { server, masked } of servers.filter(isWatched)) roster.rewrite(server, masked);
      const ids = changed.map(({ server }) => server.id);
      const numbers = await store.numbers(ids);
      for (const id of ids) await forgetStanding(id);
      await roster.put(
        changed.map(({ server, masked }) => ({ server, entry: masked, n: numbers.get(server.id) ?? 0 })),
      );
      const paused = await Promise.allSettled(changed.map(({ server }) => pauses.apply(server)));
      scheduler.plan(ids.flatMap((id) => roster.get(id) ?? []));
      for (const id of ids) bus.emit({ kind: 'server', id, stateChanged: true });
      for (const outcome of paused) if (outcome.status === 'rejected') throw outcome.reason;
    },
    dismiss: (id, forGood) => {
      scheduler.unplan(id);
      pauses.forget(id, forGood);
      roster.remove(id);
      bus.emit({ kind: 'server', id, stateChanged: true });
    },
  };
}

/** Where a server stands in the file does not change what is watched. */
function isSame(a: Server, b: Server): boolean {
  return JSON.stringify({ ...a, source: a.source.kind }) === JSON.stringify({ ...b, source: b.source.kind });
}
