import { groupBy } from './group.ts';
import type { MaintenanceSpan, StateSpan } from './store.ts';

/** A stretch of time as uptime counts it: a state, or maintenance whatever the state was. */
export type CountedSpan = Omit<StateSpan, 'state'> & { readonly state: StateSpan['state'] | 'maintenance' };

/**
 * State spans with what lies in a maintenance of their server told apart: each becomes the pieces that the maintenance
 * cuts it into. Time that no state covers stays in none. Both in order; maintenance of one server does not overlap.
 */
export function setApart(spans: readonly StateSpan[], maintenance: readonly MaintenanceSpan[]): readonly CountedSpan[] {
  if (maintenance.length === 0) return spans;
  const byServer = groupBy(maintenance, ({ serverId }) => serverId);
  return spans.flatMap((span) => cut(span, byServer.get(span.serverId) ?? []));
}

function cut(span: StateSpan, maintenance: readonly MaintenanceSpan[]): readonly CountedSpan[] {
  const pieces: CountedSpan[] = [];
  let from = span.from;
  for (const window of maintenance) {
    const begin = Math.max(from, window.from);
    const end = Math.min(window.to, span.to ?? window.to);
    if (begin >= end) continue;
    if (begin > from) pieces.push({ ...span, from, to: begin });
    pieces.push({ ...span, state: 'maintenance', from: begin, to: end });
    from = end;
  }
  return span.to === null || from < span.to ? [...pieces, { ...span, from }] : pieces;
}
