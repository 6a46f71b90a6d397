import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { mergeRolls, rollUp } from '../src/core/latency-rolls.ts';
import { ascending, percentile } from '../src/core/percentile.ts';
import type { LatencyRoll } from '../src/core/store.ts';
import { connect } from '../src/store/connection.ts';
import { createDays } from '../src/store/days.ts';
import { createIncidents } from '../src/store/incidents.ts';
import { migrations } from '../src/store/migrations/list.ts';
import { packNumbers } from '../src/store/numbers.ts';
import { createOutbox } from '../src/store/outbox.ts';
import { toRow } from '../src/store/probe-row.ts';
import { packPairs } from '../src/store/rollups.ts';
import { createRoster } from '../src/store/roster.ts';
import { incident, judgement, notice, report, status } from '../test/store/samples.ts';

/**
 * A store as a year of probing leaves it: each server once a minute, twelve outages a year with two notices each, the
 * rolls of a month's hours and a year's days, and the probes of the last days. The same for the same arguments.
 */
export interface Seed {
  readonly servers: number;
  /** Days of which the probes themselves are there, the day of `until` included. */
  readonly days: number;
  /** The last probe is before it. */
  readonly until: number;
}

/** What was put in, so that what comes out can be held against it. `exact`: P95 of `initialize` of the first server. */
export interface Seeded {
  readonly ids: readonly string[];
  readonly probes: number;
  readonly exact: { readonly day: number; readonly month: number; readonly year: number };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR_DAYS = 365;
const HOURS_KEPT_DAYS = 32;
const OUTAGES = 12;
/** connect, initialize, tools_list, canary: as they are numbered in the rolls. */
const STEPS = [0, 1, 2, 3];

export const idOf = (n: number): string => `server-${String(n).padStart(5, '0')}`;

export async function seed(file: string, { servers, days, until }: Seed): Promise<Seeded> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '', { flag: 'wx' });
  const db = await connect(file, migrations, async () => undefined);
  // Until it is whole it is of no use to anybody.
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -262144');
  const ids = Array.from({ length: servers }, (_, n) => idOf(n));
  const times = createTimes();
  try {
    const today = Math.floor(until / DAY) * DAY;
    standings(db, ids, until);
    const first = rolls(db, { servers, today, until, times });
    const yesterday = today - DAY;
    let probes = 0;
    for (const day of [yesterday, today]) probes += probesOf(db, { day, until, servers, times });
    for (let day = yesterday - DAY; day > today - days * DAY; day -= DAY) probes += copyOf(db, yesterday, day);
    return { ids, probes, exact: exactOf(first) };
  } finally {
    db.close();
  }
}

/** Durations in µs that look like those of a network: most around 40 ms, some far above. The same for the same moment. */
function createTimes(): (server: number, minute: number) => number {
  const some = Array.from({ length: 4096 }, (_, n) => {
    const [a, b] = [(n + 0.5) / 4096, ((n * 2654435761) % 4096) / 4096];
    const normal = Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
    return Math.round(40_000 * Math.exp(0.5 * normal));
  });
  return (server, minute) =>
    some[(Math.imul(minute, 40_503) + Math.imul(server, 2_654_435) + (minute >> 7)) & 4095] ?? 40_000;
}

function phaseOf(server: number): number {
  return Math.floor(((server * 0.6180339887) % 1) * MINUTE);
}

function standings(db: Database, ids: readonly string[], until: number): void {
  const roster = createRoster(db);
  roster.numbersOf(ids);
  const [incidents, outbox] = [createIncidents(db), createOutbox(db)];
  const putStatus = db.prepare('INSERT INTO status (server, version, body) VALUES (?, ?, ?)');
  const putTurn = db.prepare('INSERT INTO state_change (server, at, state) VALUES (?, ?, ?)');
  db.transaction(() => {
    for (const [n, id] of ids.entries()) {
      const from = until - YEAR_DAYS * DAY;
      putTurn.run(n, from, 'up');
      const outages = Array.from({ length: OUTAGES }, (_, k) => from + (k + 0.3) * 30 * DAY + phaseOf(n));
      for (const [k, at] of outages.entries()) {
        const [downAt, upAt] = [Math.round(at), Math.round(at + 10 * MINUTE)];
        putTurn.run(n, downAt, 'down');
        putTurn.run(n, upAt, 'up');
        const over = incident(id, `${id}-${k}`, { startedAt: downAt, openedAt: downAt, resolvedAt: upAt });
        incidents.put(n, [over]);
        const told = (['incident.opened', 'incident.resolved'] as const).map((event) => {
          const channel = 'ops';
          return { notice: notice(`${id}-${k}-${event}`, event, over, downAt), channel };
        });
        outbox.put(n, told);
      }
      const { version, signals, ...body } = status(id, 1, { since: Math.round(outages.at(-1) ?? from) + 10 * MINUTE });
      const unknown = { ...signals.protocol, level: 'unknown' };
      const known = { ...signals, health_url: unknown, pool: unknown, tls: unknown, auth: unknown };
      putStatus.run(n, version, JSON.stringify({ ...body, signals: known }));
    }
    db.exec("UPDATE outbox SET status = 'delivered', next_try_at = NULL, tries = 1, first_tried_at = at");
  })();
}

