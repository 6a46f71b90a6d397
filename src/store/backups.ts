import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { copyStore } from './backup.ts';
import { asStoreError } from './sqlite-error.ts';

/** Copies under way, so that closing the store can end them. */
export interface Backups {
  start(file: string): Promise<void>;
  /** Ends all and waits for that. Later ones are refused. */
  end(): Promise<void>;
}

export function createBackups(db: Database, path: string): Backups {
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();
  return {
    async start(file) {
      const target = resolve(file);
      if (target === resolve(path))
        throw new StoreError(`${file} is the store itself; choose another file for the backup.`);
      if (running.has(target)) throw new StoreError(`A backup to ${file} is under way; wait until it is done.`);
      const copy = copyStore(db, target, closing.signal);
      running.set(target, copy);
      try {
        await copy;
      } catch (error) {
        throw asStoreError(error, path);
      } finally {
        running.delete(target);
      }
    },
    async end() {
      closing.abort();
      await Promise.allSettled(running.values());
    },
  };
}
