import type { Database, Statement } from 'better-sqlite3';
import type { StepName } from '../core/step.ts';
import { type ProbeRow, TIMED_STEPS, type TimedStep } from './probe-row.ts';

const DAY_MS = 86_400_000;

/** Ids of texts are `server * TEXTS_PER_SERVER + nth of the day`, so that they lie together and a removed server's go in one range. */
const TEXTS_PER_SERVER = 2 ** 32;

/** A row as SQLite gives it, texts joined in. */
type StoredRow = { at: number; numbers: Buffer; seen: string; said: string | null } & Record<TimedStep, number | null>;

/** The tables of one UTC day and what can be asked of them. */
export interface Day {
  /** First millisecond. */
  readonly from: number;
  insert(server: number, row: Omit<ProbeRow, 'seen' | 'said'> & { seen: number; said: number | null }): void;
  has(server: number, at: number): boolean;
  /** The newest `limit` rows in [from, before), newest first. */
  newest(server: number, range: { from: number; before: number; limit: number }): ProbeRow[];
  /** The newest `limit` rows before `before` in which something was said, newest first. */
  said(server: number, range: { before: number; limit: number }): { at: number; said: string }[];
  /** The oldest `limit` rows in [from, to) that brought pools, oldest first; the pools as JSON. */
  pools(server: number, range: { from: number; to: number; limit: number }): { at: number; pools: string }[];
  /** The version it called itself in rows of [from, to) that saw other than the row before, oldest first; null: none. */
  versions(server: number, from: number, to: number): { at: number; version: string | null }[];
  /** Pairs of start and column of the rows in [from, to), oldest first; rows without the step left out. */
  durations(server: number, step: TimedStep, from: number, to: number): [number, number][];
  /** Number of probes started since `from`, of all servers. */
  count(from: number): number;
  /** The highest number of a stored text of this server, 0 when there is none. */
  lastText(server: number): number;
  insertText(server: number, nth: number, body: string): void;
  removeServer(server: number): void;
}

/** Keeps each UTC day's probes in tables of their own. */
export interface Days {
  /** The day of that instant, made if it is not there. */
  at(at: number): Day;
  /** The days that touch [from, to), oldest first. */
  within(from: number, to: number): Day[];
  /** Drops the days that end at or before `before`; returns how many. */
  drop(before: number): number;
}

export function createDays(db: Database): Days {
  const days = new Map<number, Day>();
  const names = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'probe_[0-9]*'")
    .pluck();
  for (const name of names.all()) days.set(startOf(name), openDay(db, startOf(name)));
  return {
    at(at) {
      const from = Math.floor(at / DAY_MS) * DAY_MS;
      const day = days.get(from) ?? createDay(db, from);
      days.set(from, day);
      return day;
    },
    within(from, to) {
      return [...days.values()]
        .filter((day) => day.from < to && day.from + DAY_MS > from)
        .sort((a, b) => a.from - b.from);
    },
    drop(before) {
      const old = [...days.keys()].filter((from) => from + DAY_MS <= before);
      for (const from of old) {
        db.transaction(() => db.exec(`DROP TABLE probe_${nameOf(from)}; DROP TABLE text_${nameOf(from)}`)).immediate();
        days.delete(from);
      }
      return old.length;
    },
  };
}

function nameOf(from: number): string {
  return new Date(from).toISOString().slice(0, 10).replaceAll('-', '');
}

