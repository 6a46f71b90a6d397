import type { CheckedWindow, EntryRules } from '../core/entries.ts';
import type { Calendar, Clock, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import { createCoverage } from './coverage.ts';
import type { createTurns } from './in-turn.ts';
import type { Roster } from './roster.ts';
import type { WindowList } from './window-list.ts';
import { createWindowList } from './window-list.ts';

/** Maintenance windows and what follows from them. */
export interface Maintenance extends Pick<WindowList, 'all' | 'add' | 'change' | 'remove'> {
  /** Until when a server is in maintenance; null: it is in none. */
  until(serverId: string): number | null;
  /** Takes over the file's windows, for the servers that are then watched. Nothing follows before the first time. */
  applyFile(windows: readonly CheckedWindow[], watch: () => Promise<void>): Promise<void>;
  /** The servers are others now. Resolves once what follows is stored. */
  refresh(): Promise<void>;
  stop(): void;
}

interface MaintenanceOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly rules: EntryRules;
  readonly calendar: Calendar;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
  /** Called when notices that were held are due. */
  readonly wake: () => void;
}

export async function createMaintenance(options: MaintenanceOptions): Promise<Maintenance> {
  const { roster, bus, log } = options;
  const isWatched = (id: string): boolean => roster.get(id) !== null;
  const windows = await createWindowList({ ...options, isWatched });
  const coverage = await createCoverage({ ...options, windows: windows.planned });

  /** What was held by a window that is gone is due before anybody is told that it is gone. */
  const then = async <T>(changing: Promise<T>): Promise<T> => {
    const changed = await changing;
    await coverage.refresh();
    bus.emit({ kind: 'config' });
    return changed;
  };
  const warnOfUnknown = (): void => {
    for (const { window } of windows.planned())
      for (const server of window.servers.filter((id) => !isWatched(id)))
        log.warn({ window: window.id, server }, 'a maintenance window names a server that is not watched');
  };

  return {
    all: windows.all,
    until: coverage.until,
    applyFile: async (fromFile, watch) => {
      windows.applyFile(fromFile);
      await watch();
      warnOfUnknown();
      await coverage.refresh();
    },
    refresh: coverage.refresh,
    add: (entry) => then(windows.add(entry)),
    change: (id, patch) => then(windows.change(id, patch)),
    remove: (id) => then(windows.remove(id)),
    stop: coverage.stop,
  };
}
