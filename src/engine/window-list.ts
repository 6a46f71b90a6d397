import type { CheckedWindow, Entry, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { MaintenanceWindow, PlannedWindow } from '../core/maintenance.ts';
import { nextOccurrences, openUntil, planWindow } from '../core/maintenance.ts';
import type { ListedWindow } from '../core/monitor.ts';
import { InvalidEntryError } from '../core/monitor.ts';
import type { Calendar, Clock, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { createEntryList, placeOf } from './entry-list.ts';
import type { createTurns } from './in-turn.ts';

/** The one list of maintenance windows. */
export interface WindowList {
  all(): readonly ListedWindow[];
  planned(): readonly PlannedWindow[];
  applyFile(windows: readonly CheckedWindow[]): void;
  /** One without a start starts now. Rejects with InvalidEntryError or ConflictError; then nothing was changed. */
  add(entry: Json): Promise<ListedWindow>;
  change(id: string, patch: Json): Promise<ListedWindow | null>;
  remove(id: string): Promise<boolean>;
}

interface WindowListOptions {
  readonly store: Store;
  readonly rules: Pick<EntryRules, 'window' | 'merge'>;
  readonly calendar: Pick<Calendar, 'matcher' | 'offsets'>;
  readonly isWatched: (serverId: string) => boolean;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Listed extends PlannedWindow {
  readonly entry: Entry;
}

/** How many of the times to come are shown. */
const SHOWN = 3;

export async function createWindowList(options: WindowListOptions): Promise<WindowList> {
  const { store, rules, calendar, isWatched, inTurn, clock, log } = options;
  const plan = ({ window, entry }: CheckedWindow): Listed => ({ ...planWindow(window, calendar), entry });
  const list = await createEntryList<Listed>({
    noun: 'maintenance window',
    shelf: {
      load: store.maintenanceWindows,
      save: store.saveMaintenanceWindow,
      remove: store.removeMaintenanceWindow,
    },
    check: (entry: Json) => {
      const checked = rules.window(entry);
      return { value: plan(checked), stored: { id: checked.window.id, entry: checked.entry, secrets: [] } };
    },
    refuse: ({ window }) => refuseUnknown(window, isWatched),
    merge: rules.merge,
    place: ({ window }) => placeOf(window.source),
    inTurn,
    log,
  });
  const show = (listed: Listed): ListedWindow => {
    const now = clock.now();
    const { window, entry } = listed;
    return { window, entry, openUntil: openUntil(listed, now), next: nextOccurrences(listed, now, SHOWN) };
  };
  const withStart = (given: Json): Entry => {
    const entry = asEntry(given, 'window');
    const hasStart = Object.hasOwn(entry, 'cron') || Object.hasOwn(entry, 'starts_at');
    return hasStart ? entry : { ...entry, starts_at: new Date(clock.now()).toISOString() };
  };
  return {
    all: () => list.all().map(show),
    planned: list.all,
    applyFile: (windows) => list.applyFile(new Map(windows.map((checked) => [checked.window.id, plan(checked)]))),
    add: async (entry) => show(await list.add(withStart(entry))),
    change: async (id, patch) => {
      const changed = await list.change(id, patch);
      return changed && show(changed);
    },
    remove: (id) => list.remove(id),
  };
}

function refuseUnknown({ servers }: MaintenanceWindow, isWatched: (id: string) => boolean): void {
  const unknown = servers.filter((id) => !isWatched(id));
  if (unknown.length === 0) return;
  throw new InvalidEntryError(
    unknown.map((id) => ({ path: `servers.${servers.indexOf(id)}`, message: `There is no server “${id}”.` })),
  );
}
