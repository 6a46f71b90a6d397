import { callersWaiting } from './pool.ts';
import { readingsOf } from './pool-memory.ts';
import type { Server } from './server.ts';
import { SIGNALS } from './signal.ts';
import { isBad, isTurning } from './state.ts';
import type { ServerStatus } from './status.ts';
import type { ProbeRecord } from './store.ts';

/** A pool rule that fires is confirmed after this time (product.md, "Default rules"). */
const POOL_RECHECK_MS = 10_000;
/** Figures older than this say nothing of now. */
const RECENT_MS = 300_000;

/** When a server is probed again beside its slots, in milliseconds; null: no signal is turning. */
export function earlyAfterMs(
  { confirm, schedule }: Server,
  status: ServerStatus,
  { verdicts }: ProbeRecord['judgement'],
): number | null {
  if (!isTurning(status)) return null;
  const isPoolTurningBad = status.signals.pool.turning !== null && isBad(verdicts.pool.level);
  const recheckMs = isPoolTurningBad ? Math.min(POOL_RECHECK_MS, confirm.recheckMs) : confirm.recheckMs;
  return schedule.kind === 'interval' ? Math.min(recheckMs, schedule.everyMs) : recheckMs;
}

/** What an early probe of a server starts from. */
export interface BeforeProbe {
  readonly server: Server;
  readonly status: ServerStatus;
  readonly last: Omit<ProbeRecord, 'id'> | null;
  readonly at: number;
}

/**
 * Are the canary's tools left alone in an early probe? While callers wait, one more call is one more that waits. Not
 * where only the tool could tell what the probe is for.
 */
export function leavesOutTools({ server, status, last, at }: BeforeProbe): boolean {
  const { signals } = status;
  if (last === null || at - last.report.startedAt > RECENT_MS) return false;
  if (!server.canaries.some(({ kind }) => kind === 'tool')) return false;
  if (SIGNALS.every((signal) => signals[signal].level === 'unknown')) return false;
  if (!last.judgement.pools.some((pool) => callersWaiting(pool) > 0)) return false;
  const isElsewhere = readingsOf(last.report).some(({ source, waiting }) => source !== 'canary' && waiting !== null);
  return isElsewhere || (signals.canary.turning === null && signals.pool.turning === null);
}
