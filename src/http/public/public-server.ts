import type { Monitor, WatchedServer } from '../../core/monitor.ts';
import type { Clock } from '../../core/ports.ts';
import { uptimeOf, uptimeShare } from '../../core/uptime.ts';
import { nothingThere } from '../problem.ts';
import type { HttpStore } from '../room.ts';
import { countedSpans } from '../uptimes.ts';

const DAY_MS = 86_400_000;

/** How a server stands, for everybody: `live` works, `degraded` works with trouble, `unknown` says nothing either way. */
export type PublicStatus = 'live' | 'degraded' | 'down' | 'unknown';

/**
 * All that is told of a server to people who may not see the dashboard. Made here field by field, so that nothing gets
 * out because it was added to a server: no address, no reason, no text of the target.
 */
export interface PublicServer {
  readonly id: string;
  readonly name: string;
  readonly status: PublicStatus;
  readonly lastProbeAt: number | null;
  /** Of `initialize`, over 24 h. */
  readonly p95Ms: number | null;
}

/** The server under that id when it is `public: true`. Throws what an address without anything behind it gives. */
export function openServer(monitor: Pick<Monitor, 'server'>, id: string): WatchedServer {
  const watched = monitor.server(id);
  if (watched === null || !watched.server.isPublic) throw nothingThere();
  return watched;
}

export function publicServer({ server, status, pause, last, latency }: WatchedServer): PublicServer {
  return {
    id: server.id,
    name: server.name,
    status: pause === null ? statusOf(status.state) : 'unknown',
    lastProbeAt: last?.report.startedAt ?? null,
    p95Ms: latency().p95Ms,
  };
}

function statusOf(state: WatchedServer['status']['state']): PublicStatus {
  if (state === 'up') return 'live';
  return state === 'degraded' || state === 'down' ? state : 'unknown';
}

/** Up or degraded as a share (0..1) of the known time of the last `days`; null when nothing is known. */
export async function publicUptime(
  store: Pick<HttpStore, 'spans' | 'maintenance'>,
  clock: Clock,
  { id, days }: { readonly id: string; readonly days: number },
): Promise<number | null> {
  const now = clock.now();
  const from = now - days * DAY_MS;
  return uptimeShare(uptimeOf(await countedSpans(store, [id], from, now), from, now));
}
