import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Log } from '../core/ports.ts';
import { ClosingError } from './aside.ts';
import type { Backups } from './backups.ts';

/** Pages in the write-ahead log, 8 MB of them, from which they are moved to their place. */
const MANY_PAGES = 2000;

const Figures = z.tuple([z.object({ log: z.int(), checkpointed: z.int() })]);

/**
 * Checkpoints in a thread of their own: they wait for the disk, and here everything else would wait with them. Where that
 * fails, SQLite makes them itself once the log is far larger (connection.ts).
 */
export interface Checkpoints {
  /** To be called after writing. */
  look(): void;
}

export function createCheckpoints({
  db,
  backups,
  log,
}: {
  readonly db: Database;
  readonly backups: Backups;
  readonly log: Log;
}): Checkpoints {
  let isRunning = false;
  let hasFailed = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    try {
      await backups.checkpoint();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed && db.open && !(error instanceof ClosingError))
        log.warn({ error }, 'a checkpoint of the store failed; it is tried again');
      hasFailed = true;
    } finally {
      isRunning = false;
    }
  };
  const waiting = (): number => {
    try {
      const [{ log: written, checkpointed }] = Figures.parse(db.pragma('wal_checkpoint(NOOP)'));
      return written - checkpointed;
    } catch {
      // What was written is written, and the next look is not far.
      return 0;
    }
  };
  return {
    look() {
      if (!isRunning && waiting() >= MANY_PAGES) void run();
    },
  };
}