function startOf(table: string): number {
  return Date.parse(table.replace(/^\D+(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
}

// The server leads the key: every question but "how many" is about one server. At thousands of servers this costs
// more writing than a key led by time; each new day may choose another order without touching the days before.
function createDay(db: Database, from: number): Day {
  const name = nameOf(from);
  db.transaction(() =>
    db.exec(`
      CREATE TABLE IF NOT EXISTS probe_${name} (
        server INTEGER NOT NULL,
        at INTEGER NOT NULL,
        ${TIMED_STEPS.map((step) => `${step} INTEGER,`).join(' ')}
        seen INTEGER NOT NULL,
        said INTEGER,
        numbers BLOB NOT NULL,
        PRIMARY KEY (server, at)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS text_${name} (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    `),
  ).immediate();
  return openDay(db, from);
}

function openDay(db: Database, from: number): Day {
  const probe = `probe_${nameOf(from)}`;
  const text = `text_${nameOf(from)}`;
  const insert = db.prepare(
    `INSERT INTO ${probe} (server, at, ${TIMED_STEPS.join(', ')}, seen, said, numbers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const has = db.prepare<[number, number]>(`SELECT 1 FROM ${probe} WHERE server = ? AND at = ?`);
  const newest = db.prepare<[{ server: number; from: number; before: number; limit: number }], StoredRow>(`
    SELECT at, ${TIMED_STEPS.join(', ')}, numbers,
      (SELECT body FROM ${text} WHERE id = server * ${TEXTS_PER_SERVER} + seen) AS seen,
      (SELECT body FROM ${text} WHERE id = server * ${TEXTS_PER_SERVER} + said) AS said
    FROM ${probe} WHERE server = @server AND at >= @from AND at < @before ORDER BY at DESC LIMIT @limit`);
  // An index search per server, where a plain WHERE would read the whole day.
  const count = db
    .prepare<[number], number>(
      `SELECT count(*) FROM server CROSS JOIN ${probe} AS probe ON probe.server = server.n AND probe.at >= ?`,
    )
    .pluck();
  const lastText = db
    .prepare<[number, number], number | null>(`SELECT max(id) FROM ${text} WHERE id BETWEEN ? AND ?`)
    .pluck();
  const insertText = db.prepare(`INSERT INTO ${text} (id, body) VALUES (?, ?)`);
  const columns = new Map<StepName, Statement<[number, number, number], [number, number]>>();
  return {
    from,
    insert(server, { at, durations, seen, said, numbers }) {
      insert.run(server, at, ...TIMED_STEPS.map((step) => durations[step]), seen, said, numbers);
    },
    has: (server, at) => has.get(server, at) !== undefined,
    newest: (server, range) =>
      newest
        .all({ server, ...range })
        .map(({ at, numbers, seen, said, ...durations }) => ({ at, numbers, seen, said, durations })),
    ...readSaid(db, probe, text),
    durations(server, step, start, end) {
      const statement =
        columns.get(step) ??
        db
          .prepare<[number, number, number], [number, number]>(
            `SELECT at, ${step} FROM ${probe} WHERE server = ? AND at >= ? AND at < ? AND ${step} IS NOT NULL ORDER BY at`,
          )
          .raw();
      columns.set(step, statement);
      return statement.all(server, start, end);
    },
    count: (start) => count.get(start) ?? 0,
    lastText: (server) =>
      (lastText.get(server * TEXTS_PER_SERVER, (server + 1) * TEXTS_PER_SERVER - 1) ?? 0) % TEXTS_PER_SERVER,
    insertText(server, nth, body) {
      insertText.run(server * TEXTS_PER_SERVER + nth, body);
    },
    removeServer(server) {
      db.prepare(`DELETE FROM ${probe} WHERE server = ?`).run(server);
      db.prepare(`DELETE FROM ${text} WHERE id BETWEEN ? AND ?`).run(
        server * TEXTS_PER_SERVER,
        (server + 1) * TEXTS_PER_SERVER - 1,
      );
    },
  };
}

/** What was said or seen in probes, read without anything else of them. */
function readSaid(db: Database, probe: string, text: string): Pick<Day, 'said' | 'pools' | 'versions'> {
  const said = db.prepare<[{ server: number; before: number; limit: number }], { at: number; said: string }>(`
    SELECT at, (SELECT body FROM ${text} WHERE id = server * ${TEXTS_PER_SERVER} + said) AS said
    FROM ${probe} WHERE server = @server AND at < @before AND said IS NOT NULL ORDER BY at DESC LIMIT @limit`);
  const pools = db.prepare<
    [{ server: number; from: number; to: number; limit: number }],
    { at: number; pools: string }
  >(`
    SELECT at, json_extract(body, '$.pools') AS pools
    FROM ${probe} JOIN ${text} ON id = server * ${TEXTS_PER_SERVER} + said
    WHERE server = @server AND at >= @from AND at < @to AND json_array_length(body, '$.pools') > 0 ORDER BY at LIMIT @limit`);
  // What is seen repeats, so few texts are opened.
  const versions = db.prepare<[{ server: number; from: number; to: number }], { at: number; version: string | null }>(`
    SELECT at, json_extract(body, '$.report.serverInfo.version') AS version
    FROM (
      SELECT server, at, seen, lag(seen) OVER (ORDER BY at) AS before
      FROM ${probe} WHERE server = @server AND at >= @from AND at < @to
    ) JOIN ${text} ON id = server * ${TEXTS_PER_SERVER} + seen
    WHERE seen IS NOT before ORDER BY at`);
  return {
    versions: (server, from, to) => versions.all({ server, from, to }),
    said: (server, range) => said.all({ server, ...range }),
    pools: (server, range) => pools.all({ server, ...range }),
  };
}
