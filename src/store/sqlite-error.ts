import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';

/** What to do about each SQLite result code, by its first words. */
const ADVICE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'its disk is full. Free some space; nothing that was stored is lost.',
  SQLITE_BUSY: 'another program holds its write lock. Close the program that has the file open.',
  SQLITE_READONLY: 'it is read-only. Make the file and its folder writable for the user that runs AliveMCP.',
  SQLITE_CANTOPEN: 'it cannot be opened. Make its folder exist and be writable for the user that runs AliveMCP.',
  SQLITE_PERM: 'it may not be opened. Make the file readable and writable for the user that runs AliveMCP.',
  SQLITE_NOTADB: 'it is not a SQLite database. Choose another path, or move that file away.',
  SQLITE_CORRUPT: 'it is damaged. Move it away and restore a backup, or start with an empty store.',
  SQLITE_IOERR: 'its disk reported an error. Check the disk; restore a backup if it was damaged.',
};

/** Does the whole store refuse, and not only what was asked? It may take the same again later. */
export function isRefusal(error: unknown): boolean {
  return adviceFor(error) !== undefined;
}

/** Turns what SQLite threw into a StoreError about the store at `path`; anything else is returned as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const advice = adviceFor(error) ?? `${error.message} (${error.code}).`;
  return new StoreError(`The store ${path} failed: ${advice}`, { cause: error });
}

function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined;
  return Object.entries(ADVICE).find(([code]) => error.code.startsWith(code))?.[1];
}
