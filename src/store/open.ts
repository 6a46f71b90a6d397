import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { ClosingError } from './aside.ts';
import { copyStore } from './backup.ts';
import { connect, isLarge } from './connection.ts';
import { createPrivate } from './files.ts';
import { keyFromFile, parseKey } from './key.ts';
import { lockStore } from './lock.ts';
import { migrations } from './migrations/list.ts';
import { pathOf } from './path.ts';
import { createSealer } from './seal.ts';
import { asStoreError } from './sqlite-error.ts';
import { createSqliteStore } from './sqlite-store.ts';

export interface StoreOptions {
  /** `sqlite:PATH`, relative to the working directory, or `sqlite::memory:`. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What seals secrets: 32 bytes as base64 or 64 hexadecimal digits. Without it, the file `alivemcp.key` beside the store. */
  readonly secretKey?: string | undefined;
}

const MEMORY = ':memory:';

/**
 * Opens the store and holds its lock until it is closed. Makes what is missing: folder, file, key, tables.
 * Rejects with a StoreError that says what to do; then nothing was changed.
 */
export async function openStore({ url, clock, log, secretKey }: StoreOptions): Promise<Store> {
  const path = pathOf(url);
  const givenKey = secretKey ? parseKey(secretKey, 'ALIVEMCP_SECRET_KEY') : null;
  if (path !== MEMORY) createPrivate(path);
  try {
    const release = path === MEMORY ? () => undefined : lockStore(path);
    try {
      const db = await connect(path, migrations, (old, schema) =>
        copyStore(old, `${path}.schema-${schema}.backup`, new AbortController().signal),
      );
      const key =
        givenKey ?? (path === MEMORY ? randomBytes(32) : keyFromFile(join(dirname(path), 'alivemcp.key'), log));
      const store = createSqliteStore({ db, path, sealer: createSealer(key), clock, log, release });
      if (isLarge(db)) void checkBeside(store, path, log);
      return store;
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    throw asStoreError(error, path);
  }
}

async function checkBeside(store: Store, path: string, log: Log): Promise<void> {
  try {
    const fault = await store.quickCheck();
    if (fault === null) log.info({}, 'the store is sound');
    else
      log.error(
        { fault },
        `the store ${path} is damaged: stop the monitor, move it away and restore the newest backup`,
      );
  } catch (error) {
    if (!(error instanceof ClosingError)) log.warn({ error }, 'the store could not be checked');
  }
}
