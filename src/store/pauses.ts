import type { Database } from 'better-sqlite3';
import type { Pause } from '../core/store.ts';

/** Pauses by hand, kept by server id: a server from the file may be paused before it was ever probed. */
export interface Pauses {
  all(): Pause[];
  set(pause: Pause): void;
  clear(serverId: string): void;
}

export function createPauses(db: Database): Pauses {
  const all = db.prepare<[], Pause>('SELECT server AS serverId, at, until FROM pause ORDER BY at');
  const set = db.prepare<[Pause]>(`
    INSERT INTO pause (server, at, until) VALUES (@serverId, @at, @until)
    ON CONFLICT (server) DO UPDATE SET at = excluded.at, until = excluded.until`);
  const clear = db.prepare<[string]>('DELETE FROM pause WHERE server = ?');
  return {
    all: () => all.all(),
    set({ serverId, at, until }) {
      set.run({ serverId, at: Math.round(at), until: until === null ? null : Math.round(until) });
    },
    clear(serverId) {
      clear.run(serverId);
    },
  };
}
