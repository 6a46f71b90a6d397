import type { Database } from 'better-sqlite3';
import type { Clock, Log, ProbeCommit } from '../core/ports.ts';
import { StaleStatusError } from '../core/ports.ts';
import type { ServerStatus } from '../core/status.ts';
import type { Days } from './days.ts';
import type { Incidents } from './incidents.ts';
import type { Outbox } from './outbox.ts';
import { idOf } from './probe-id.ts';
import { type ProbeRow, toRow } from './probe-row.ts';
import type { Roster } from './roster.ts';
import type { Spans } from './spans.ts';
import type { Standing } from './standing.ts';
import { createTexts } from './texts.ts';

/** How long a plain result may wait, and how many may wait; then they are written together. */
const GROUP_MS = 900;
const GROUP_SIZE = 500;
/** Results held while the disk refuses them. Beyond, the oldest are dropped and counted. */
const MAX_WAITING = 10_000;

export interface Commits {
  commit(commit: ProbeCommit): string;
  saveStatus(status: ServerStatus): void;
  /** Writes what waits. Throws what SQLite throws; then it waits on. */
  flush(): void;
  /** Writes what waits, or logs why it has to wait on. */
  flushOrWait(): void;
  /** Follows the removal of a server's rows. */
  forget(server: number): void;
  /** Stops the timer. */
  stop(): void;
}

interface Parts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly roster: Roster;
  readonly days: Days;
  readonly spans: Spans;
  readonly standing: Standing;
  readonly incidents: Incidents;
  readonly outbox: Outbox;
}

interface Waiting {
  readonly server: number;
  readonly row: ProbeRow;
}

export function createCommits({ db, clock, log, roster, days, spans, standing, incidents, outbox }: Parts): Commits {
  const texts = createTexts();
  /** Start of the last accepted probe of each server. */
  const lastAt = new Map<number, number>();
  let waiting: Waiting[] = [];
  let cancel: (() => void) | null = null;

  /** One transaction: all that waits, and `more`. */
  const write = (rows: readonly Waiting[], more: () => void) => {
    const dated = rows.map((item) => ({ ...item, day: days.at(item.row.at) }));
    const all = db.transaction(() => {
      for (const { server, row, day } of dated) {
        const said = row.said === null ? null : texts.numberOf(day, server, row.said);
        day.insert(server, { ...row, seen: texts.numberOf(day, server, row.seen), said });
      }
      more();
    });
    try {
      all.immediate();
    } catch (error) {
      texts.forget();
      throw error;
    }
    waiting = [];
    cancel?.();
    cancel = null;
  };

  const flush = () => {
    if (waiting.length > 0) write(waiting, () => {});
  };

  const flushOrWait = () => {
    cancel?.();
    cancel = null;
    try {
      flush();
    } catch (error) {
      log.warn({ err: error, waiting: waiting.length }, 'results could not be written and wait in memory');
      arm();
    }
  };

  const arm = () => {
    cancel ??= clock.after(GROUP_MS, flushOrWait);
  };

  const wait = (item: Waiting) => {
    waiting.push(item);
    const over = waiting.length - MAX_WAITING;
    if (over > 0) {
      waiting = waiting.slice(over);
      log.error({ dropped: over }, 'the store takes no results and too many wait, so the oldest were dropped');
    }
    arm();
    if (waiting.length === GROUP_SIZE) flushOrWait();
  };

  /** When the probe started, or the next millisecond that is free: starts are the keys of a server's probes. */
  const keyFor = (server: number, startedAt: number): number => {
    let at = Math.round(startedAt);
    if (at > (lastAt.get(server) ?? Number.POSITIVE_INFINITY)) return at;
    const isTaken = () =>
      waiting.some((item) => item.server === server && item.row.at === at) ||
      days.within(at, at + 1).some((day) => day.has(server, at));
    while (isTaken()) at += 1;
    return at;
  };

  const turnSpan = (server: number, status: ServerStatus, startedAt: number) => {
    const current = spans.current(server);
    if (current === status.state || current === 'paused') return;
    spans.turn(server, status.state, standing.isTurn(status) ? status.since : startedAt);
  };

  return {
    commit({ record, status, incidents: changed, notices }) {
      if (status.version !== standing.version(status.serverId) + 1) throw new StaleStatusError(status.serverId);
      const server = roster.numberOf(status.serverId);
      const at = keyFor(server, record.report.startedAt);
      const item = { server, row: toRow(record, at) };
      const isSpanKept = [status.state, 'paused'].includes(spans.current(server) ?? '');
      if (changed.length === 0 && notices.length === 0 && isSpanKept && standing.isUnchanged(status)) {
        standing.advance(status);
        wait(item);
      } else {
        write([...waiting, item], () => {
          turnSpan(server, status, record.report.startedAt);
          standing.write(server, status);
          incidents.put(server, changed);
          outbox.put(server, notices);
        });
        standing.accept(status);
      }
      lastAt.set(server, Math.max(at, lastAt.get(server) ?? at));
      return idOf(at);
    },
    saveStatus(status) {
      const server = roster.numberOf(status.serverId);
      write(waiting, () => {
        if (spans.current(server) !== status.state) spans.turn(server, status.state, status.since);
        standing.write(server, status);
      });
      standing.accept(status);
    },
    flush,
    flushOrWait,
    forget(server) {
      texts.forget();
      lastAt.delete(server);
    },
    stop() {
      cancel?.();
    },
  };
}
