import type { Database } from 'better-sqlite3';
import type { ChannelHealth } from '../core/channel-health.ts';
import type { Delivery, Notice, NoticeStatus } from '../core/notice.ts';
import type { ClaimedMessage, Settlement, Store } from '../core/store.ts';
import { parseOwn } from './json.ts';
import type { OutboxRow } from './outbox.ts';
import { endingSql } from './outbox.ts';

type Claim = Parameters<Store['claim']>[0];

/** Notices on their way out: taken, sent, settled. Methods that write want a transaction around them. */
export interface Sending {
  due(request: Parameters<Store['due']>[0]): Awaited<ReturnType<Store['due']>>;
  claim(request: Claim): ClaimedMessage | null;
  settle(...settled: Parameters<Store['settle']>): number;
  freeLeases(now: number): void;
  health(): Awaited<ReturnType<Store['channelHealth']>>;
  forgetChannel(channel: string): void;
}

/** What one message may hold: its list is cut long before. */
const MAX_TOGETHER = 1000;

/** People read in order: a notice waits for an earlier one of its incident and channel. */
const IN_TURN = `NOT EXISTS (
  SELECT 1 FROM outbox AS earlier WHERE earlier.incident = row.incident AND earlier.channel = row.channel
    AND earlier.n < row.n AND earlier.status = 'pending')`;

const DUE = `
  SELECT channel,
    (SELECT min(max(next_try_at, coalesce(lease_until, 0))) FROM outbox AS row
      WHERE row.channel = one.channel AND status = 'pending' AND message IS NOT NULL AND ${IN_TURN}) AS repeatAt,
    (SELECT next_try_at FROM outbox AS row
      WHERE row.channel = one.channel AND status = 'pending' AND message IS NULL AND ${IN_TURN}
      ORDER BY next_try_at LIMIT 1) AS freshAt
  FROM (SELECT DISTINCT channel FROM outbox WHERE status = 'pending') AS one
  WHERE channel NOT IN (SELECT value FROM json_each(@busy))`;

const CLAIM = `
  SELECT * FROM outbox AS row
  WHERE channel = @channel AND status = 'pending' AND next_try_at <= @now AND coalesce(lease_until, 0) <= @now
    AND (message IS NULL) = @isFresh AND ${IN_TURN}
  ORDER BY next_try_at, n LIMIT @limit`;

/** Nobody heard of the opening before the end, not even by a reminder. */
const WAS_DOWN = `
  SELECT sum(event = 'incident.opened' AND status IN ('merged', 'failed')) > 0 AND sum(status = 'delivered') = 0
  FROM outbox WHERE incident = @incident AND channel = @channel AND n < @n`;

const SETTLE = `
  UPDATE outbox SET status = @status, next_try_at = @nextTryAt, lease_until = NULL, tries = tries + 1,
    first_tried_at = coalesce(first_tried_at, @at), deliveries = json_insert(deliveries, '$[#]', json(@delivery))
  WHERE id = @id`;

const GIVE_UP = `
  UPDATE outbox SET status = 'failed', next_try_at = NULL, lease_until = NULL,
    deliveries = json_insert(deliveries, '$[#]', json(@delivery))
  WHERE channel = @channel AND status = 'pending' AND coalesce(lease_until, 0) <= @now
    AND coalesce(first_tried_at, next_try_at) <= @before`;

/** A `resolved` waits behind it. */
const IS_OVER = `EXISTS (
  SELECT 1 FROM outbox AS later WHERE later.incident = outbox.incident AND later.channel = outbox.channel
    AND later.n > outbox.n AND later.event = 'incident.resolved' AND later.status = 'pending')`;

export function createSending(db: Database): Sending {
  const due = db.prepare<[{ busy: string }], { channel: string; repeatAt: number | null; freshAt: number | null }>(DUE);
  const free = db.prepare("UPDATE outbox SET lease_until = NULL WHERE status = 'pending' AND lease_until IS NOT NULL");
  const merge = db.prepare<[{ now: number }]>(endingSql('merged', IS_OVER));
  const health = db.prepare<[], { channel: string; body: string }>('SELECT channel, body FROM channel_health');
  const forget = db.prepare<[string]>('DELETE FROM channel_health WHERE channel = ?');
  return {
    due: ({ busy }) =>
      new Map(due.all({ busy: JSON.stringify(busy) }).map(({ channel, ...times }) => [channel, times])),
    claim: createClaim(db),
    settle: createSettle(db),
    freeLeases(now) {
      free.run();
      merge.run({ now });
    },
    health: () => new Map(health.all().map(({ channel, body }) => [channel, parseOwn<ChannelHealth>(body)])),
    forgetChannel(channel) {
      forget.run(channel);
    },
  };
}

