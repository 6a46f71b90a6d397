import type { Database } from 'better-sqlite3';
import { type Day, DROPPED, openDay } from './day.ts';
import { DAY_MS, type DayKey, nameOf, packedKey, pairKey } from './day-key.ts';
import { TIMED_STEPS } from './probe-row.ts';

/** Keeps each UTC day's probes in tables of their own. */
export interface Days {
  /** The day of that instant, made if it is not there. */
  at(at: number): Day;
  /** The days that touch [from, to), oldest first. */
  within(from: number, to: number): Day[];
  /** Drops the days that end at or before `before`; returns how many. They are gone at once, their rows lie in tables to be cleared. */
  drop(before: number): number;
  /** A table of a day that was dropped, in this run or one before; null: there is none. */
  dropped(): string | null;
  /** Removes the next rows of such a table; where none is left, the table. */
  clear(table: string): void;
}

/** Rows removed at once: a millisecond or two. To drop a full table instead would touch all of its pages in one go. */
const ROWS_AT_ONCE = 2000;

export function createDays(db: Database): Days {
  const keys = new Map<number, DayKey>();
  // A day is opened when it is first asked for: a start has better to do than to prepare what few will ask of old days.
  const opened = new Map<number, Day>();
  const names = db
    .prepare<[string], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?")
    .pluck();
  for (const [pattern, keyOf] of [
    ['probe_[0-9]*', pairKey],
    ['probes_[0-9]*', packedKey],
  ] as const)
    for (const from of names.all(pattern).map(startOf)) keys.set(from, keyOf(from));
  const dropped = db
    .prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${DROPPED}*' LIMIT 1`)
    .pluck();
  const open = (from: number, key: DayKey): Day => {
    const day = opened.get(from) ?? openDay(db, from, key);
    opened.set(from, day);
    return day;
  };
  return {
    at(at) {
      const from = Math.floor(at / DAY_MS) * DAY_MS;
      const key = keys.get(from) ?? createDay(db, from);
      keys.set(from, key);
      return open(from, key);
    },
    within(from, to) {
      return [...keys]
        .filter(([start]) => start < to && start + DAY_MS > from)
        .sort(([a], [b]) => a - b)
        .map(([start, key]) => open(start, key));
    },
    drop(before) {
      const old = [...keys].filter(([from]) => from + DAY_MS <= before);
      for (const [from, key] of old) {
        db.transaction(open(from, key).drop).immediate();
        keys.delete(from);
        opened.delete(from);
      }
      return old.length;
    },
    dropped: () => dropped.get() ?? null,
    clear(table) {
      const { changes } = db.prepare(`DELETE FROM ${table} LIMIT ${ROWS_AT_ONCE}`).run();
      if (changes < ROWS_AT_ONCE) db.exec(`DROP TABLE ${table}`);
    },
  };
}

function startOf(table: string): number {
  return Date.parse(table.replace(/^\D+(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
}

function createDay(db: Database, from: number): DayKey {
  const key = packedKey(from);
  db.transaction(() =>
    db.exec(`
      CREATE TABLE IF NOT EXISTS ${key.table} (
        id INTEGER PRIMARY KEY,
        ${TIMED_STEPS.map((step) => `${step} INTEGER,`).join(' ')}
        seen INTEGER NOT NULL,
        said INTEGER,
        numbers BLOB NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS text_${nameOf(from)} (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    `),
  ).immediate();
  return key;
}
