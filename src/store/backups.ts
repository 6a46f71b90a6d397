import { renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { StoreError } from '../core/store.ts';
import { type Aside, ClosingError, createAside } from './aside.ts';
import { COUNTED, copyStore } from './backup.ts';
import { faultOf } from './connection.ts';
import { createPrivate, syncToDisk } from './files.ts';
import { asStoreError } from './sqlite-error.ts';

/** Copies, checks, checkpoints and long reads of a store in use. They take long, so those of a file have a thread of their own (aside.ts), which closing the store ends. */
export interface Backups {
  start(file: string): Promise<void>;
  /** See Store.quickCheck. */
  check(): Promise<string | null>;
  /** Moves what stands in the write-ahead log of a file to its place. */
  checkpoint(): Promise<unknown>;
  /** Reads a table, so that the system has it in memory when this thread wants it. */
  read(table: string): Promise<unknown>;
  /** Ends all and waits for that. Later ones are refused. */
  end(): Promise<void>;
}

export function createBackups(db: Database, path: string): Backups {
  const aside = createAside();
  const closing = new AbortController();
  const running = new Map<string, Promise<unknown>>();
  const isFile = path !== ':memory:';

  const during = async <T>(name: string, work: Promise<T>): Promise<T> => {
    running.set(name, work);
    try {
      return await work;
    } catch (error) {
      throw asStoreError(error, path);
    } finally {
      running.delete(name);
    }
  };
  return {
    async start(file) {
      const target = resolve(file);
      if (target === resolve(path))
        throw new StoreError(`${file} is the store itself; choose another file for the backup.`);
      if (running.has(target)) throw new StoreError(`A backup to ${file} is under way; wait until it is done.`);
      await during(target, isFile ? copyAside({ path, file: target, aside }) : copyStore(db, target, closing.signal));
    },
    check: () => during('check', isFile ? aside.do({ kind: 'check', path }) : asPromise(() => faultOf(db))),
    checkpoint: () => during('checkpoint', aside.do({ kind: 'checkpoint', path })),
    read: async (table) => isFile && during('read', aside.do({ kind: 'read', path, table })),
    async end() {
      const reason = new ClosingError();
      closing.abort(reason);
      await aside.end(reason);
      await Promise.allSettled(running.values());
    },
  };
}

async function asPromise<T>(work: () => T): Promise<T> {
  return work();
}

interface Copy {
  readonly path: string;
  readonly file: string;
  readonly aside: Aside;
}

/** As `copyStore`, beside everything else. */
async function copyAside({ path, file, aside }: Copy): Promise<void> {
  const draft = `${file}.part`;
  rmSync(draft, { force: true });
  createPrivate(draft);
  try {
    const fault = await aside.do({ kind: 'copy', path, draft, counted: COUNTED });
    if (fault !== null)
      throw new StoreError(
        `The backup is damaged (${fault}), so it was not kept. Check the disk and the store, then start it again.`,
      );
    renameSync(draft, file);
    syncToDisk(dirname(file));
  } finally {
    rmSync(draft, { force: true });
  }
}
