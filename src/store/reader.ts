import Database from 'better-sqlite3';
import type { Page, PageQuery, ProbeRecord } from '../core/store.ts';
import { createDays } from './days.ts';
import { createProbes, type Probes } from './probes.ts';
import { asStoreError } from './sqlite-error.ts';

/** Pages held in memory, in kilobytes: what is read in order is read once. */
const CACHE_KB = 1000;
/** Nobody who writes keeps a reader waiting for longer than it takes to open the file. */
const BUSY_MS = 5000;

/** Reads probes of a store that is open elsewhere in this process. */
export interface Reader {
  /**
   * As `Store.probes`, of what is on disk. Each page sees the store as it is then: to hold one sight of it while
   * somebody loads a file slowly would keep the write-ahead log growing. Throws StoreErrors.
   */
  probes(serverId: string, query: PageQuery): Page<ProbeRecord>;
}

/** Opens the file at `path`, only to read. Throws StoreErrors. */
export function openReader(path: string): Reader {
  try {
    return readerOf(connectToRead(path), path);
  } catch (error) {
    throw asStoreError(error, path);
  }
}

function connectToRead(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma(`cache_size = -${CACHE_KB}`);
  return db;
}

function readerOf(db: Database.Database, path: string): Reader {
  const numberOf = db.prepare<[string], number>('SELECT n FROM server WHERE id = ?').pluck();
  const schemaNow = (): unknown => db.pragma('schema_version', { simple: true });
  const look = (): { readonly schema: unknown; readonly probes: Probes } => ({
    schema: schemaNow(),
    probes: createProbes(createDays(db), { find: (id) => numberOf.get(id) }),
  });
  let known = look();
  /** Days are made and dropped elsewhere. */
  const current = (): Probes => {
    if (known.schema !== schemaNow()) known = look();
    return known.probes;
  };
  const page = db.transaction((serverId: string, query: PageQuery) => current().page(serverId, query));
  return {
    probes(serverId, query) {
      try {
        return page(serverId, query);
      } catch (error) {
        throw asStoreError(error, path);
      }
    },
  };
}
