import type { Database } from 'better-sqlite3';
import type { Log } from '../core/ports.ts';
import { BUSY_MS } from './connection.ts';
import { asStoreError, isRefusal } from './sqlite-error.ts';

/** A time in which the store takes nothing: its disk is full, another program holds it, it is read-only or damaged. */
export interface Refusal {
  /** Why the last write was refused, in a sentence; null: it was not. */
  fault(): string | null;
  /** Said once for each such time. */
  begin(error: unknown): void;
  /** A result was given up meanwhile. */
  drop(): void;
  /** So many results were just written. */
  end(written: number): void;
}

export function createRefusal({ db, path, log }: { db: Database; path: string; log: Log }): Refusal {
  let fault: string | null = null;
  let dropped = 0;
  return {
    fault: () => fault,
    begin(error) {
      if (!isRefusal(error)) return;
      const told = asStoreError(error, path);
      if (fault === null) {
        log.error(
          { error: told },
          'the store refuses to write: results wait in memory, and changes of state are seen again',
        );
        // Whoever holds the lock may hold it long, and each wait for it would keep everything else waiting.
        db.pragma('busy_timeout = 0');
      }
      fault = told instanceof Error ? told.message : String(told);
    },
    drop() {
      dropped += 1;
      if (dropped === 1) log.error({}, 'too many results wait for the store: the oldest are dropped');
    },
    end(written) {
      if (fault === null) return;
      log.info({ written, dropped }, 'the store takes results again');
      db.pragma(`busy_timeout = ${BUSY_MS}`);
      fault = null;
      dropped = 0;
    },
  };
}
