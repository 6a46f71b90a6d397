import type { EntryRules } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import type { Place, ServerSource } from '../core/server.ts';
import type { StoredEntry } from '../core/store.ts';
import type { createTurns } from './in-turn.ts';

/** What the configuration file gives and what is made in the browser, as one list. Where both have an id, the file's holds as long as it is there. */
export interface EntryList<T> {
  get(id: string): T | null;
  /** The file's first. */
  all(): readonly T[];
  applyFile(values: ReadonlyMap<string, T>): void;
  /** Rejects with InvalidEntryError or ConflictError; then nothing was changed. */
  add(entry: Json): Promise<T>;
  /** Merges the patch into the entry; null: there is none with this id. Rejects as `add` does. */
  change(id: string, patch: Json): Promise<T | null>;
  /** `refuse` throws where the entry is still needed; false: there is none with this id. */
  remove(id: string, refuse?: () => void): Promise<boolean>;
}

export interface EntryListOptions<T> {
  /** As it is called in a sentence: `status page`. */
  readonly noun: string;
  readonly shelf: {
    load(): Promise<readonly StoredEntry[]>;
    save(entry: StoredEntry): Promise<void>;
    remove(id: string): Promise<void>;
  };
  /** Throws InvalidEntryError. */
  readonly check: (entry: Json) => Checked<T>;
  /** Throws InvalidEntryError where the entry cannot be taken over now, though it could be when it was made. */
  readonly refuse?: (value: T) => void;
  readonly merge: EntryRules['merge'];
  /** Where in the file it is: ` (config.yaml:7)`. */
  readonly place?: (value: T) => string;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly log: Log;
}

interface Checked<T> {
  readonly value: T;
  /** As it is kept, secrets included. */
  readonly stored: StoredEntry;
}

export async function createEntryList<T>(options: EntryListOptions<T>): Promise<EntryList<T>> {
  const { noun, shelf, check, refuse = () => undefined, merge, place = () => '', inTurn } = options;
  const kept = new Map((await shelf.load()).map((stored) => [stored.id, stored]));
  const own = new Map([...kept].flatMap(([id, stored]) => readStored(stored, options).map((value) => [id, value])));
  let fromFile: ReadonlyMap<string, T> = new Map();

  const keep = async ({ value, stored }: Checked<T>): Promise<T> => {
    refuse(value);
    await shelf.save(stored);
    kept.set(stored.id, stored);
    own.set(stored.id, value);
    return value;
  };

  /** One that can no longer be read can still be mended or removed. */
  const changeable = (id: string, what: 'Change' | 'Remove'): StoredEntry | null => {
    const filed = fromFile.get(id);
    if (filed === undefined) return kept.get(id) ?? null;
    throw new ConflictError(`The ${noun} “${id}” comes from the configuration file${place(filed)}. ${what} it there.`);
  };

  const add = async (entry: Json): Promise<T> => {
    const checked = check(entry);
    const { id } = checked.stored;
    const filed = fromFile.get(id);
    if (own.has(id) || filed !== undefined) {
      const where = filed === undefined ? '' : place(filed);
      throw new ConflictError(`There is a ${noun} “${id}” already${where}. Choose another id, or change that one.`);
    }
    return keep(checked);
  };

  const change = async (id: string, patch: Json): Promise<T | null> => {
    const before = changeable(id, 'Change');
    if (before === null) return null;
    const checked = check(merge(before.entry, patch));
    if (checked.stored.id !== id) throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed.' }]);
    return keep(checked);
  };

  const remove = async (id: string, refuseNow: () => void): Promise<boolean> => {
    if (changeable(id, 'Remove') === null) return false;
    refuseNow();
    await shelf.remove(id);
    own.delete(id);
    return kept.delete(id);
  };

  return {
    get: (id) => fromFile.get(id) ?? own.get(id) ?? null,
    all: () => [...fromFile.values(), ...[...own].filter(([id]) => !fromFile.has(id)).map(([, value]) => value)],
    applyFile: (values) => {
      fromFile = values;
    },
    add: (entry) => inTurn(() => add(entry)),
    change: (id, patch) => inTurn(() => change(id, patch)),
    remove: (id, refuseNow = () => undefined) => inTurn(() => remove(id, refuseNow)),
  };
}

/** For `place`: where a source is, where it is known. */
export function placeOf(source: ServerSource): string {
  return source.kind === 'config' ? inFile(source) : '';
}

export function inFile({ file, line }: Place): string {
  return ` (${file}:${line})`;
}

function readStored<T>(stored: StoredEntry, { noun, check, log }: EntryListOptions<T>): readonly T[] {
  const { id, entry } = stored;
  if (stored.unreadable) {
    log.error({ id }, `the secrets of a ${noun} cannot be read with the present key; enter them again to use it`);
    return [];
  }
  try {
    return [check(entry).value];
  } catch (error) {
    log.error({ id, error }, `a ${noun} made in the browser is no longer valid and is not used`);
    return [];
  }
}
