import type { Database } from 'better-sqlite3';
import type { AddressedNotice, Delivery, Notice, NoticeStatus, QueuedNotice } from '../core/notice.ts';
import type { ClaimedNotice, Page, PageQuery, Settlement, Store } from '../core/store.ts';
import { parseOwn } from './json.ts';
import { pageOf } from './page.ts';

/** Notices and what became of them. Methods that write want a transaction around them. */
export interface Outbox {
  put(server: number, notices: readonly AddressedNotice[]): void;
  claim(request: Parameters<Store['claim']>[0]): ClaimedNotice[];
  settle(noticeId: string, settlement: Settlement): void;
  resend(noticeId: string, now: number): boolean;
  freeLeases(): void;
  nextDueAt(now: number, busy: readonly string[]): number | null;
  figures(): Awaited<ReturnType<Store['outbox']>>;
  ofIncident(incidentId: string): QueuedNotice[];
  page(status: NoticeStatus | null, query: PageQuery): Page<QueuedNotice>;
  find(id: string): QueuedNotice | null;
  removeServer(server: number): void;
}

interface OutboxRow {
  readonly n: number;
  readonly id: string;
  readonly channel: string | null;
  readonly status: NoticeStatus;
  readonly next_try_at: number | null;
  readonly tries: number;
  readonly first_tried_at: number | null;
  readonly notice: string;
  readonly deliveries: string;
}

/** An `opened` not told yet whose `resolved` waits behind it, and that nobody is just sending, is told by the `resolved`. */
const MERGE = `
  UPDATE outbox SET status = 'merged', next_try_at = NULL, lease_until = NULL
  WHERE status = 'pending' AND event = 'incident.opened' AND coalesce(lease_until, 0) <= @now AND EXISTS (
    SELECT 1 FROM outbox AS later WHERE later.incident = outbox.incident AND later.channel = outbox.channel
      AND later.n > outbox.n AND later.event = 'incident.resolved' AND later.status = 'pending')`;

/** What may be sent now. A notice waits while an earlier one of the same incident and channel is still pending: people read them in order. */
const CLAIM = `
  SELECT *, event = 'incident.resolved' AND EXISTS (
    SELECT 1 FROM outbox AS opened WHERE opened.incident = outbox.incident AND opened.channel = outbox.channel
      AND opened.event = 'incident.opened' AND opened.status IN ('merged', 'failed')) AS was_down
  FROM outbox
  WHERE status = 'pending' AND next_try_at <= @now AND coalesce(lease_until, 0) <= @now
    AND channel NOT IN (SELECT value FROM json_each(@busy)) AND NOT EXISTS (
      SELECT 1 FROM outbox AS earlier WHERE earlier.incident = outbox.incident AND earlier.channel = outbox.channel
        AND earlier.n < outbox.n AND earlier.status = 'pending')
  ORDER BY n LIMIT @limit`;

/** As CLAIM, but an earlier one that nobody is sending does not count: the next claim merges it. */
const NEXT_DUE = `
  SELECT min(max(next_try_at, coalesce(lease_until, 0))) FROM outbox
  WHERE status = 'pending' AND channel NOT IN (SELECT value FROM json_each(@busy)) AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier WHERE earlier.incident = outbox.incident AND earlier.channel = outbox.channel
      AND earlier.n < outbox.n AND earlier.status = 'pending' AND earlier.lease_until > @now)`;

/** What still waits of an incident, when it is decided that the rest of it is not told, and that nobody is just sending. */
const MUTE = `
  UPDATE outbox SET status = 'muted', next_try_at = NULL, lease_until = NULL
  WHERE incident = @incident AND channel = @channel AND status = 'pending'
    AND event IN ('incident.opened', 'incident.reminder') AND coalesce(lease_until, 0) <= @now`;

/** Was the opening of this incident muted because the incident was over before a maintenance was? */
const IS_OVER_UNTOLD = `
  SELECT 1 FROM outbox WHERE incident = @incident AND channel = @channel AND event = 'incident.opened'
    AND status = 'muted' AND maintenance_until IS NOT NULL`;

const SETTLE = `
  UPDATE outbox SET status = @status, next_try_at = @nextTryAt, lease_until = NULL, tries = tries + 1,
    first_tried_at = coalesce(first_tried_at, @at), deliveries = @deliveries
  WHERE id = @id`;

