import type { Notice } from './notice.ts';
import { SEVERITIES } from './signal.ts';

/**
 * What a message tells: its one notice, or several as one that holds them all, the worst first. `id` is the message's,
 * the same for all its tries.
 */
export function messageOf(
  notices: readonly Notice[],
  { id, publicUrl }: { readonly id: string; readonly publicUrl: string },
): Notice {
  const [lead, ...others] = [...notices].sort(worstFirst);
  if (lead === undefined) throw new Error('a message without a notice');
  if (others.length === 0) return { ...lead, id };
  return {
    ...lead,
    id,
    dedupKey: `alivemcp-${id}`,
    at: Math.max(...notices.map(({ at }) => at)),
    dashboardUrl: `${publicUrl.replace(/\/$/, '')}/incidents`,
    parts: [lead, ...others],
  };
}

/** Is it about something that is over? */
export function isGood({ event }: Notice): boolean {
  return event === 'incident.resolved' || event === 'incident.calm';
}

/** What is broken before what is well again, the more severe before the less, then as it happened. */
function worstFirst(a: Notice, b: Notice): number {
  return (
    Number(isGood(a)) - Number(isGood(b)) ||
    SEVERITIES.indexOf(a.incident.severity) - SEVERITIES.indexOf(b.incident.severity) ||
    a.at - b.at
  );
}
