import type { Database } from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.ts';
import type { Days } from './days.ts';
import type { ProbeRow } from './probe-row.ts';
import { createTexts } from './texts.ts';

/** How long a plain result may wait, and how many may wait; then they are written together. */
const GROUP_MS = 900;
const GROUP_SIZE = 500;
/** Results held while the disk refuses them. Beyond, the oldest are dropped and counted. */
const MAX_WAITING = 10_000;

export interface Waiting {
  readonly server: number;
  readonly row: ProbeRow;
}

/** Probe rows on their way to disk: many in one transaction. */
export interface Group {
  /** Accepts a row that may wait. */
  add(item: Waiting): void;
  /** Writes what waits, `items` and what `more` writes in one transaction. Throws what SQLite throws; then what waited waits on. */
  write(items: readonly Waiting[], more: () => void): void;
  flush(): void;
  /** Writes what waits, so that it can be read. Where the disk refuses it, reading must do without: no second try before the timer's. */
  flushForReading(): void;
  holds(server: number, at: number): boolean;
  /** Follows the removal of rows. */
  forget(): void;
  /** Stops the timer. */
  stop(): void;
}

export function createGroup({ db, clock, log, days }: { db: Database; clock: Clock; log: Log; days: Days }): Group {
  const texts = createTexts();
  let waiting: Waiting[] = [];
  let cancel: (() => void) | null = null;
  let refused = false;

  const disarm = () => {
    cancel?.();
    cancel = null;
  };
  const insert = ({ server, row }: Waiting) => {
    const day = days.at(row.at);
    const said = row.said === null ? null : texts.numberOf(day, server, row.said);
    day.insert(server, { ...row, seen: texts.numberOf(day, server, row.seen), said });
  };
  const write = (items: readonly Waiting[], more: (() => void) | null) => {
    const rows = [...waiting, ...items];
    if (rows.length === 0 && more === null) return;
    // Tables are made before the transaction: one that is undone must not take them back.
    for (const { row } of rows) days.at(row.at);
    try {
      db.transaction(() => {
        rows.forEach(insert);
        more?.();
      }).immediate();
    } catch (error) {
      texts.forget();
      refused = true;
      throw error;
    }
    refused = false;
    waiting = [];
    disarm();
  };
  const flushOrWait = () => {
    disarm();
    try {
      write([], null);
    } catch (error) {
      log.warn({ err: error, waiting: waiting.length }, 'results could not be written and wait in memory');
      arm();
    }
  };
  const arm = () => {
    cancel ??= clock.after(GROUP_MS, flushOrWait);
  };

  return {
    add(item) {
      waiting.push(item);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        log.error({ dropped: 1 }, 'the store takes no results and too many wait, so the oldest was dropped');
      }
      arm();
      if (waiting.length === GROUP_SIZE) flushOrWait();
    },
    write,
    flush: () => write([], null),
    flushForReading() {
      if (!refused) flushOrWait();
    },
    holds: (server, at) => waiting.some((item) => item.server === server && item.row.at === at),
    forget: texts.forget,
    stop: disarm,
  };
}
