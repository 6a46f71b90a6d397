import { StoreError } from '../core/store.ts';
import type { Ground, Parts } from './parts.ts';
import { asStoreError } from './sqlite-error.ts';

/** Ways to do a piece of synchronous work as a method of the port. All refuse after the end; all throw StoreErrors. */
export interface Runner {
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /** In one transaction, after what was asked for before. */
  write<T>(work: () => T): Promise<T>;
  /** After writing what is accepted and waits, of that server or of any. Where that cannot be written, what is written must do. */
  read<T>(work: () => T, serverId?: string): Promise<T>;
}

export function createRunner({ db, path }: Ground, { group, roster }: Parts): Runner {
  const run: Runner['run'] = async (work) => {
    if (!db.open) throw new StoreError('The store is closed.');
    try {
      return await work();
    } catch (error) {
      throw asStoreError(error, path);
    }
  };
  return {
    run,
    write: (work) =>
      run(() => {
        if (group.holdsChange()) group.flushOrWait();
        return db.transaction(work).immediate();
      }),
    read: (work, serverId) =>
      run(() => {
        if (serverId === undefined || group.holds(roster.find(serverId))) group.flushForReading();
        return work();
      }),
  };
}
