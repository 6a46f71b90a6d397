import type { Database } from 'better-sqlite3';
import type { Json } from '../core/json.ts';
import type { StoredEntry } from '../core/store.ts';
import { parseOwn } from './json.ts';
import type { Place, Sealer } from './seal.ts';

/** Entries made in the browser, of one kind. Their secrets are in the clear here and sealed in the table. */
export interface Entries {
  all(): StoredEntry[];
  save(entry: StoredEntry): void;
  remove(id: string): void;
}

type Path = readonly string[];

interface EntryRow {
  readonly id: string;
  readonly entry: string;
  readonly secrets: string;
}

export function createEntries(
  db: Database,
  sealer: Sealer,
  table: 'server_entry' | 'channel_entry' | 'maintenance_entry' | 'status_page_entry',
): Entries {
  const all = db.prepare<[], EntryRow>(`SELECT id, entry, secrets FROM ${table} ORDER BY rowid`);
  const save = db.prepare<[EntryRow]>(`
    INSERT INTO ${table} (id, entry, secrets) VALUES (@id, @entry, @secrets)
    ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, secrets = excluded.secrets`);
  const remove = db.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`);
  const placeOf = (id: string, path: Path): Place => ({ table, row: id, field: JSON.stringify(path) });
  return {
    all: () => all.all().map((row) => opened(row, (sealed, path) => sealer.open(sealed, placeOf(row.id, path)))),
    save({ id, entry, secrets }) {
      const sealed = secrets.reduce<Json>(
        (rest, path) => replaceAt(rest, path, (secret) => sealer.seal(JSON.stringify(secret), placeOf(id, path))),
        entry,
      );
      save.run({ id, entry: JSON.stringify(sealed), secrets: JSON.stringify(secrets) });
    },
    remove(id) {
      remove.run(id);
    },
  };
}

function opened(row: EntryRow, open: (sealed: string, path: Path) => string | null): StoredEntry {
  const secrets = parseOwn<Path[]>(row.secrets);
  let unreadable = false;
  const openOne = (sealed: Json, path: Path): Json => {
    const text = typeof sealed === 'string' ? open(sealed, path) : null;
    unreadable ||= text === null;
    return text === null ? null : parseOwn<Json>(text);
  };
  const entry = secrets.reduce<Json>(
    (rest, path) => replaceAt(rest, path, (sealed) => openOne(sealed, path)),
    parseOwn<Json>(row.entry),
  );
  const stored = { id: row.id, entry: isObject(entry) ? entry : {}, secrets };
  return unreadable ? { ...stored, unreadable } : stored;
}

/** A copy of `value` in which what lies at `path` is replaced; the same value when nothing lies there. */
function replaceAt(value: Json, path: Path, replace: (old: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return replace(value);
  if (isList(value)) return value.map((item, at) => (String(at) === key ? replaceAt(item, rest, replace) : item));
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  // Rebuilt from its entries, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replaceAt(item, rest, replace) : item]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}
