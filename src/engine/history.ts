import { groupBy } from '../core/group.ts';
import type { Incident } from '../core/incident.ts';
import { newStatus } from '../core/state.ts';
import type { ServerStatus } from '../core/status.ts';
import type { ProbeRecord, StateSpan, Store } from '../core/store.ts';

const DAY_MS = 24 * 3_600_000;
/** Of more than so many at once, what takes long to read follows later. */
export const MANY = 20;

/** What the store remembers of a server. */
export interface History {
  /** A new one where there is none. */
  readonly status: ServerStatus;
  /** Of many asked for at once it is null: it follows later (roster.ts). */
  readonly last: ProbeRecord | null;
  readonly open: readonly Incident[];
  /** Of the last day, oldest first. */
  readonly spans: readonly StateSpan[];
}

/** Reads what the store remembers of these servers as it is now. */
export async function readHistory(store: Store, ids: readonly string[], now: number): Promise<(id: string) => History> {
  if (ids.length === 0) return (id) => ({ status: newStatus(id, now), last: null, open: [], spans: [] });
  const wanted = new Set(ids);
  const [statuses, open, spans, latest] = await Promise.all([
    store.statuses((id) => wanted.has(id)),
    store.openIncidents().then((incidents) => groupBy(incidents, ({ serverId }) => serverId)),
    store.spans(ids, now - DAY_MS, now + 1).then((all) => groupBy(all, ({ serverId }) => serverId)),
    ids.length > MANY ? new Map<string, ProbeRecord>() : store.latestProbes(ids),
  ]);
  return (id) => ({
    status: statuses.get(id) ?? newStatus(id, now),
    last: latest.get(id) ?? null,
    open: open.get(id) ?? [],
    spans: spans.get(id) ?? [],
  });
}
