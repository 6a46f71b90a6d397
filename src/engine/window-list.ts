import type { CheckedWindow, Entry, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { MaintenanceWindow, PlannedWindow } from '../core/maintenance.ts';
import { nextOccurrences, openUntil, planWindow } from '../core/maintenance.ts';
import type { ListedWindow } from '../core/monitor.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Calendar, Clock, Log } from '../core/ports.ts';
import type { Store, StoredEntry } from '../core/store.ts';
import type { createTurns } from './in-turn.ts';

/** The one list of maintenance windows: the file's and those made in the browser. */
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
  const own = new Map(
    (await store.maintenanceWindows())
      .flatMap((entry) => readStored(entry, rules, log))
      .map((checked) => [checked.window.id, plan(checked)]),
  );
  let fromFile = new Map<string, Listed>();

  const every = (): readonly Listed[] => [...new Map([...own, ...fromFile]).values()];
  const show = (listed: Listed): ListedWindow => {
    const now = clock.now();
    const { window, entry } = listed;
    return { window, entry, openUntil: openUntil(listed, now), next: nextOccurrences(listed, now, SHOWN) };
  };
  const keep = async (checked: CheckedWindow): Promise<ListedWindow> => {
    refuseUnknown(checked.window, isWatched);
    const { id } = checked.window;
    await store.saveMaintenanceWindow({ id, entry: checked.entry, secrets: [] });
    const listed = plan(checked);
    own.set(id, listed);
    return show(listed);
  };

  const add = async (given: Json): Promise<ListedWindow> => {
    const entry = asEntry(given, 'window');
    const hasStart = Object.hasOwn(entry, 'cron') || Object.hasOwn(entry, 'starts_at');
    const checked = rules.window(hasStart ? entry : { ...entry, starts_at: new Date(clock.now()).toISOString() });
    const { id } = checked.window;
    if (own.has(id) || fromFile.has(id))
      throw new ConflictError(`There is a maintenance window “${id}” already. Choose another id, or change that one.`);
    return keep(checked);
  };

  const change = async (id: string, patch: Json): Promise<ListedWindow | null> => {
    refuseFile(fromFile.get(id)?.window, 'Change');
    const before = own.get(id);
    if (before === undefined) return null;
    const checked = rules.window(rules.merge(before.entry, patch));
    if (checked.window.id !== id) throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed.' }]);
    return keep(checked);
  };

  const remove = async (id: string): Promise<boolean> => {
    refuseFile(fromFile.get(id)?.window, 'Remove');
    if (!own.has(id)) return false;
    await store.removeMaintenanceWindow(id);
    return own.delete(id);
  };

  return {
    all: () => every().map(show),
    planned: every,
    applyFile: (windows) => {
      fromFile = new Map(windows.map((checked) => [checked.window.id, plan(checked)]));
    },
    add: (entry) => inTurn(() => add(entry)),
    change: (id, patch) => inTurn(() => change(id, patch)),
    remove: (id) => inTurn(() => remove(id)),
  };
}

function refuseUnknown({ servers }: MaintenanceWindow, isWatched: (id: string) => boolean): void {
  const unknown = servers.filter((id) => !isWatched(id));
  if (unknown.length === 0) return;
  throw new InvalidEntryError(
    unknown.map((id) => ({ path: `servers.${servers.indexOf(id)}`, message: `There is no server “${id}”.` })),
  );
}

function refuseFile(window: MaintenanceWindow | undefined, what: 'Change' | 'Remove'): void {
  if (window?.source.kind !== 'config') return;
  const { id, source } = window;
  throw new ConflictError(
    `The maintenance window “${id}” comes from the configuration file (${source.file}:${source.line}). ${what} it there.`,
  );
}

function readStored({ id, entry }: StoredEntry, rules: Pick<EntryRules, 'window'>, log: Log): readonly CheckedWindow[] {
  try {
    return [rules.window(entry)];
  } catch (error) {
    log.error({ window: id, error }, 'a maintenance window made in the browser is no longer valid and is not used');
    return [];
  }
}