interface Span {
  readonly servers: number;
  readonly today: number;
  readonly until: number;
  readonly times: (server: number, minute: number) => number;
}

/** The first server's rolls are made of its samples, which come back; those of the others are like them. */
function rolls(db: Database, { servers, today, until, times }: Span): readonly number[] {
  const first: number[] = [];
  const put = (table: string) =>
    db.prepare(`INSERT INTO ${table} (server, step, at, count, failed, max, histogram) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const [putHour, putDay] = [put('roll_hour'), put('roll_day')];
  const lastHour = Math.floor(until / HOUR) * HOUR;
  const dayRolls: LatencyRoll[] = [];
  const hourRolls: LatencyRoll[] = [];
  for (let day = today - YEAR_DAYS * DAY; day < until; day += DAY) {
    const samples: { at: number; ms: number }[] = [];
    for (let at = day; at < Math.min(day + DAY, until - phaseOf(0)); at += MINUTE) {
      const micros = times(0, at / MINUTE);
      first.push(micros);
      samples.push({ at, ms: micros / 1000 });
    }
    const rolled = rollUp(samples, HOUR).filter(({ at }) => at < lastHour);
    if (day < today) dayRolls.push(mergeRolls(day, rolled));
    if (day >= today - HOURS_KEPT_DAYS * DAY) hourRolls.push(...rolled);
  }
  const [hours, wholeDays] = [hourRolls.map(columnsOf), dayRolls.map(columnsOf)];
  for (let server = 0; server < servers; server += 1) {
    db.transaction(() => {
      for (const step of STEPS) {
        for (const values of hours) putHour.run(server, step, ...values);
        for (const values of wholeDays) putDay.run(server, step, ...values);
      }
    })();
  }
  db.prepare('INSERT INTO rolled (until) VALUES (?)').run(lastHour);
  return first;
}

function columnsOf({ at, count, failed, maxMs, histogram }: LatencyRoll) {
  return [at, count, failed, Math.round((maxMs ?? 0) * 1000), packPairs(histogram)] as const;
}

interface DaySpan extends Omit<Span, 'today'> {
  readonly day: number;
}

/** Minute by minute, which leaves the pages as probing does. */
function probesOf(db: Database, { day: from, until, servers, times }: DaySpan): number {
  const day = createDays(db).at(from);
  const pattern = toRow({ report: report('any', from), judgement: judgement() }, from);
  let probes = 0;
  const put = (server: number, minute: number): void => {
    const at = minute + phaseOf(server);
    if (at >= until) return;
    const micros = times(server, minute / MINUTE);
    const durations = {
      connect: micros >> 4,
      initialize: micros,
      tools_list: micros >> 1,
      canary: micros + 7,
      health_url: null,
    };
    const numbers = packNumbers([at % 4, 0, micros * 3, 400 + (micros & 511), 900 + (micros & 255), 1100, micros]);
    day.insert(server, { at, durations, numbers, seen: 1, said: null });
    probes += 1;
  };
  const order = Array.from({ length: servers }, (_, n) => n).sort((a, b) => phaseOf(a) - phaseOf(b));
  db.transaction(() => {
    for (const server of order) day.insertText(server, 1, pattern.seen);
    for (let minute = from; minute < from + DAY; minute += MINUTE) for (const server of order) put(server, minute);
  })();
  return probes;
}

/** The same day again, at another date. */
function copyOf(db: Database, from: number, to: number): number {
  createDays(db).at(to);
  const [old, copy] = [from, to].map((day) => new Date(day).toISOString().slice(0, 10).replaceAll('-', ''));
  db.exec(`INSERT INTO text_${copy} SELECT * FROM text_${old}`);
  return db.prepare(`INSERT INTO probes_${copy} SELECT * FROM probes_${old}`).run().changes;
}

function exactOf(samples: readonly number[]): Seeded['exact'] {
  const p95 = (minutes: number): number => (percentile(ascending(samples.slice(-minutes)), 0.95) ?? 0) / 1000;
  return { day: p95(1440), month: p95(30 * 1440), year: p95(samples.length) };
}
