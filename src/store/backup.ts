import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { createPrivate, syncToDisk } from './files.ts';

/** Pages copied between two looks at other work. */
const PAGES_PER_STEP = 200;

/** What only grows, but for the removal of a server: enough to tell a whole copy from a cut one. */
export const COUNTED = [
  'server',
  'server_entry',
  'channel_entry',
  'status',
  'state_change',
  'incident',
  'outbox',
] as const;

/**
 * Copies a store that is in use to `file`: one file, checked, on disk and for this user only when it resolves.
 * Until then `file` is untouched. `signal` ends it with a StoreError.
 */
export async function copyStore(db: Database.Database, file: string, signal: AbortSignal): Promise<void> {
  const draft = `${file}.part`;
  rmSync(draft, { force: true });
  createPrivate(draft);
  try {
    const before = countRows(db);
    await db.backup(draft, {
      progress: () => {
        signal.throwIfAborted();
        return PAGES_PER_STEP;
      },
    });
    verify(draft, before, countRows(db));
    syncToDisk(draft);
    renameSync(draft, file);
    syncToDisk(dirname(file));
  } finally {
    rmSync(draft, { force: true });
  }
}

function verify(file: string, before: readonly number[], after: readonly number[]): void {
  const copy = new Database(file);
  try {
    // Without this the copy would want files of the write-ahead log beside it.
    copy.pragma('journal_mode = DELETE');
    const sound = copy.pragma('integrity_check(1)', { simple: true });
    if (sound !== 'ok')
      throw new StoreError(
        `The backup is damaged (${String(sound)}), so it was not kept. Check the disk and the store, then start it again.`,
      );
    // Rows may have come or gone while it ran.
    const isWhole = countRows(copy).every((count, at) => {
      const bounds = [before[at] ?? 0, after[at] ?? 0];
      return count >= Math.min(...bounds) && count <= Math.max(...bounds);
    });
    if (!isWhole) throw new StoreError('The backup misses rows, so it was not kept. Start it again.');
  } finally {
    copy.close();
  }
}

function countRows(db: Database.Database): number[] {
  return COUNTED.map((table) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0);
}
