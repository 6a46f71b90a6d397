import type { PlannedWindow } from '../core/maintenance.ts';
import { isCovered, maintenanceUntil, nextChange, openUntil } from '../core/maintenance.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import { createTurns } from './in-turn.ts';
import type { Roster } from './roster.ts';

/** Which servers are in maintenance. It begins and ends by itself. */
export interface Coverage {
  /** Until when a server is in maintenance; null: it is in none. */
  until(serverId: string): number | null;
  /** Windows or servers are others now, or known for the first time. Resolves once what follows is stored, or could not be. */
  refresh(): Promise<void>;
  stop(): void;
}

interface CoverageOptions {
  readonly store: Pick<Store, 'maintenance' | 'planMaintenance' | 'holdNotices'>;
  readonly roster: Pick<Roster, 'all' | 'get'>;
  readonly windows: () => readonly PlannedWindow[];
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
  /** Called when notices that were held are due. */
  readonly wake: () => void;
}

/** The wall clock may be set while we wait. */
const LONGEST_LOOK_MS = 60_000;

type Ends = ReadonlyMap<string, number>;

export async function createCoverage(options: CoverageOptions): Promise<Coverage> {
  const { store, roster, windows, clock, bus, log, wake } = options;
  const startedAt = clock.now();
  const planned = await store.maintenance(null, startedAt, startedAt + 1);
  /** What the store has, which may differ from what holds until it could be written. */
  let stored: Ends = new Map(planned.map(({ serverId, to }) => [serverId, to]));
  let ends: Ends = new Map();
  /** null: servers and windows are not known yet, and nothing follows from what they seem to be. */
  let looked: { readonly at: number; readonly next: number } | null = null;
  let cancel = (): void => undefined;
  let isStopped = false;
  const inTurn = createTurns();

  /** `isOther`: what is known from before does not hold. */
  const look = (isOther: boolean): Promise<void> => {
    cancel();
    const now = clock.now();
    const all = windows();
    const before = ends;
    ends = endsAt(now, { all, servers: roster.all().map(({ server }) => server), known: isOther ? new Map() : before });
    const changes = all.flatMap((window) => nextChange(window, now, LONGEST_LOOK_MS) ?? []);
    const next = Math.min(now + LONGEST_LOOK_MS, ...changes);
    looked = { at: now, next };
    if (all.length > 0 && !isStopped) cancel = clock.after(next - now, () => void look(false));
    for (const id of changed(before, ends, now)) bus.emit({ kind: 'server', id, stateChanged: true });
    return inTurn(settle);
  };

  const settle = async (): Promise<void> => {
    const now = clock.now();
    const current = ends;
    const plan = difference(stored, current, now);
    if (plan.size === 0) return;
    try {
      await store.planMaintenance(plan, now);
      if (await store.holdNotices(current, now)) wake();
      stored = current;
    } catch (error) {
      log.error({ error, servers: plan.size }, 'a maintenance could not be recorded; trying again');
      if (!isStopped)
        cancel = replaced(
          cancel,
          clock.after(LONGEST_LOOK_MS, () => void look(false)),
        );
    }
  };

  return {
    until: (serverId) => {
      const now = clock.now();
      if (looked === null) return endOf(roster.get(serverId)?.server, windows(), now);
      if (now >= looked.next || now < looked.at) void look(now < looked.at);
      const until = ends.get(serverId) ?? now;
      return until > now ? until : null;
    },
    refresh: () => look(true),
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}

function endOf(server: Watched | undefined, all: readonly PlannedWindow[], now: number): number | null {
  if (server === undefined) return null;
  return maintenanceUntil(
    all.filter(({ window }) => isCovered(window, server)),
    now,
  );
}

function replaced(former: () => void, next: () => void): () => void {
  former();
  return next;
}

type Watched = Pick<Server, 'id' | 'tags'>;

interface Situation {
  readonly all: readonly PlannedWindow[];
  readonly servers: readonly Watched[];
  readonly known: Ends;
}

/** The end of each maintenance under way. Servers under the same windows are asked about once. */
function endsAt(now: number, { all, servers, known }: Situation): Ends {
  if (all.every((window) => openUntil(window, now) === null)) return new Map();
  const asked = new Map<string, number | null>();
  const endFor = (server: Watched): number | null => {
    const before = known.get(server.id);
    if (before !== undefined && before > now) return before;
    const covering = all.filter(({ window }) => isCovered(window, server));
    const key = covering.map(({ window }) => window.id).join(' ');
    const end = asked.get(key) ?? maintenanceUntil(covering, now);
    asked.set(key, end);
    return end;
  };
  return new Map(
    servers.flatMap((server) => {
      const end = endFor(server);
      return end === null ? [] : [[server.id, end] as const];
    }),
  );
}

/** Servers whose maintenance began or ended. */
function changed(before: Ends, after: Ends, now: number): readonly string[] {
  const ended = [...before.keys()].filter((id) => !after.has(id));
  return [...ended, ...[...after.keys()].filter((id) => (before.get(id) ?? now) <= now)];
}

/** What is to be planned anew; a maintenance that is over as it was planned is not. */
function difference(stored: Ends, current: Ends, now: number): Ends {
  const shortened = [...stored].filter(([id, end]) => end > now && !current.has(id)).map(([id]) => [id, now] as const);
  return new Map([...shortened, ...[...current].filter(([id, end]) => stored.get(id) !== end)]);
}
