import type { Database } from 'better-sqlite3';
import type { AddressedNotice, Delivery, Notice, NoticeStatus, QueuedNotice } from '../core/notice.ts';
import type { Page, PageQuery, Store } from '../core/store.ts';
import { parseOwn } from './json.ts';
import { pageOf } from './page.ts';

/** Notices and what became of them. Methods that write want a transaction around them. */
export interface Outbox {
  put(server: number, notices: readonly AddressedNotice[]): void;
  resend(noticeId: string, now: number): boolean;
  figures(now: number): Awaited<ReturnType<Store['outbox']>>;
  backlog(): Awaited<ReturnType<Store['backlog']>>;
  ofIncident(incidentId: string): QueuedNotice[];
  page(status: NoticeStatus | null, query: PageQuery): Page<QueuedNotice>;
  find(id: string): QueuedNotice | null;
  removeServer(server: number): void;
}

export interface OutboxRow {
  readonly n: number;
  readonly id: string;
  readonly incident: string;
  readonly channel: string | null;
  readonly event: Notice['event'];
  readonly status: NoticeStatus;
  readonly next_try_at: number | null;
  readonly tries: number;
  readonly first_tried_at: number | null;
  readonly message: string | null;
  readonly notice: string;
  readonly deliveries: string;
}

/**
 * Ends what need not be told any more: an `opened` or reminder not told yet that nobody is just sending. `scope` says
 * which; the later notice that takes its place is not looked for.
 */
export function endingSql(status: 'merged' | 'muted', scope: string): string {
  return `
    UPDATE outbox SET status = '${status}', next_try_at = NULL, lease_until = NULL
    WHERE status = 'pending' AND event IN ('incident.opened', 'incident.reminder')
      AND coalesce(lease_until, 0) <= @now AND ${scope}`;
}

/** Was the opening of this incident muted because the incident was over before a maintenance was? */
const IS_OVER_UNTOLD = `
  SELECT 1 FROM outbox WHERE incident = @incident AND channel = @channel AND event = 'incident.opened'
    AND status = 'muted' AND maintenance_until IS NOT NULL`;

const OF_INCIDENT = 'incident = @incident AND channel = @channel';

/** A pending notice asked for again is due now; one that was told or given up starts from its first try. */
const RESEND = `
  UPDATE outbox SET next_try_at = @now, status = 'pending', maintenance_until = NULL,
    tries = iif(status = 'pending', tries, 0),
    first_tried_at = iif(status = 'pending', first_tried_at, NULL),
    message = iif(status = 'pending', message, NULL)
  WHERE channel IS NOT NULL AND (id = @id OR status = 'pending' AND message = (SELECT message FROM outbox WHERE id = @id))`;

export function createOutbox(db: Database): Outbox {
  const resend = db.prepare<[{ id: string; now: number }]>(RESEND);
  const figures = db.prepare<[{ now: number }], Awaited<ReturnType<Store['outbox']>>>(`
    SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
      (SELECT count(*) FROM outbox WHERE status = 'failed') AS failed,
      (SELECT min(at) FROM outbox
        WHERE status = 'pending' AND coalesce(first_tried_at, next_try_at) <= @now) AS oldestPendingAt`);
  const backlog = db.prepare<[], { channel: string; pending: number; failed: number }>(`
    SELECT channel, sum(status = 'pending') AS pending, sum(status = 'failed') AS failed
    FROM outbox WHERE status IN ('pending', 'failed') GROUP BY channel`);
  const ofIncident = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE incident = ? ORDER BY n');
  const find = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE id = ?');
  const page = db.prepare<[{ status: NoticeStatus | null; before: number; limit: number }], OutboxRow>(
    'SELECT * FROM outbox WHERE n < @before AND (@status IS NULL OR status = @status) ORDER BY n DESC LIMIT @limit',
  );
  // Most are delivered and soon found from the end; the others are few, and an end with none of them would be read whole.
  const pageOfFew = db.prepare<[{ status: NoticeStatus | null; before: number; limit: number }], OutboxRow>(`
    SELECT * FROM outbox INDEXED BY outbox_status WHERE status = @status AND n < @before ORDER BY n DESC LIMIT @limit`);
  const remove = db.prepare<[number]>('DELETE FROM outbox WHERE server = ?');
  return {
    put: createPut(db),
    resend: (noticeId, now) => resend.run({ id: noticeId, now: Math.round(now) }).changes > 0,
    figures: (now) => figures.get({ now }) ?? { pending: 0, failed: 0, oldestPendingAt: null },
    backlog: () => new Map(backlog.all().map(({ channel, ...counts }) => [channel, counts])),
    ofIncident: (incidentId) => ofIncident.all(incidentId).map(fromRow),
    page(status, query) {
      const read = status === null || status === 'delivered' ? page : pageOfFew;
      return pageOf(query, (before, limit) => read.all({ status, before, limit }), fromRow);
    },
    find(id) {
      const row = find.get(id);
      return row === undefined ? null : fromRow(row);
    },
    removeServer(server) {
      remove.run(server);
    },
  };
}

function createPut(db: Database): Outbox['put'] {
  const put = db.prepare(`
    INSERT INTO outbox
      (id, server, incident, channel, event, at, status, next_try_at, not_before, maintenance_until, notice)
    VALUES
      (@id, @server, @incident, @channel, @event, @at, @status, @nextTryAt, @notBefore, @maintenanceUntil, @notice)`);
  const isOverUntold = db.prepare<[{ incident: string; channel: string | null }], number>(IS_OVER_UNTOLD).pluck();
  type Ended = { incident: string; channel: string | null; now: number };
  const merge = db.prepare<[Ended]>(endingSql('merged', OF_INCIDENT));
  const mute = db.prepare<[Ended]>(endingSql('muted', OF_INCIDENT));
  return (server, notices) => {
    for (const queued of notices) {
      const { incident, event, at } = queued.notice;
      const about = { incident: incident.id, channel: queued.channel };
      const isEnd = event === 'incident.resolved';
      const isMuted = queued.isMuted === true || (isEnd && isOverUntold.get(about) === 1);
      if (isMuted) mute.run({ ...about, now: at });
      else if (isEnd) merge.run({ ...about, now: at });
      put.run(toRow(server, queued, isMuted));
    }
  };
}

function toRow(server: number, { notice, channel, ...times }: AddressedNotice, isMuted: boolean) {
  const notBefore = Math.round(Math.max(notice.at, times.notBefore ?? 0));
  const maintenanceUntil = times.maintenanceUntil === undefined ? null : Math.round(times.maintenanceUntil);
  const status = isMuted ? 'muted' : channel === null ? 'nobody' : 'pending';
  return {
    id: notice.id,
    server,
    incident: notice.incident.id,
    channel,
    event: notice.event,
    at: Math.round(notice.at),
    status,
    nextTryAt: status === 'pending' ? Math.max(notBefore, maintenanceUntil ?? 0) : null,
    notBefore,
    maintenanceUntil,
    notice: JSON.stringify(notice),
  };
}

function fromRow(row: OutboxRow): QueuedNotice {
  return {
    notice: parseOwn<Notice>(row.notice),
    channel: row.channel,
    status: row.status,
    message: row.message,
    nextTryAt: row.next_try_at,
    deliveries: parseOwn<Delivery[]>(row.deliveries),
  };
}
