import type { Database } from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.ts';
import type { Days } from './days.ts';
import type { ProbeRow } from './probe-row.ts';
import { createRefusal } from './refusal.ts';
import { isRefusal } from './sqlite-error.ts';
import type { Texts } from './texts.ts';

/** How long a plain result may wait, and how many may wait; then they are written together. */
const GROUP_MS = 900;
const GROUP_SIZE = 500;
/** Results held while the disk refuses them. Beyond, the oldest are dropped and counted. */
const MAX_WAITING = 10_000;

export interface Waiting {
  readonly server: number;
  readonly row: ProbeRow;
  /** Writes what belongs to the row, after it. */
  readonly also?: () => void;
}

/** Probe rows on their way to disk: many in one transaction. */
export interface Group {
  /** Accepts a row that may wait. */
  add(item: Waiting): void;
  /** Writes what waits, `items` and what `more` writes in one transaction. Throws what SQLite throws; then what waited waits on. */
  write(items: readonly Waiting[], more: () => void): void;
  flush(): void;
  /** Writes what waits; where the store refuses it, it waits on. */
  flushOrWait(): void;
  /** Writes what waits, so that it can be read. Where the disk refuses it, reading must do without: no second try before the timer's. */
  flushForReading(): void;
  /** A row of that server, at that instant or at any. */
  holds(server: number | undefined, at?: number): boolean;
  /** How many wait, and why the store refused the last write; null: it took it. */
  figures(): { readonly waiting: number; readonly fault: string | null };
  /** Follows the removal of rows. */
  forget(): void;
  /** Stops the timer. */
  stop(): void;
}

interface GroupParts {
  readonly db: Database;
  /** For messages. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly days: Days;
  readonly texts: Texts;
  /** Called when something was written. */
  readonly onWritten: () => void;
}

export function createGroup({ db, path, clock, log, days, texts, onWritten }: GroupParts): Group {
  let waiting: Waiting[] = [];
  let cancel: (() => void) | null = null;
  const refusal = createRefusal({ db, path, log });

  const disarm = () => {
    cancel?.();
    cancel = null;
  };
  const write = (items: readonly Waiting[], more: (() => void) | null) => {
    const rows = [...waiting, ...items];
    if (rows.length === 0 && more === null) return;
    try {
      // Tables are made before the transaction: one that is undone must not take them back.
      for (const { row } of rows) days.at(row.at);
      db.transaction(() => {
        for (const item of rows) insert(item, { days, texts });
        more?.();
      }).immediate();
    } catch (error) {
      texts.forget();
      refusal.begin(error);
      throw error;
    }
    refusal.end(rows.length);
    waiting = [];
    disarm();
    onWritten();
  };
  const flushOrWait = () => {
    disarm();
    try {
      write([], null);
    } catch (error) {
      if (!isRefusal(error)) log.error({ error }, 'results could not be written and wait in memory');
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
        refusal.drop();
      }
      arm();
      if (waiting.length === GROUP_SIZE) flushOrWait();
    },
    write,
    flush: () => write([], null),
    flushOrWait,
    flushForReading() {
      if (refusal.fault() === null) flushOrWait();
    },
    holds: (server, at) => waiting.some((item) => item.server === server && item.row.at === (at ?? item.row.at)),
    figures: () => ({ waiting: waiting.length, fault: refusal.fault() }),
    forget: texts.forget,
    stop: disarm,
  };
}

function insert({ server, row, also }: Waiting, { days, texts }: Pick<GroupParts, 'days' | 'texts'>): void {
  const day = days.at(row.at);
  const said = row.said === null ? null : texts.numberOf(day, server, row.said);
  day.insert(server, { ...row, seen: texts.numberOf(day, server, row.seen), said });
  also?.();
}
