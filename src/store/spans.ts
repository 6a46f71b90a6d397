import type { Database } from 'better-sqlite3';
import { SERVER_STATES } from '../core/signal.ts';
import type { StateSpan } from '../core/store.ts';
import type { Roster } from './roster.ts';

/** The states a server went through. Only turns are stored, so spans never overlap. */
export interface Spans {
  /** The state that holds now, null before the first. */
  current(server: number): StateSpan['state'] | null;
  /** From `at` on the state is this one, whatever was recorded from there on. */
  turn(server: number, state: StateSpan['state'], at: number): void;
  within(serverIds: readonly string[] | null, from: number, to: number): StateSpan[];
  removeServer(server: number): void;
}

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
  const insert = db.prepare<[number, number, string]>('INSERT INTO state_change (server, at, state) VALUES (?, ?, ?)');
  const within = db.prepare<[{ servers: string | null; from: number; to: number }], SpanRow>(`
    SELECT * FROM (
      SELECT server, at, state, lead(at) OVER (PARTITION BY server ORDER BY at) AS until FROM state_change
      WHERE @servers IS NULL OR server IN (SELECT value FROM json_each(@servers))
    ) WHERE at < @to AND (until IS NULL OR until > @from) ORDER BY at, server`);
  const current = (server: number) => parseState(latest.get(server));
  return {
    current,
    turn(server, state, at) {
      const from = Math.round(at);
      forget.run(server, from);
      if (current(server) !== state) insert.run(server, from, state);
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
  };
}

function parseState(text: string | undefined): StateSpan['state'] | null {
  return SERVER_STATES.find((state) => state === text) ?? null;
}
