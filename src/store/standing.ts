import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { ServerStatus } from '../core/status.ts';
import { parseOwn } from './json.ts';

/** The statuses as they stand, with the versions of results that changed nothing else and are not written yet. */
export interface Standing {
  all(isWanted: (serverId: string) => boolean): Map<string, ServerStatus>;
  /** 0 when there is none. */
  version(serverId: string): number;
  /** null when there is none. */
  state(serverId: string): ServerStatus['state'] | null;
  /** Is it the stored one in all but its version? */
  isUnchanged(status: ServerStatus): boolean;
  /** Did the state, or its start, turn against the stored one? */
  isTurn(status: ServerStatus): boolean;
  /** Inside a transaction. `accept` it once that is done. */
  write(server: number, status: ServerStatus): void;
  accept(status: ServerStatus): void;
  /** Accepts the version of a status that is otherwise unchanged, without writing. */
  advance(status: ServerStatus): void;
  /** Writes the versions that lag behind. */
  catchUp(): void;
  removeServer(server: number): void;
  /** Follows `removeServer` once its transaction is done. */
  forget(serverId: string): void;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly body: string;
}

/** What is kept of a status in memory: enough to compare with, not the whole. */
interface Held {
  readonly version: number;
  readonly state: ServerStatus['state'];
  readonly since: number;
  readonly digest: string;
}

export function createStanding(db: Database): Standing {
  const select = db.prepare<[], Row>('SELECT id, version, body FROM status JOIN server ON n = server');
  const write = db.prepare<[number, number, string]>(`
    INSERT INTO status (server, version, body) VALUES (?, ?, ?)
    ON CONFLICT (server) DO UPDATE SET version = excluded.version, body = excluded.body`);
  const catchUp = db.prepare<[{ version: number; serverId: string }]>(
    'UPDATE status SET version = @version WHERE server = (SELECT n FROM server WHERE id = @serverId) AND version <> @version',
  );
  const remove = db.prepare<[number]>('DELETE FROM status WHERE server = ?');
  const held = new Map(select.all().map((row) => [row.id, heldOf(statusOf(row), row.body)]));
  return {
    all: (isWanted) =>
      new Map(
        select
          .all()
          .filter(({ id }) => isWanted(id))
          .map((row) => [row.id, { ...statusOf(row), version: held.get(row.id)?.version ?? row.version }]),
      ),
    version: (serverId) => held.get(serverId)?.version ?? 0,
    state: (serverId) => held.get(serverId)?.state ?? null,
    isUnchanged: (status) => held.get(status.serverId)?.digest === digestOf(bodyOf(status)),
    isTurn({ serverId, state, since }) {
      const before = held.get(serverId);
      return before === undefined || before.state !== state || before.since !== since;
    },
    write(server, status) {
      write.run(server, status.version, bodyOf(status));
    },
    accept(status) {
      held.set(status.serverId, heldOf(status, bodyOf(status)));
    },
    advance({ serverId, version }) {
      const before = held.get(serverId);
      if (before !== undefined) held.set(serverId, { ...before, version });
    },
    catchUp: db.transaction(() => {
      for (const [serverId, { version }] of held) catchUp.run({ version, serverId });
    }),
    removeServer(server) {
      remove.run(server);
    },
    forget(serverId) {
      held.delete(serverId);
    },
  };
}

/** A body that was read is as it was written, and need not be written again to be compared. */
function heldOf({ version, state, since }: ServerStatus, body: string): Held {
  return { version, state, since, digest: digestOf(body) };
}

function statusOf({ version, body }: Row): ServerStatus {
  return { ...parseOwn<Omit<ServerStatus, 'version'>>(body), version };
}

function digestOf(body: string): string {
  return hash('sha256', body, 'base64');
}

function bodyOf({ version: _, ...body }: ServerStatus): string {
  return JSON.stringify(body);
}
