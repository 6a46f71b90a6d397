import type { Database } from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.ts';
import { type Batch, type Change, createChanges, type Item } from './changes.ts';
import type { Days } from './days.ts';
import { createRefusal } from './refusal.ts';
import { isRefusal } from './sqlite-error.ts';
import type { Texts } from './texts.ts';

/** How long a plain result may wait, and how many may wait; then they are written together. */
const GROUP_MS = 900;
const GROUP_SIZE = 500;
/** Results held while the disk refuses them. Beyond, the oldest are dropped and counted. */
const MAX_WAITING = 10_000;

/** What is on its way to disk: many rows and changes in one transaction. */
export interface Group {
  /** Accepts a row that may wait. */
  add(item: Item): void;
  /** Writes what may not wait, with what waits and with others like it. Resolves once it is on disk; rejects where it is refused. */
  change<T>(change: Change<T>): Promise<T>;
  /** Writes all of it. Throws what SQLite throws; then the rows wait on, and the changes are refused. */
  flush(): void;
  /** Writes all of it; where the store refuses, the rows wait on. */
  flushOrWait(): void;
  /**
   * Writes all of it, so that it can be read; where what was probed before an instant is read, only if some of it is from
   * before that. Where the disk refuses it, reading must do without: no second try of rows before the timer's.
   */
  flushForReading(before?: number): void;
  /** Anything of that server. */
  holds(server: number | undefined): boolean;
  /** A row of that server at that instant. */
  holdsRow(server: number, at: number): boolean;
  /** A change of that server, or of any. */
  holdsChange(server?: number): boolean;
  /** How many rows wait, and why the store refused the last write; null: it took it. */
  figures(): { readonly waiting: number; readonly fault: string | null };
  /** Stops the timers. */
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
  /** Called when what was written was undone. */
  readonly onUndone: () => void;
  /** Called when something was written. */
  readonly onWritten: () => void;
}

export function createGroup({ db, path, clock, log, days, texts, onUndone, onWritten }: GroupParts): Group {
  let waiting: Item[] = [];
  const refusal = createRefusal({ db, path, log });

  const write = createWrite({ db, days, texts });
  const writeAll = () => {
    const batch = changes.take();
    try {
      write(waiting, batch);
    } catch (error) {
      onUndone();
      refusal.begin(error);
      batch.fail(error);
      throw error;
    }
    refusal.end(waiting.length + batch.items.length);
    waiting = [];
    timer.stop();
    batch.done();
  };
  const flush = () => {
    if (waiting.length === 0 && !changes.holds()) return;
    do writeAll();
    while (changes.holds());
    onWritten();
  };
  const flushOrWait = () => {
    timer.stop();
    try {
      flush();
    } catch (error) {
      if (!isRefusal(error)) log.error({ error }, 'results could not be written and wait in memory');
      if (waiting.length > 0) timer.start();
    }
  };
  const timer = createTimer(clock, flushOrWait);
  const changes = createChanges({ db, onUndone, due: flushOrWait });
  return {
    add(item) {
      waiting.push(item);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        refusal.drop();
      }
      timer.start();
      if (waiting.length === GROUP_SIZE) flushOrWait();
    },
    change: changes.add,
    flush,
    flushOrWait,
    flushForReading(before = Number.POSITIVE_INFINITY) {
      const isMissing = refusal.fault() === null && waiting.some(({ row }) => row.at < before);
      if (isMissing || changes.holds()) flushOrWait();
    },
    holds: (server) =>
      server !== undefined && (changes.holds(server) || waiting.some((item) => item.server === server)),
    holdsRow: (server, at) => waiting.some((item) => item.server === server && item.row.at === at),
    holdsChange: changes.holds,
    figures: () => ({ waiting: waiting.length, fault: refusal.fault() }),
    stop() {
      timer.stop();
      changes.stop();
    },
  };
}

function createTimer(clock: Clock, due: () => void) {
  let cancel: (() => void) | null = null;
  return {
    start: () => {
      cancel ??= clock.after(GROUP_MS, due);
    },
    stop: () => {
      cancel?.();
      cancel = null;
    },
  };
}

function createWrite({ db, days, texts }: Pick<GroupParts, 'db' | 'days' | 'texts'>) {
  const insert = ({ server, row, also }: Item): void => {
    const day = days.at(row.at);
    const said = row.said === null ? null : texts.numberOf(day, server, row.said);
    day.insert(server, { ...row, seen: texts.numberOf(day, server, row.seen), said });
    also?.();
  };
  const write = db.transaction((waiting: readonly Item[], batch: Batch) => {
    for (const item of waiting) insert(item);
    batch.write(insert);
  });
  return (waiting: readonly Item[], batch: Batch): void => {
    // Tables are made before the transaction: one that is undone must not take them back.
    for (const { row } of [...waiting, ...batch.items]) days.at(row.at);
    write.immediate(waiting, batch);
  };
}
