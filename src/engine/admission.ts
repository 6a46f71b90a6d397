import type { CheckedServer } from '../core/entries.ts';
import type { Clock, Store } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { reset } from '../core/state.ts';
import type { Bus } from './bus.ts';
import type { Pauses } from './pauses.ts';
import type { Member, Roster } from './roster.ts';
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
  admit(servers: readonly CheckedServer[]): Promise<readonly Member[]>;
  dismiss(id: string): void;
}

export function createAdmission({ store, roster, scheduler, pauses, clock, bus }: AdmissionOptions): Admission {
  /** After an edit the confirmed standing says nothing any more. */
  const forgetStanding = async ({ status }: Member): Promise<void> => {
    const forgotten = reset(status, clock.now());
    await store.saveStatus(forgotten);
    roster.setStatus(forgotten.serverId, forgotten);
  };

  /** Resolves with the id when the server must be planned anew. */
  const admitOne = async ({ server, masked }: CheckedServer, n: number): Promise<readonly string[]> => {
    const before = roster.get(server.id);
    const member = await roster.put(server, masked, n);
    if (before !== null && isSame(before.server, server)) return [];
    if (before !== null) await forgetStanding(member);
    pauses.apply(server);
    return [server.id];
  };

  return {
    admit: async (servers) => {
      const numbers = await store.numbers(servers.map(({ server }) => server.id));
      const fresh = await Promise.all(servers.map((checked) => admitOne(checked, numbers.get(checked.server.id) ?? 0)));
      scheduler.plan(fresh.flat().flatMap((id) => roster.get(id) ?? []));
      for (const id of fresh.flat()) bus.emit({ kind: 'server', id, stateChanged: true });
      return servers.flatMap(({ server }) => roster.get(server.id) ?? []);
    },
    dismiss: (id) => {
      scheduler.unplan(id);
      pauses.forget(id);
      roster.remove(id);
      bus.emit({ kind: 'server', id, stateChanged: true });
    },
  };
}

/** Where a server stands in the file does not change what is watched. */
function isSame(a: Server, b: Server): boolean {
  return JSON.stringify({ ...a, source: a.source.kind }) === JSON.stringify({ ...b, source: b.source.kind });
}
