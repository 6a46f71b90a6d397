import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { createPrivate } from './files.ts';

/**
 * Takes the store for this process, or throws a StoreError when another instance has it. Returns the release.
 *
 * The lock file is an empty SQLite database on which an open write transaction holds the operating system's own file
 * lock. The system frees it when the process dies, however it dies, so there is no stale lock to judge, and process
 * numbers that repeat (every container's first process is 1) cannot mislead. Its `user_version` names the owner.
 */
export function lockStore(path: string): () => void {
  const file = `${path}.lock`;
  createPrivate(file);
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN IMMEDIATE');
    lock.pragma(`user_version = ${process.pid}`);
    lock.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    const owner = ownerOf(lock);
    lock.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new StoreError(
      `The store ${path} is in use by another AliveMCP${owner}. Stop that one, or give this one another store with --store.`,
      { cause: error },
    );
  }
  return () => {
    lock.close();
  };
}

function ownerOf(lock: Database.Database): string {
  try {
    return ` (process ${String(lock.pragma('user_version', { simple: true }))})`;
  } catch {
    return '';
  }
}