function createClaim(db: Database): Sending['claim'] {
  const candidates = db.prepare<[{ channel: string; now: number; isFresh: number; limit: number }], OutboxRow>(CLAIM);
  const together = db.prepare<[{ message: string; now: number }], OutboxRow>(
    "SELECT * FROM outbox WHERE message = @message AND status = 'pending' AND coalesce(lease_until, 0) <= @now ORDER BY n",
  );
  const mergeIn = db.prepare<[{ message: string; now: number }]>(
    endingSql('merged', `message = @message AND ${IS_OVER}`),
  );
  const wasDown = db.prepare<[{ incident: string; channel: string; n: number }], number | null>(WAS_DOWN).pluck();
  const lease = db.prepare<[{ n: number; until: number; message: string; notice: string }]>(
    'UPDATE outbox SET lease_until = @until, maintenance_until = NULL, message = @message, notice = @notice WHERE n = @n',
  );

  const repeated = ({ channel, now }: Claim): readonly OutboxRow[] => {
    const [next] = candidates.all({ channel, now, isFresh: 0, limit: 1 });
    if (next?.message == null) return [];
    mergeIn.run({ message: next.message, now });
    return together.all({ message: next.message, now });
  };
  const fresh = ({ channel, now, isGrouped }: Claim): readonly OutboxRow[] =>
    candidates.all({ channel, now, isFresh: 1, limit: isGrouped ? MAX_TOGETHER : 1 });
  const noticeOf = (channel: string, { n, event, incident, notice }: OutboxRow): Notice => {
    const told = parseOwn<Notice>(notice);
    const isFirst = event === 'incident.resolved' && wasDown.get({ incident, channel, n }) === 1;
    return isFirst ? { ...told, wasDown: true } : told;
  };

  return (request) => {
    const rows = request.kind === 'fresh' ? fresh(request) : repeated(request);
    const [first] = rows;
    if (first === undefined) return null;
    const { channel, now, leaseMs } = request;
    const message = first.message ?? (rows.length === 1 ? first.id : `${first.id}-and-${rows.length - 1}`);
    const notices = rows.map((row) => {
      const notice = noticeOf(channel, row);
      lease.run({ n: row.n, until: Math.round(now + leaseMs), message, notice: JSON.stringify(notice) });
      return notice;
    });
    const firsts = rows.flatMap(({ first_tried_at: at }) => at ?? []);
    return {
      id: message,
      channel,
      notices,
      tries: Math.max(...rows.map(({ tries }) => tries)),
      firstTriedAt: firsts.length === 0 ? null : Math.min(...firsts),
    };
  };
}

function createSettle(db: Database): Sending['settle'] {
  const statusOf = db.prepare<[string], Pick<OutboxRow, 'status' | 'next_try_at'>>(
    'SELECT status, next_try_at FROM outbox WHERE id = ?',
  );
  const settle =
    db.prepare<[{ id: string; status: NoticeStatus; nextTryAt: number | null; at: number; delivery: string }]>(SETTLE);
  const mergeOne = db.prepare<[{ id: string; now: number }]>(endingSql('merged', `id = @id AND ${IS_OVER}`));
  const giveUp = db.prepare<[{ channel: string; before: number; now: number; delivery: string }]>(GIVE_UP);
  const save = db.prepare<[string, string]>(
    'INSERT INTO channel_health (channel, body) VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET body = excluded.body',
  );

  const settleOne = (id: string, settlement: Settlement): boolean => {
    const row = statusOf.get(id);
    if (row === undefined) return false;
    const at = Math.round(settlement.delivery.at);
    const outcome = outcomeOf(row, settlement);
    settle.run({ id, at, delivery: JSON.stringify(settlement.delivery), ...outcome });
    if (settlement.kind === 'retry') mergeOne.run({ id, now: at });
    return outcome.status === 'failed';
  };

  return ({ channel, notices }, settlement, standing) => {
    const failed = notices.filter(({ id }) => settleOne(id, settlement)).length;
    if (standing === undefined) return failed;
    save.run(channel, JSON.stringify(standing.health));
    if (standing.giveUpBefore === null) return failed;
    const { at, answer } = settlement.delivery;
    const delivery: Delivery = { at, ms: 0, ok: false, answer: `Given up after a day. The last answer: ${answer}` };
    const before = Math.round(standing.giveUpBefore);
    return failed + giveUp.run({ channel, before, now: at, delivery: JSON.stringify(delivery) }).changes;
  };
}

/** A notice that was merged or muted while it was being sent stays so, unless it arrived after all. */
function outcomeOf(
  row: Pick<OutboxRow, 'status' | 'next_try_at'>,
  settlement: Settlement,
): { status: NoticeStatus; nextTryAt: number | null } {
  if (settlement.kind === 'delivered') return { status: 'delivered', nextTryAt: null };
  if (row.status !== 'pending') return { status: row.status, nextTryAt: row.next_try_at };
  return settlement.kind === 'retry'
    ? { status: 'pending', nextTryAt: Math.round(settlement.nextTryAt) }
    : { status: 'failed', nextTryAt: null };
}
