import type { Database, Statement } from 'better-sqlite3';
import type { StepName } from '../core/step.ts';
import type { LatencySample } from '../core/store.ts';
import { DAY_MS, type DayKey, nameOf } from './day-key.ts';
import { parseOwn } from './json.ts';
import { type ProbeRow, sampleOf, TIMED_STEPS, type TimedStep } from './probe-row.ts';

/** Ids of texts are `server * TEXTS_PER_SERVER + nth of the day`, so that they lie together and a removed server's go in one range. */
const TEXTS_PER_SERVER = 2 ** 32;

/** Before the name of a table whose day was dropped. */
export const DROPPED = 'dropped_';

/** A row as SQLite gives it, texts joined in. */
type StoredRow = { at: number; numbers: Buffer; seen: string; said: string | null } & Record<TimedStep, number | null>;

/** A row by its texts: their numbers, and whether the probe was anything but `up`. */
export interface Outline {
  readonly at: number;
  readonly seen: number;
  readonly said: number | null;
  /** 0 or 1 */
  readonly isRed: number;
}

/** The tables of one UTC day and what can be asked of them. */
export interface Day {
  /** First millisecond. */
  readonly from: number;
  insert(server: number, row: Omit<ProbeRow, 'seen' | 'said'> & { seen: number; said: number | null }): void;
  has(server: number, at: number): boolean;
  /** The newest `limit` rows in [from, before), newest first. */
  newest(server: number, range: { from: number; before: number; limit: number }): ProbeRow[];
  /** The newest `limit` rows since `from` in which something was said, newest first. */
  said(server: number, range: { from: number; limit: number }): { at: number; said: string }[];
  /** The oldest `limit` rows in [from, to) that brought pools, oldest first; the pools as JSON. */
  pools(server: number, range: { from: number; to: number; limit: number }): { at: number; pools: string }[];
  /** The version it called itself in rows of [from, to) that saw other than the row before, oldest first; null: none. */
  versions(server: number, from: number, to: number): { at: number; version: string | null }[];
  /** How long the step took in the rows of [from, to), oldest first; rows without the step left out. */
  samples(server: number, step: TimedStep, from: number, to: number): LatencySample[];
  /** Number of probes started since `from`, of all servers. */
  count(from: number): number;
  /** The rows in [from, to), oldest first. */
  outlines(server: number, from: number, to: number): Outline[];
  /** Gives a row other texts. */
  setTexts(server: number, row: Pick<Outline, 'at' | 'seen' | 'said'>): void;
  text(server: number, nth: number): string;
  /** The highest number of a stored text of this server, 0 when there is none. */
  lastText(server: number): number;
  insertText(server: number, nth: number, body: string): void;
  /** Removes the texts to which no row refers, but for `kept`. */
  dropTexts(server: number, kept: readonly number[]): void;
  removeServer(server: number): void;
  /** Names the tables so that no day has them any more; their rows are removed bit by bit (days.ts). */
  drop(): void;
}

export function openDay(db: Database, from: number, key: DayKey): Day {
  const probe = `${key.table} AS probe`;
  const text = `text_${nameOf(from)}`;
  const columnNames = [...key.columns, ...TIMED_STEPS, 'seen', 'said', 'numbers'];
  const insert = db.prepare<unknown[]>(
    `INSERT INTO ${key.table} (${columnNames.join(', ')}) VALUES (${columnNames.map(() => '?').join(', ')})`,
  );
  const has = db.prepare<number[]>(`SELECT 1 FROM ${key.table} WHERE ${exactly(key)}`);
  const newest = db.prepare<number[], StoredRow>(`
    SELECT ${key.at} AS at, ${TIMED_STEPS.join(', ')}, numbers,
      (SELECT body FROM ${text} WHERE id = ${key.server} * ${TEXTS_PER_SERVER} + seen) AS seen,
      (SELECT body FROM ${text} WHERE id = ${key.server} * ${TEXTS_PER_SERVER} + said) AS said
    FROM ${probe} WHERE ${key.within} ORDER BY ${key.order} DESC LIMIT ?`);
  // An index search per server, where a plain WHERE would read the whole day.
  const count = db.prepare<[number], number>(`SELECT count(*) FROM server CROSS JOIN ${probe} ON ${key.since}`).pluck();
  return {
    from,
    insert(server, { at, durations, seen, said, numbers }) {
      insert.run(...key.of(server, at), ...TIMED_STEPS.map((step) => durations[step]), seen, said, numbers);
    },
    has: (server, at) => has.get(...key.of(server, at)) !== undefined,
    newest: (server, { from: start, before, limit }) =>
      newest
        .all(...key.range(server, start, before), limit)
        .map(({ at, numbers, seen, said, ...durations }) => ({ at, numbers, seen, said, durations })),
    ...readSaid(db, key, text),
    samples: readSamples(db, key),
    count: (start) => count.get(key.start(start)) ?? 0,
    ...readTexts(db, key, text),
    removeServer(server) {
      db.prepare<number[]>(`DELETE FROM ${probe} WHERE ${key.within}`).run(...key.range(server, from, from + DAY_MS));
      db.prepare(`DELETE FROM ${text} WHERE id BETWEEN ? AND ?`).run(...textsOf(server));
    },
    drop() {
      // The other is of a day that came back, as a clock that was set back brings it.
      for (const table of [key.table, text])
        db.exec(`DROP TABLE IF EXISTS ${DROPPED}${table}; ALTER TABLE ${table} RENAME TO ${DROPPED}${table}`);
    },
  };
}

