import type { Database } from 'better-sqlite3';
import type { Incident } from '../core/incident.ts';
import type { Page, PageQuery } from '../core/store.ts';
import { parseOwn } from './json.ts';
import { pageOf } from './page.ts';

export interface Incidents {
  /** Stores them whole; an acknowledgement that is stored stays. */
  put(server: number, incidents: readonly Incident[]): void;
  open(): Incident[];
  page(filter: { state: 'open' | 'resolved' | null; server: number | null }, query: PageQuery): Page<Incident>;
  find(id: string): Incident | null;
  acknowledge(id: string, at: number, note: string | null): Incident | null;
  /** Makes those that are open resolved, and gives them back. */
  end(ids: readonly string[], at: number): Incident[];
  /** Removes some that were resolved before `before` and of which no notice waits, with their notices; their number. */
  prune(before: number): number;
  removeServer(server: number): void;
}

/** Removed in one transaction: some milliseconds, then other work has its turn. */
const PRUNED_AT_ONCE = 50;

interface IncidentRow {
  readonly n: number;
  readonly body: string;
  readonly acknowledged_at: number | null;
  readonly acknowledged_note: string | null;
}

interface PageRequest {
  readonly open: number | null;
  readonly server: number | null;
  readonly before: number;
  readonly limit: number;
}

const COLUMNS = 'n, body, acknowledged_at, acknowledged_note';

export function createIncidents(db: Database): Incidents {
  // The acknowledgement has columns of its own: a probe under way writes the incident as it was before a person acknowledged it.
  const put = db.prepare(`
    INSERT INTO incident (id, server, signal, resolved_at, acknowledged_at, acknowledged_note, body)
    VALUES (@id, @server, @signal, @resolvedAt, @acknowledgedAt, @acknowledgedNote, @body)
    ON CONFLICT (id) DO UPDATE SET
      resolved_at = excluded.resolved_at,
      body = excluded.body,
      acknowledged_note = iif(acknowledged_at IS NULL, excluded.acknowledged_note, acknowledged_note),
      acknowledged_at = coalesce(acknowledged_at, excluded.acknowledged_at)`);
  const open = db.prepare<[], IncidentRow>(
    `SELECT ${COLUMNS} FROM incident INDEXED BY incident_open WHERE resolved_at IS NULL ORDER BY n`,
  );
  const find = db.prepare<[string], IncidentRow>(`SELECT ${COLUMNS} FROM incident WHERE id = ?`);
  const acknowledge = db.prepare<[number, string | null, string]>(
    'UPDATE incident SET acknowledged_at = ?, acknowledged_note = coalesce(?, acknowledged_note) WHERE id = ?',
  );
  const end = db.prepare<[number, number, string]>(
    "UPDATE incident SET resolved_at = ?, body = json_set(body, '$.resolvedAt', ?) WHERE id = ? AND resolved_at IS NULL",
  );
  const remove = db.prepare<[number]>('DELETE FROM incident WHERE server = ?');
  const page = db.prepare<[PageRequest], IncidentRow>(`
    SELECT ${COLUMNS} FROM incident
    WHERE n < @before AND (@open IS NULL OR (resolved_at IS NULL) = @open) ORDER BY n DESC LIMIT @limit`);
  // Apart from the other, or the index of servers is of no use.
  const pageOfServer = db.prepare<[PageRequest], IncidentRow>(`
    SELECT ${COLUMNS} FROM incident
    WHERE server = @server AND n < @before AND (@open IS NULL OR (resolved_at IS NULL) = @open)
    ORDER BY n DESC LIMIT @limit`);
  const byId = (id: string) => {
    const row = find.get(id);
    return row === undefined ? null : fromRow(row);
  };
  return {
    put(server, incidents) {
      // Resolved ones first: one signal may close one incident and open the next in the same commit.
      const resolvedFirst = [...incidents].sort(
        (a, b) => Number(b.resolvedAt !== null) - Number(a.resolvedAt !== null),
      );
      for (const incident of resolvedFirst) put.run(toRow(server, incident));
    },
    open: () => open.all().map(fromRow),
    page({ state, server }, query) {
      const wanted = state === null ? null : Number(state === 'open');
      const read = server === null ? page : pageOfServer;
      return pageOf(query, (before, limit) => read.all({ open: wanted, server, before, limit }), fromRow);
    },
    find: byId,
    acknowledge(id, at, note) {
      acknowledge.run(Math.round(at), note, id);
      return byId(id);
    },
    end(ids, at) {
      const resolvedAt = Math.round(at);
      const ended = ids.filter((id) => end.run(resolvedAt, resolvedAt, id).changes > 0);
      return ended.flatMap((id) => byId(id) ?? []);
    },
    prune: createPrune(db),
    removeServer(server) {
      remove.run(server);
    },
  };
}

function createPrune(db: Database): Incidents['prune'] {
  const settled = db
    .prepare<[number, number], string>(`
      SELECT id FROM incident INDEXED BY incident_resolved
      WHERE resolved_at < ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE incident = incident.id AND status = 'pending')
      ORDER BY resolved_at LIMIT ?`)
    .pluck();
  const removals = ['DELETE FROM outbox WHERE incident = ?', 'DELETE FROM incident WHERE id = ?'].map((sql) =>
    db.prepare<[string]>(sql),
  );
  return (before) => {
    const ids = settled.all(before, PRUNED_AT_ONCE);
    for (const id of ids) for (const removal of removals) removal.run(id);
    return ids.length;
  };
}

function toRow(server: number, incident: Incident) {
  const { acknowledged, ...body } = incident;
  return {
    id: incident.id,
    server,
    // What only one may be open of, beside the server.
    signal: incident.about ?? incident.signal,
    resolvedAt: incident.resolvedAt === null ? null : Math.round(incident.resolvedAt),
    acknowledgedAt: acknowledged === null ? null : Math.round(acknowledged.at),
    acknowledgedNote: acknowledged?.note ?? null,
    body: JSON.stringify(body),
  };
}

function fromRow(row: IncidentRow): Incident {
  const acknowledged = row.acknowledged_at === null ? null : { at: row.acknowledged_at, note: row.acknowledged_note };
  return { ...parseOwn<Omit<Incident, 'acknowledged'>>(row.body), acknowledged };
}
