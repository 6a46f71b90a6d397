import { groupBy } from '../core/group.ts';
import type { Incident } from '../core/incident.ts';
import { newStatus } from '../core/state.ts';
import type { ServerStatus } from '../core/status.ts';
import type { ProbeRecord, StateSpan, Store } from '../core/store.ts';

const DAY_MS = 24 * 3_600_000;
/** From here on it is cheaper to read the newest probe of every server there is than of each one asked for. */
export const MANY = 20;

/** What the store remembers of a server. */
export interface History {
  /** A new one where there is none. */
  readonly status: ServerStatus;
  readonly last: ProbeRecord | null;
  readonly open: readonly Incident[];
  /** Of the last day, oldest first. */
  readonly spans: readonly StateSpan[];
}

/** Reads what the store remembers of these servers as it is now. */
export async function readHistory(
  store: Store,
  ids: readonly string[],
  now: number,
): Promise<(id: string) => Promise<History>> {
  if (ids.length === 0) return async (id) => ({ status: newStatus(id, now), last: null, open: [], spans: [] });
  const [statuses, open, spans, latest] = await Promise.all([
    store.statuses(),
    store.openIncidents().then((incidents) => groupBy(incidents, ({ serverId }) => serverId)),
    store.spans(ids, now - DAY_MS, now + 1).then((all) => groupBy(all, ({ serverId }) => serverId)),
    ids.length > MANY ? store.latestProbes() : null,
  ]);
  const newest = async (id: string): Promise<ProbeRecord | null> =>
    (await store.probes(id, { limit: 1, cursor: null })).items[0] ?? null;
  return async (id) => ({
    status: statuses.get(id) ?? newStatus(id, now),
    last: latest === null ? await newest(id) : (latest.get(id) ?? null),
    open: open.get(id) ?? [],
    spans: spans.get(id) ?? [],
  });
}
