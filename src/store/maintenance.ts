import type { Database } from 'better-sqlite3';
import type { MaintenanceSpan } from '../core/store.ts';
import type { Roster } from './roster.ts';

/** The maintenance that servers were in, and how long what is under way is planned. Spans of one server never overlap. */
export interface MaintenanceSpans {
  /** From `at` on, each of these servers is in maintenance until then, whatever was planned. */
  plan(until: ReadonlyMap<string, number>, at: number): void;
  within(serverIds: readonly string[] | null, from: number, to: number): MaintenanceSpan[];
  removeServer(server: number): void;
}

interface SpanRow {
  readonly server: number;
  readonly at: number;
  readonly until: number;
}

export function createMaintenanceSpans(db: Database, roster: Roster): MaintenanceSpans {
  const forget = db.prepare<[number, number]>('DELETE FROM maintenance_span WHERE server = ? AND at >= ?');
  const end = db.prepare<[SpanRow]>('UPDATE maintenance_span SET until = @at WHERE server = @server AND until > @at');
  const begin = db.prepare<[SpanRow]>('INSERT INTO maintenance_span (server, at, until) VALUES (@server, @at, @until)');
  const within = db.prepare<[{ servers: string | null; from: number; to: number }], SpanRow>(`
    SELECT server, at, until FROM maintenance_span
    WHERE at < @to AND until > @from AND (@servers IS NULL OR server IN (SELECT value FROM json_each(@servers)))
    ORDER BY at, server`);
  return {
    plan(until, instant) {
      const at = Math.round(instant);
      for (const [serverId, later] of until) {
        const row = { server: roster.numberOf(serverId), at, until: Math.round(later) };
        forget.run(row.server, at);
        end.run(row);
        if (row.until > at) begin.run(row);
      }
    },
    within(serverIds, from, to) {
      const servers = serverIds && JSON.stringify(serverIds.flatMap((id) => roster.find(id) ?? []));
      return within.all({ servers, from, to }).map(({ server, at, until }) => ({
        serverId: roster.idOf(server),
        from: at,
        to: until,
      }));
    },
    removeServer(server) {
      forget.run(server, Number.MIN_SAFE_INTEGER);
    },
  };
}
