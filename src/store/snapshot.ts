import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { copyStore } from './backup.ts';
import { APPLICATION_ID, schemaOf } from './migrate.ts';
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
  refuseForeign(file);
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

/** A name given by mistake costs nobody a file: only an empty one or an earlier copy gives way. */
function refuseForeign(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && found.size === 0)) return;
  if (found.isDirectory())
    throw new StoreError(`${file} is a folder; name a file in it, such as ${join(file, 'alivemcp-copy.db')}.`);
  if (!found.isFile() || !isStore(file))
    throw new StoreError(`${file} is there already and is no backup, so it was left as it is. Choose another name.`);
}

/** By the header of a SQLite database, whose application id stands at byte 68 (sqlite.org/fileformat, 1.3). */
function isStore(file: string): boolean {
  const header = Buffer.alloc(72);
  const handle = openSync(file, 'r');
  try {
    const read = readSync(handle, header, 0, header.length, 0);
    return read === header.length && header.readUInt32BE(68) === APPLICATION_ID;
  } finally {
    closeSync(handle);
  }
}
