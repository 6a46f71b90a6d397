import type { Store } from '../core/store.ts';
import { sizeOf, unsynced } from './connection.ts';
import { roomAt } from './files.ts';
import type { Ground, Parts } from './parts.ts';
import type { Runner } from './runner.ts';

type UpkeepMethods =
  | 'prune'
  | 'clear'
  | 'pruneIncidents'
  | 'rollUp'
  | 'quickCheck'
  | 'backup'
  | 'size'
  | 'room'
  | 'flush'
  | 'close';

/** A store that refuses to write may have had enough of it by then, when it is closed: what waits is tried this often. */
const LAST_TRIES = 20;
const LAST_TRY_MS = 250;

/** House-keeping, and the end. */
export function upkeepMethods(
  { db, path, clock, log, release }: Ground,
  parts: Parts,
  { run, read }: Runner,
): Pick<Store, UpkeepMethods> {
  const { group, standing, days, rollups, backups, incidents } = parts;
  let closed: Promise<void> | null = null;
  let warm: string | null = null;
  /** What is done bit by bit, and again where it is lost, after what was probed before that instant is written. */
  const tidy = <T>(before: number, work: () => T): Promise<T> =>
    run(() => {
      group.flushForReading(before);
      return unsynced(db, work);
    });
  const close = () => {
    group.stop();
    try {
      group.flush();
      standing.catchUp();
    } finally {
      const { waiting } = group.figures();
      if (waiting > 0) log.error({ lost: waiting }, 'results that the store did not take are lost');
      db.close();
      release();
    }
  };
  const settle = async () => {
    for (let tries = LAST_TRIES; tries > 0 && db.open; tries -= 1) {
      group.flushOrWait();
      if (group.figures().fault === null) return;
      await new Promise<void>((resume) => clock.after(LAST_TRY_MS, resume));
    }
  };
  return {
    prune: (before) => tidy(before, () => days.drop(Math.min(before, rollups.until() ?? before))),
    clear: async () => {
      const table = await run(days.dropped);
      if (table === null) return false;
      if (table !== warm) await backups.read(table);
      warm = table;
      await tidy(0, db.transaction(() => days.clear(table)).immediate);
      return true;
    },
    pruneIncidents: (before) => tidy(before, db.transaction(() => incidents.prune(before) > 0).immediate),
    rollUp: (before, keepFrom) => tidy(before, () => rollups.advance(before, keepFrom)),
    quickCheck: async () => {
      await run(group.flushForReading);
      return backups.check();
    },
    backup: async (file) => {
      await run(group.flush);
      await backups.start(file);
    },
    size: () => read(() => ({ ...sizeOf(db), ...group.figures() })),
    room: () => run(() => roomAt(path)),
    flush: () => run(group.flush),
    close: () => {
      closed ??= backups
        .end()
        .then(settle)
        .then(() => run(close));
      return closed;
    },
  };
}
