import type { Database } from 'better-sqlite3';
import { LONGEST_HOLD_MS } from '../core/maintenance.ts';

/** Notices that wait for the end of a maintenance. Methods want a transaction around them. */
export interface HeldNotices {
  /** Moves them to another end; null: it is over, and they are due. Says whether any was moved. */
  move(untilOf: (server: number) => number | null, now: number): boolean;
  /** Mutes those of an incident that was over by then. */
  mute(incidentId: string, resolvedAt: number): void;
}

interface HeldRow {
  readonly n: number;
  readonly server: number;
  readonly at: number;
  readonly until: number;
}

export function createHeldNotices(db: Database): HeldNotices {
  const held = db.prepare<[number], HeldRow>(`
    SELECT n, server, at, maintenance_until AS until FROM outbox WHERE status = 'pending' AND maintenance_until > ?`);
  const move = db.prepare<[{ n: number; until: number }]>(`
    UPDATE outbox SET maintenance_until = @until, next_try_at = max(not_before, @until) WHERE n = @n`);
  const mute = db.prepare<[{ incident: string; resolvedAt: number }]>(`
    UPDATE outbox SET status = 'muted', next_try_at = NULL
    WHERE incident = @incident AND status = 'pending' AND maintenance_until > @resolvedAt`);
  return {
    move(untilOf, now) {
      const moved = held.all(now).flatMap(({ n, server, at, until: before }) => {
        const until = Math.round(Math.min(untilOf(server) ?? now, at + LONGEST_HOLD_MS));
        return until === before ? [] : [{ n, until }];
      });
      for (const row of moved) move.run(row);
      return moved.length > 0;
    },
    mute(incident, resolvedAt) {
      mute.run({ incident, resolvedAt });
    },
  };
}