/**
 * All rows of an answer come as one text of numbers, start and column in turn, which is read in a fifth of the time that
 * as many rows take: a day of a server has 1,440.
 */
function readSamples(db: Database, key: DayKey): Day['samples'] {
  const statements = new Map<StepName, Statement<number[], string>>();
  const prepared = (step: TimedStep): Statement<number[], string> =>
    db
      .prepare<number[], string>(
        `SELECT '[' || ifnull(group_concat(start || ',' || duration), '') || ']' FROM (
           SELECT ${key.offset} AS start, ${step} AS duration
           FROM ${key.table} AS probe WHERE ${key.within} AND ${step} IS NOT NULL ORDER BY ${key.order}
         )`,
      )
      .pluck();
  return (server, step, from, to) => {
    const statement = statements.get(step) ?? prepared(step);
    statements.set(step, statement);
    const numbers = parseOwn<readonly number[]>(statement.get(...key.range(server, from, to)) ?? '[]');
    const samples: LatencySample[] = [];
    for (let n = 0; n < numbers.length; n += 2)
      samples.push(sampleOf(key.origin + (numbers[n] ?? 0), numbers[n + 1] ?? 0));
    return samples;
  };
}

function exactly({ columns }: DayKey): string {
  return columns.map((column) => `${column} = ?`).join(' AND ');
}

function textsOf(server: number): [number, number] {
  return [server * TEXTS_PER_SERVER, (server + 1) * TEXTS_PER_SERVER - 1];
}

/** What was said or seen in probes, read without anything else of them. */
function readSaid(db: Database, key: DayKey, texts: string): Pick<Day, 'said' | 'pools' | 'versions'> {
  const rows = `${key.table} AS probe CROSS JOIN ${texts} AS text ON text.id = ${key.server} * ${TEXTS_PER_SERVER} + said`;
  const said = db.prepare<number[], { at: number; said: string }>(`
    SELECT ${key.at} AS at, body AS said FROM ${rows} WHERE ${key.within} ORDER BY ${key.order} DESC LIMIT ?`);
  const pools = db.prepare<number[], { at: number; pools: string }>(`
    SELECT ${key.at} AS at, json_extract(body, '$.pools') AS pools FROM ${rows}
    WHERE ${key.within} AND json_array_length(body, '$.pools') > 0 ORDER BY ${key.order} LIMIT ?`);
  // What is seen repeats, so few texts are opened.
  const versions = db.prepare<number[], { at: number; version: string | null }>(`
    SELECT at, json_extract(body, '$.report.serverInfo.version') AS version
    FROM (
      SELECT ${key.server} AS server, ${key.at} AS at, seen, lag(seen) OVER (ORDER BY ${key.order}) AS before
      FROM ${key.table} AS probe WHERE ${key.within}
    ) JOIN ${texts} AS text ON text.id = server * ${TEXTS_PER_SERVER} + seen
    WHERE seen IS NOT before ORDER BY at`);
  return {
    versions: (server, from, to) => versions.all(...key.range(server, from, to)),
    said: (server, { from, limit }) => said.all(...key.range(server, from, Number.MAX_SAFE_INTEGER), limit),
    pools: (server, { from, to, limit }) => pools.all(...key.range(server, from, to), limit),
  };
}

type Texts = 'outlines' | 'setTexts' | 'text' | 'lastText' | 'insertText' | 'dropTexts';

/** The texts themselves, and which rows refer to them. */
function readTexts(db: Database, key: DayKey, texts: string): Pick<Day, Texts> {
  const probe = `${key.table} AS probe`;
  const outlines = db.prepare<number[], Outline>(`
    SELECT ${key.at} AS at, seen, said, json_extract(body, '$.judgement.state') <> 'up' AS isRed
    FROM ${probe} CROSS JOIN ${texts} AS text ON text.id = ${key.server} * ${TEXTS_PER_SERVER} + seen
    WHERE ${key.within} ORDER BY ${key.order}`);
  const setTexts = db.prepare<unknown[]>(`UPDATE ${key.table} SET seen = ?, said = ? WHERE ${exactly(key)}`);
  const read = db.prepare<[number], string>(`SELECT body FROM ${texts} WHERE id = ?`).pluck();
  const last = db
    .prepare<[number, number], number | null>(`SELECT max(id) FROM ${texts} WHERE id BETWEEN ? AND ?`)
    .pluck();
  const insert = db.prepare(`INSERT INTO ${texts} (id, body) VALUES (?, ?)`);
  const used = (column: string): string => `SELECT ${column} FROM ${probe} WHERE ${key.within} AND ${column} NOT NULL`;
  const drop = db.prepare<unknown[]>(`
    DELETE FROM ${texts} WHERE id BETWEEN ? AND ? AND id % ${TEXTS_PER_SERVER} NOT IN (
      ${used('seen')} UNION ALL ${used('said')} UNION ALL SELECT value FROM json_each(?))`);
  return {
    outlines: (server, from, to) => outlines.all(...key.range(server, from, to)),
    setTexts(server, { at, seen, said }) {
      setTexts.run(seen, said, ...key.of(server, at));
    },
    text: (server, nth) => read.get(server * TEXTS_PER_SERVER + nth) ?? '{}',
    lastText: (server) => (last.get(...textsOf(server)) ?? 0) % TEXTS_PER_SERVER,
    insertText(server, nth, body) {
      insert.run(server * TEXTS_PER_SERVER + nth, body);
    },
    dropTexts(server, kept) {
      const day = key.range(server, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      drop.run(...textsOf(server), ...day, ...day, JSON.stringify(kept));
    },
  };
}
