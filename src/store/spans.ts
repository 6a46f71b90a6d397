import type { Database } from 'better-sqlite3';
import type { Gap } from '../core/gaps.ts';
import { SERVER_STATES } from '../core/signal.ts';
import type { SpanState, StateSpan } from '../core/store.ts';
import type { Roster } from './roster.ts';

/** The states a server went through. Only turns are stored, so spans never overlap. */
export interface Spans {
  /** The state that holds now, null before the first. */
  current(server: number): StateSpan['state'] | null;
  /** From `at` on the state is this one, whatever was recorded from there on; but a gap stays one. */
  turn(server: number, state: Known, at: number): void;
  /** Labels time in which nobody watched; after it the state of before goes on. */
  gap(server: number, gap: Gap, state: Known): void;
  within(serverIds: readonly string[] | null, from: number, to: number): StateSpan[];
  removeServer(server: number): void;
  /** To be called when the transaction was undone, and when a server is removed. */
  forget(): void;
}

type Known = Exclude<SpanState, 'not_monitored'>;

type Turn = { readonly server: number; readonly state: Known; readonly at: number };

interface SpanRow {
  readonly server: number;
  readonly at: number;
  readonly state: string;
  readonly until: number | null;
}

export function createSpans(db: Database, roster: Roster): Spans {
  const latest = db
    .prepare<[number], string>('SELECT state FROM state_change WHERE server = ? ORDER BY at DESC LIMIT 1')
    .pluck();
  const forget = db.prepare<[number, number]>('DELETE FROM state_change WHERE server = ? AND at >= ?');
  const afterGap = `'not_monitored' = (
    SELECT earlier.state FROM state_change AS earlier
    WHERE earlier.server = @server AND earlier.at < state_change.at ORDER BY earlier.at DESC LIMIT 1)`;
  const watched = "server = @server AND at >= @at AND state <> 'not_monitored'";
  const reopen = db.prepare<[Turn]>(`UPDATE state_change SET state = @state WHERE ${watched} AND ${afterGap}`);
  const drop = db.prepare<[Turn]>(`DELETE FROM state_change WHERE ${watched} AND NOT coalesce(${afterGap}, FALSE)`);
  const before = db
    .prepare<[number, number], string>(
      'SELECT state FROM state_change WHERE server = ? AND at <= ? ORDER BY at DESC LIMIT 1',
    )
    .pluck();
  const insert = db.prepare<[number, number, string]>('INSERT INTO state_change (server, at, state) VALUES (?, ?, ?)');
  const within = db.prepare<[{ servers: string | null; from: number; to: number }], SpanRow>(`
    SELECT * FROM (
      SELECT server, at, state, lead(at) OVER (PARTITION BY server ORDER BY at) AS until FROM (
        SELECT n, coalesce((SELECT max(at) FROM state_change WHERE server = n AND at <= @from), @from) AS first
        FROM server WHERE @servers IS NULL OR n IN (SELECT value FROM json_each(@servers))
      ) CROSS JOIN state_change ON server = n AND at >= first
    ) WHERE at < @to ORDER BY at, server`);
  // It is asked with each probe.
  const known = new Map<number, StateSpan['state'] | null>();
  const current = (server: number) => {
    const held = known.get(server);
    if (held !== undefined) return held;
    const state = parseState(latest.get(server));
    known.set(server, state);
    return state;
  };
  return {
    current,
    turn(server, state, at) {
      const row = { server, state, at: Math.round(at) };
      drop.run(row);
      reopen.run(row);
      const held = before.get(server, row.at);
      if (held !== state && held !== 'not_monitored') insert.run(server, row.at, state);
      known.delete(server);
    },
    gap(server, { from, to }, state) {
      forget.run(server, Math.round(Math.min(from, to)));
      if (from < to) insert.run(server, Math.round(from), 'not_monitored');
      known.delete(server);
      if (current(server) !== state) insert.run(server, Math.round(to), state);
      known.set(server, state);
    },
    within(serverIds, from, to) {
      const servers = serverIds && JSON.stringify(serverIds.flatMap((id) => roster.find(id) ?? []));
      return within.all({ servers, from, to }).map((row) => ({
        serverId: roster.idOf(row.server),
        state: parseState(row.state) ?? 'unknown',
        from: row.at,
        to: row.until,
      }));
    },
    removeServer(server) {
      forget.run(server, Number.MIN_SAFE_INTEGER);
    },
    forget: () => known.clear(),
  };
}

const SPAN_STATES: readonly StateSpan['state'][] = [...SERVER_STATES, 'not_monitored'];

function parseState(text: string | undefined): StateSpan['state'] | null {
  return SPAN_STATES.find((state) => state === text) ?? null;
}
