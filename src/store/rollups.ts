import type { Database } from 'better-sqlite3';
import { mergeRolls, rollUp } from '../core/latency-rolls.ts';
import type { StepName } from '../core/step.ts';
import type { LatencyRoll } from '../core/store.ts';
import type { Days } from './days.ts';
import type { Details } from './details.ts';
import { parseOwn } from './json.ts';
import { packNumbers, unpackNumbers } from './numbers.ts';
import { isTimed, TIMED_STEPS, type TimedStep } from './probe-row.ts';
import type { Roster } from './roster.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours are kept for charts of a month; what is older is told by days. */
const HOURS_KEPT_MS = 32 * DAY_MS;

/** Latency by hour and by day, so that a year is read from 365 rows. */
export interface Rollups {
  /**
   * Rolls up the next server of the oldest hour that is over at `before` and drops what is older than it may be (days:
   * `keepDaysFrom`). False: nothing is left to do.
   */
  advance(before: number, keepDaysFrom: number): boolean;
  /** Every hour before it is rolled up; null: there are no probes at all. */
  until(): number | null;
  /** Every sample of the step in [from, to) as rolls of an hour, or of a day, oldest first; the first one may begin before `from`. */
  read(serverId: string, step: StepName, span: { from: number; to: number; byDay: boolean }): LatencyRoll[];
  removeServer(server: number): void;
}

interface RollupParts {
  readonly db: Database;
  readonly days: Days;
  readonly roster: Roster;
  readonly details: Details;
}

/** A row: its histogram takes `bytes` of what is packed. */
type Figures = readonly [at: number, count: number, failed: number, max: number | null, bytes: number];

/** Many rows in one, the figures as JSON: read in half the time that as many rows take, each with a buffer of its own. */
interface Rows {
  readonly figures: string;
  readonly packed: Buffer | null;
}

export function createRollups({ db, days, roster, details }: RollupParts): Rollups {
  const hours = tableOf(db, 'roll_hour');
  const wholeDays = tableOf(db, 'roll_day');
  const readMark = db.prepare<[], number>('SELECT until FROM rolled').pluck();
  const clearMark = db.prepare('DELETE FROM rolled');
  const setMark = db.prepare<[number]>('INSERT INTO rolled (until) VALUES (?)');
  /** Where the hour in work stands, by the numbers that are given without gaps (roster.ts); lost with the process, and then begun anew. */
  let nextServer = 0;

  /** The first hour that is not rolled up yet; null: there are no probes at all. */
  const unrolled = (): number | null => readMark.get() ?? days.within(0, Number.MAX_SAFE_INTEGER)[0]?.from ?? null;

  const sampled = (server: number, step: TimedStep, from: number, to: number) =>
    days.within(from, to).flatMap((day) => day.samples(server, step, from, to));

  const rollServer = (server: number, hour: number, keepDaysFrom: number): void => {
    const isLastOfDay = (hour + HOUR_MS) % DAY_MS === 0;
    for (const [step, name] of TIMED_STEPS.entries()) {
      for (const roll of rollUp(sampled(server, name, hour, hour + HOUR_MS), HOUR_MS)) hours.put(server, step, roll);
      if (!isLastOfDay) continue;
      const day = hour + HOUR_MS - DAY_MS;
      const own = hours.read(server, step, day, day + DAY_MS);
      if (own.length > 0) wholeDays.put(server, step, mergeRolls(day, own));
      hours.drop(server, step, hour - HOURS_KEPT_MS);
      wholeDays.drop(server, step, keepDaysFrom);
    }
  };

  return {
    until: unrolled,
    advance(before, keepDaysFrom) {
      const hour = unrolled();
      if (hour === null || hour + HOUR_MS > before) return false;
      const isEmpty = days.within(hour, hour + HOUR_MS).length === 0;
      const servers = isEmpty ? 0 : roster.ids().length;
      const isOver = nextServer + 1 >= servers;
      db.transaction(() => {
        if (nextServer < servers) {
          rollServer(nextServer, hour, keepDaysFrom);
          details.trim(nextServer, hour, hour + HOUR_MS);
        }
        if (!isOver) return;
        clearMark.run();
        setMark.run(hour + HOUR_MS);
      }).immediate();
      nextServer = isOver ? 0 : nextServer + 1;
      return true;
    },
    read(serverId, step, { from, to, byDay }) {
      const server = roster.find(serverId);
      if (server === undefined || !isTimed(step)) return [];
      const column = TIMED_STEPS.indexOf(step);
      const rolledUntil = Math.max(from, unrolled() ?? from);
      const daysUntil = byDay ? Math.max(from, Math.floor(rolledUntil / DAY_MS) * DAY_MS) : from;
      const first = Math.floor(from / (byDay ? DAY_MS : HOUR_MS)) * (byDay ? DAY_MS : HOUR_MS);
      const past = byDay ? wholeDays.read(server, column, first, Math.min(daysUntil, to)) : [];
      const recent = hours.read(server, column, byDay ? daysUntil : first, Math.min(rolledUntil, to));
      return [...past, ...recent, ...rollUp(sampled(server, step, rolledUntil, to), HOUR_MS)];
    },
    removeServer(server) {
      for (const table of [hours, wholeDays]) table.removeServer(server);
    },
  };
}

