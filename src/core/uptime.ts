import type { CountedSpan } from './apart.ts';
import { groupBy } from './group.ts';
import type { Uptime } from './store.ts';

const DAY_MS = 86_400_000;

/** Seconds in each standing within [from, to). Time that no span covers, as before the server was added, is in none. */
export function uptimeOf(spans: readonly CountedSpan[], from: number, to: number): Uptime {
  const ms = { up: 0, degraded: 0, down: 0, unknown: 0, notMonitored: 0, maintenance: 0 };
  for (const span of spans) {
    const end = Math.min(span.to ?? to, to);
    const lasted = Math.max(0, end - Math.max(span.from, from));
    ms[standingOf(span.state)] += lasted;
    if (span.state === 'not_monitored') ms.notMonitored += lasted;
  }
  return {
    upSeconds: ms.up / 1000,
    degradedSeconds: ms.degraded / 1000,
    downSeconds: ms.down / 1000,
    unknownSeconds: ms.unknown / 1000,
    notMonitoredSeconds: ms.notMonitored / 1000,
    maintenanceSeconds: ms.maintenance / 1000,
  };
}

/** `auth_required`, `rate_limited`, `unknown`, pauses and gaps never count as downtime (contract, "States"). */
function standingOf(state: CountedSpan['state']): 'up' | 'degraded' | 'down' | 'unknown' | 'maintenance' {
  return state === 'up' || state === 'degraded' || state === 'down' || state === 'maintenance' ? state : 'unknown';
}

/** Up or degraded as a share (0..1) of the time that was known; null when nothing was. */
export function uptimeShare({ upSeconds, degradedSeconds, downSeconds }: Uptime): number | null {
  const known = upSeconds + degradedSeconds + downSeconds;
  return known === 0 ? null : (upSeconds + degradedSeconds) / known;
}

/** The share of each server that has a span. */
export function uptimeShares(
  spans: readonly CountedSpan[],
  from: number,
  to: number,
): ReadonlyMap<string, number | null> {
  const byServer = groupBy(spans, (span) => span.serverId);
  return new Map([...byServer].map(([id, own]) => [id, uptimeShare(uptimeOf(own, from, to))]));
}

export interface UptimeDay {
  /** Begin of the UTC day. */
  readonly at: number;
  readonly uptime: Uptime;
}

/** The last `days` UTC days of one server, oldest first; the last one is today up to `now`. */
export function uptimeDays(spans: readonly CountedSpan[], days: number, now: number): UptimeDay[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return Array.from({ length: days }, (_, index) => {
    const at = today - (days - 1 - index) * DAY_MS;
    return { at, uptime: uptimeOf(spans, at, Math.min(at + DAY_MS, now)) };
  });
}
