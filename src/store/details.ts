import type { Database } from 'better-sqlite3';
import { brief } from './brief.ts';
import type { Day, Outline } from './day.ts';
import { DAY_MS } from './day-key.ts';
import type { Days } from './days.ts';
import { packNumbers, unpackNumbers } from './numbers.ts';
import { createTexts, type Texts } from './texts.ts';

/** Of each server the newest probes, and the newest that were not up, keep their detail (ProbeRecord.isBrief). */
const KEPT = 20;

/** Step detail: what tells one probe from the next beyond its figures. */
export interface Details {
  /**
   * Takes the detail of a server's probes in [from, to), and of those kept so far, that are not among the newest any
   * more. Spans are to be given in order. Inside a transaction.
   */
  trim(server: number, from: number, to: number): void;
  removeServer(server: number): void;
  /** Follows the removal of rows. */
  forget(): void;
}

type Seen = Pick<Outline, 'at' | 'isRed'>;

export function createDetails(db: Database, days: Days, live: Texts): Details {
  const read = db.prepare<[number], Buffer>('SELECT kept FROM detail WHERE server = ?').pluck();
  const write = db.prepare<[number, Buffer]>('INSERT OR REPLACE INTO detail (server, kept) VALUES (?, ?)');
  const remove = db.prepare<[number]>('DELETE FROM detail WHERE server = ?');
  const briefs = createTexts();

  /** Of one day: rows that share texts are made brief together. */
  const shorten = (day: Day, server: number, starts: readonly number[]): void => {
    const known = new Map<string, Pick<Outline, 'seen' | 'said'>>();
    const briefOf = ({ seen, said }: Outline): Pick<Outline, 'seen' | 'said'> => {
      const whole = { seen: day.text(server, seen), said: said === null ? null : day.text(server, said) };
      const left = brief(whole);
      if (left.seen === whole.seen) return { seen, said };
      return {
        seen: briefs.numberOf(day, server, left.seen),
        said: left.said === null ? null : briefs.numberOf(day, server, left.said),
      };
    };
    let isLess = false;
    for (const row of starts.flatMap((at) => day.outlines(server, at, at + 1))) {
      const key = `${row.seen} ${row.said}`;
      const left = known.get(key) ?? briefOf(row);
      known.set(key, left);
      if (left.seen === row.seen) continue;
      day.setTexts(server, { at: row.at, ...left });
      isLess = true;
    }
    if (isLess) day.dropTexts(server, live.remembered(day, server));
  };

  return {
    trim(server, from, to) {
      const fresh = days.within(from, to).flatMap((day) => day.outlines(server, from, to));
      if (fresh.length === 0) return;
      const before = unpack(read.get(server)).filter(({ at }) => at < from);
      const all = [...before, ...fresh];
      const kept = new Set([...all.slice(-KEPT), ...all.filter(({ isRed }) => isRed === 1).slice(-KEPT)]);
      const gone = all.filter((row) => !kept.has(row)).map(({ at }) => at);
      write.run(server, pack(all.filter((row) => kept.has(row))));
      for (const day of days.within(gone[0] ?? to, to)) {
        const starts = gone.filter((at) => at >= day.from && at < day.from + DAY_MS);
        if (starts.length > 0) shorten(day, server, starts);
      }
    },
    removeServer(server) {
      remove.run(server);
    },
    forget: briefs.forget,
  };
}

/** Starts ascend, so each is told by its distance from the one before; doubled, with one more where it was not up. */
function pack(rows: readonly Seen[]): Buffer {
  let before = 0;
  return packNumbers(
    rows.map(({ at, isRed }) => {
      const distance = at - before;
      before = at;
      return 2 * distance + isRed;
    }),
  );
}

function unpack(packed: Buffer | undefined): Seen[] {
  let at = 0;
  return unpackNumbers(packed ?? Buffer.alloc(0)).map((number) => {
    at += Math.floor(number / 2);
    return { at, isRed: number % 2 };
  });
}
