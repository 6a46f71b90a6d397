import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Page, PageQuery } from '../core/store.ts';
import type { ToolList } from '../core/tool-list.ts';
import type { ToolChange, ToolLists, ToolStanding, ToolsUpdate } from '../core/tool-standing.ts';
import { acceptCurrent } from '../core/tools.ts';
import { parseOwn } from './json.ts';
import { pageOf } from './page.ts';

/** Lists of tools and how they changed. A list is stored once, however many servers have it. */
export interface Tools {
  standings(): Map<string, ToolStanding>;
  /** Inside a transaction. */
  put(server: number, update: ToolsUpdate): void;
  lists(server: number): ToolLists | null;
  changes(server: number, query: PageQuery): Page<ToolChange>;
  accept(server: number, at: number): ToolStanding | null;
  removeServer(server: number): void;
}

/** Changes kept of one server. */
const KEPT_CHANGES = 200;

interface StandingRow {
  readonly accepted: number;
  readonly current: number;
  readonly body: string;
}

export function createTools(db: Database): Tools {
  const standings = db.prepare<[], string>('SELECT body FROM tool_standing').pluck();
  const find = db.prepare<[number], StandingRow>('SELECT accepted, current, body FROM tool_standing WHERE server = ?');
  const write = db.prepare<[{ server: number; accepted: number; current: number; body: string }]>(`
    INSERT INTO tool_standing (server, accepted, current, body) VALUES (@server, @accepted, @current, @body)
    ON CONFLICT (server) DO UPDATE SET accepted = excluded.accepted, current = excluded.current, body = excluded.body`);
  const drop = db.prepare<[number]>('DELETE FROM tool_standing WHERE server = ?');
  const change = db.prepare<[number, string]>('INSERT INTO tool_change (server, body) VALUES (?, ?)');
  const forgetChanges = db.prepare<[{ server: number; kept: number }]>(`
    DELETE FROM tool_change WHERE server = @server AND n <= (
      SELECT n FROM tool_change WHERE server = @server ORDER BY n DESC LIMIT 1 OFFSET @kept)`);
  const dropChanges = db.prepare<[number]>('DELETE FROM tool_change WHERE server = ?');
  const changes = db.prepare<[number, number, number], { n: number; body: string }>(
    'SELECT n, body FROM tool_change WHERE server = ? AND n < ? ORDER BY n DESC LIMIT ?',
  );
  const lists = createLists(db);
  return {
    standings: () =>
      new Map(
        standings
          .all()
          .map((body) => parseOwn<ToolStanding>(body))
          .map((each) => [each.serverId, each]),
      ),
    put(server, { standing, list, change: event }) {
      const before = find.get(server);
      const current = list === null ? before?.current : lists.numberOf(list);
      if (current === undefined) return;
      const accepted = before?.accepted ?? current;
      write.run({ server, accepted, current, body: JSON.stringify(standing) });
      if (before !== undefined) lists.dropUnused(before.current);
      if (event === null) return;
      change.run(server, JSON.stringify(event));
      forgetChanges.run({ server, kept: KEPT_CHANGES });
    },
    lists(server) {
      const row = find.get(server);
      return row === undefined ? null : { accepted: lists.read(row.accepted), current: lists.read(row.current) };
    },
    changes: (server, query) =>
      pageOf(
        query,
        (before, limit) => changes.all(server, before, limit),
        ({ body }) => parseOwn<ToolChange>(body),
      ),
    accept(server, at) {
      const row = find.get(server);
      if (row === undefined) return null;
      const standing = acceptCurrent(parseOwn<ToolStanding>(row.body), at);
      write.run({ server, accepted: row.current, current: row.current, body: JSON.stringify(standing) });
      lists.dropUnused(row.accepted);
      return standing;
    },
    removeServer(server) {
      const row = find.get(server);
      drop.run(server);
      dropChanges.run(server);
      for (const n of row === undefined ? [] : [row.accepted, row.current]) lists.dropUnused(n);
    },
  };
}

function createLists(db: Database) {
  const known = db.prepare<[string], number>('SELECT n FROM tool_list WHERE digest = ?').pluck();
  const insert = db.prepare<[string, string]>('INSERT INTO tool_list (digest, body) VALUES (?, ?)');
  const read = db.prepare<[number], string>('SELECT body FROM tool_list WHERE n = ?').pluck();
  const dropUnused = db.prepare<[{ n: number }]>(`
    DELETE FROM tool_list WHERE n = @n
      AND NOT EXISTS (SELECT 1 FROM tool_standing WHERE accepted = @n)
      AND NOT EXISTS (SELECT 1 FROM tool_standing WHERE current = @n)`);
  return {
    numberOf(list: ToolList): number {
      const body = JSON.stringify(list);
      // Not the list's own hash: two servers may list the same and keep it differently, without secrets of their own.
      const digest = hash('sha256', body, 'base64');
      return known.get(digest) ?? Number(insert.run(digest, body).lastInsertRowid);
    },
    read: (n: number): ToolList => parseOwn<ToolList>(read.get(n) ?? '{"hash":"","contractHash":"","tools":[]}'),
    dropUnused: (n: number): void => void dropUnused.run({ n }),
  };
}