export function createOutbox(db: Database): Outbox {
  const merge = db.prepare<[{ now: number }]>(MERGE);
  const due = db.prepare<[{ now: number; busy: string; limit: number }], OutboxRow & { was_down: number }>(CLAIM);
  const lease = db.prepare<[{ n: number; until: number; notice: string }]>(
    'UPDATE outbox SET lease_until = @until, maintenance_until = NULL, notice = @notice WHERE n = @n',
  );
  const settle =
    db.prepare<[{ id: string; status: NoticeStatus; nextTryAt: number | null; at: number; deliveries: string }]>(
      SETTLE,
    );
  const resend = db.prepare<[{ id: string; now: number }]>(`
    UPDATE outbox SET status = 'pending', next_try_at = @now, maintenance_until = NULL, tries = 0, first_tried_at = NULL
    WHERE id = @id AND channel IS NOT NULL`);
  const nextDue = db.prepare<[{ now: number; busy: string }], number | null>(NEXT_DUE).pluck();
  const figures = db.prepare<[], { pending: number; failed: number; oldestPendingAt: number | null }>(`
    SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
      (SELECT count(*) FROM outbox WHERE status = 'failed') AS failed,
      (SELECT min(at) FROM outbox WHERE status = 'pending' AND maintenance_until IS NULL) AS oldestPendingAt`);
  const ofIncident = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE incident = ? ORDER BY n');
  const find = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE id = ?');
  const page = db.prepare<[{ status: NoticeStatus | null; before: number; limit: number }], OutboxRow>(
    'SELECT * FROM outbox WHERE n < @before AND (@status IS NULL OR status = @status) ORDER BY n DESC LIMIT @limit',
  );
  const remove = db.prepare<[number]>('DELETE FROM outbox WHERE server = ?');
  const free = db.prepare("UPDATE outbox SET lease_until = NULL WHERE status = 'pending'");
  return {
    put: createPut(db),
    claim({ now, leaseMs, limit, busy }) {
      merge.run({ now });
      return due.all({ now, limit, busy: JSON.stringify(busy) }).map((row) => {
        const told = parseOwn<Notice>(row.notice);
        const notice = row.was_down === 1 ? { ...told, wasDown: true } : told;
        lease.run({ n: row.n, until: Math.round(now + leaseMs), notice: JSON.stringify(notice) });
        return { notice, channel: row.channel ?? '', tries: row.tries, firstTriedAt: row.first_tried_at };
      });
    },
    settle(noticeId, settlement) {
      const row = find.get(noticeId);
      if (row === undefined) return;
      const deliveries = JSON.stringify([...parseOwn<Delivery[]>(row.deliveries), settlement.delivery]);
      settle.run({ id: noticeId, at: Math.round(settlement.delivery.at), deliveries, ...outcomeOf(row, settlement) });
    },
    resend: (noticeId, now) => resend.run({ id: noticeId, now: Math.round(now) }).changes > 0,
    freeLeases() {
      free.run();
    },
    nextDueAt: (now, busy) => nextDue.get({ now, busy: JSON.stringify(busy) }) ?? null,
    figures: () => figures.get() ?? { pending: 0, failed: 0, oldestPendingAt: null },
    ofIncident: (incidentId) => ofIncident.all(incidentId).map(fromRow),
    page: (status, query) => pageOf(query, (before, limit) => page.all({ status, before, limit }), fromRow),
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
  const mute = db.prepare<[{ incident: string; channel: string | null; now: number }]>(MUTE);
  return (server, notices) => {
    for (const queued of notices) {
      const { incident, at, event } = queued.notice;
      const about = { incident: incident.id, channel: queued.channel };
      const isMuted = event === 'incident.resolved' && isOverUntold.get(about) === 1;
      put.run(toRow(server, isMuted ? { ...queued, isMuted } : queued));
      if (queued.isMuted) mute.run({ incident: incident.id, channel: queued.channel, now: at });
    }
  };
}

/** A notice that was merged while it was being sent stays merged, unless it arrived after all. */
function outcomeOf(row: OutboxRow, settlement: Settlement): { status: NoticeStatus; nextTryAt: number | null } {
  if (settlement.kind === 'delivered') return { status: 'delivered', nextTryAt: null };
  if (row.status !== 'pending') return { status: row.status, nextTryAt: row.next_try_at };
  return settlement.kind === 'retry'
    ? { status: 'pending', nextTryAt: Math.round(settlement.nextTryAt) }
    : { status: 'failed', nextTryAt: null };
}

function toRow(server: number, { notice, channel, isMuted, ...times }: AddressedNotice) {
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
    nextTryAt: row.next_try_at,
    deliveries: parseOwn<Delivery[]>(row.deliveries),
  };
}
