import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../core/store.ts';

/** Makes the folder of `file`, and `file` itself if it is not there, for this user only. */
export function createPrivate(file: string): void {
  const folder = dirname(file);
  try {
    makeFolder(folder);
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const advice =
      cause === 'EISDIR'
        ? `It is a folder: name a file, such as ${join(file, 'alivemcp.db')}`
        : `Make the folder ${folder} exist and be writable for the user that runs AliveMCP, or choose another path`;
    throw new StoreError(`${file} cannot be written (${cause}). ${advice} with --store.`, { cause: error });
  }
}

/** Not `recursive: true`: Node 20 never returns where a parent refuses new folders with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, 0o700);
}

/** Waits until the disk has what was written to a file, or which names a folder holds. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The room on the disk of a store's file; null: it is in memory, or the system does not say. */
export function roomAt(path: string): { freeBytes: number; totalBytes: number } | null {
  if (path === ':memory:') return null;
  try {
    const { bsize, bavail, blocks } = statfsSync(dirname(path));
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
