import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { copyStore } from './backup.ts';
import { schemaOf } from './migrate.ts';
import { migrations } from './migrations/list.ts';
import { pathOf } from './path.ts';
import { asStoreError } from './sqlite-error.ts';

/** How long the copy waits for a lock of the running monitor. Nobody else is kept waiting by it. */
const BUSY_MS = 5000;

/**
 * Copies the store at `url` to `file` while a monitor may be running on it: checked, whole and on disk when it resolves.
 * Rejects with a StoreError that says what to do; then `file` is as it was.
 */
export async function snapshotStore(url: string, file: string): Promise<void> {
  const path = pathOf(url);
  if (path === ':memory:' || !existsSync(path))
    throw new StoreError(`There is no store at ${path}. Name the one the monitor uses with --store.`);
  if (resolve(file) === resolve(path))
    throw new StoreError(`${file} is the store itself; choose another file for the backup.`);
  try {
    const db = new Database(path, { timeout: BUSY_MS, fileMustExist: true });
    try {
      const schema = schemaOf(db, path, migrations.at(-1)?.schema ?? 0);
      if (schema === 0) throw new StoreError(`The store ${path} is empty: there is nothing to back up.`);
      // One reading transaction for the whole copy: without it SQLite starts over whenever the monitor writes.
      db.exec('BEGIN');
      await copyStore(db, resolve(file), new AbortController().signal);
    } finally {
      db.close();
    }
  } catch (error) {
    throw asStoreError(error, path);
  }
}
