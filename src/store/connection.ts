import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { type Migration, migrate, schemaOf } from './migrate.ts';

/** How long one of our own statements may wait for a lock that another program holds, blocking everything else. */
export const BUSY_MS = 250;

const MAX_CHECKED_BYTES = 64 * 2 ** 20;

/** Pages held in memory, in kilobytes, where better-sqlite3 would take 16 MB: the system has them cached anyway. */
const CACHE_KB = 4000;

/**
 * Opens a SQLite file (or `:memory:`), refuses what is not a sound store of ours, and brings its schema up to date.
 * `saveOld` is called before the schema of an existing store is changed. Throws StoreErrors and SQLite's own.
 */
export async function connect(
  path: string,
  migrations: readonly Migration[],
  saveOld: (db: Database.Database, schema: number) => Promise<void>,
): Promise<Database.Database> {
  const known = migrations.at(-1)?.schema ?? 0;
  const db = new Database(path, { timeout: BUSY_MS });
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    const schema = schemaOf(db, path, known);
    const fault = isLarge(db) ? null : faultOf(db);
    if (fault !== null)
      throw new StoreError(
        `The store ${path} is damaged (${fault}). Move it away and restore a backup, or start with an empty store.`,
      );
    // FULL: a commit that was acknowledged survives a power cut, which NORMAL does not promise.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // Far beyond what checkpoints.ts leaves: only for when its thread cannot.
    db.pragma('wal_autocheckpoint = 16000');
    db.pragma('foreign_keys = ON');
    db.pragma(`cache_size = -${CACHE_KB}`);
    if (schema > 0 && schema < known) await saveOld(db, schema);
    migrate(db, schema, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Does work that can be done again: its commits are not waited for until they are on the disk. They lie in the log before
 * those that come later, and get there with the next one that is waited for.
 */
export function unsynced<T>(db: Database.Database, work: () => T): T {
  db.pragma('synchronous = NORMAL');
  try {
    return work();
  } finally {
    db.pragma('synchronous = FULL');
  }
}

/** Too large to be checked before a start, which takes 4 ms a megabyte: it is checked beside the first probes. */
export function isLarge(db: Database.Database): boolean {
  return sizeOf(db).bytes > MAX_CHECKED_BYTES;
}

/** SQLite's `quick_check`: null when the file is sound, else the first fault. */
export function faultOf(db: Database.Database): string | null {
  const answer = String(db.pragma('quick_check(1)', { simple: true }));
  return answer === 'ok' ? null : answer.replace('*** in database main ***', '').replace(/\s+/g, ' ').trim();
}

/** What the file takes on disk, and the number of its schema. */
export function sizeOf(db: Database.Database): { bytes: number; schema: number } {
  const [pages = 0, pageBytes = 0, schema = 0] = ['page_count', 'page_size', 'user_version'].map((name) =>
    Number(db.pragma(name, { simple: true })),
  );
  return { bytes: pages * pageBytes, schema };
}