function tableOf(db: Database, table: 'roll_hour' | 'roll_day') {
  const put = db.prepare<[number, number, number, number, number, number | null, Buffer]>(
    `INSERT OR REPLACE INTO ${table} (server, step, at, count, failed, max, histogram) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const figures = [`at`, `count`, `failed`, `ifnull(max, 'null')`, `length(histogram)`].join(` || ',' || `);
  const read = db.prepare<[number, number, number, number], Rows>(
    `SELECT '[' || ifnull(group_concat('[' || ${figures} || ']'), '') || ']' AS figures,
       unhex(group_concat(hex(histogram), '')) AS packed
     FROM (SELECT * FROM ${table} WHERE server = ? AND step = ? AND at >= ? AND at < ? ORDER BY at)`,
  );
  const drop = db.prepare<[number, number, number]>(`DELETE FROM ${table} WHERE server = ? AND step = ? AND at < ?`);
  const remove = db.prepare<[number]>(`DELETE FROM ${table} WHERE server = ?`);
  return {
    put(server: number, step: number, { at, count, failed, maxMs, histogram }: LatencyRoll): void {
      const max = maxMs === null ? null : Math.round(maxMs * 1000);
      put.run(server, step, at, count, failed, max, packPairs(histogram));
    },
    read(server: number, step: number, from: number, to: number): LatencyRoll[] {
      const rows = read.get(server, step, from, to);
      return rows === undefined ? [] : rollsOf(rows);
    },
    drop(server: number, step: number, before: number): void {
      drop.run(server, step, before);
    },
    removeServer(server: number): void {
      remove.run(server);
    },
  };
}

const NOTHING = new Uint8Array();

function rollsOf({ figures, packed }: Rows): LatencyRoll[] {
  let end = 0;
  return parseOwn<readonly Figures[]>(figures).map(([at, count, failed, max, bytes]) => {
    const from = end;
    end += bytes;
    const histogram = unpackPairs(packed ?? NOTHING, from, end);
    return { at, count, failed, maxMs: max === null ? null : max / 1000, histogram };
  });
}

/** Buckets ascend, so each is told by its distance from the one before. */
export function packPairs(histogram: LatencyRoll['histogram']): Buffer {
  return packNumbers(Array.from(histogram, (value, at) => (at % 2 === 0 ? value - (histogram[at - 2] ?? 0) : value)));
}

function unpackPairs(packed: Uint8Array, from: number, end: number): LatencyRoll['histogram'] {
  const entries = new Uint32Array(unpackNumbers(packed, from, end));
  for (let at = 2; at < entries.length; at += 2) entries[at] = (entries[at] ?? 0) + (entries[at - 2] ?? 0);
  return entries;
}
