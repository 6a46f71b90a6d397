import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';

const LONGEST_MS = 86_400_000;

/** Reminders that are due of incidents that are still bad: each wait is twice as long as the one before, a day at most. */
export function dueReminders(
  incidents: readonly Incident[],
  { everyMs, at }: { readonly everyMs: number | null; readonly at: number },
): readonly Announcement[] {
  if (everyMs === null) return [];
  return incidents
    .filter((incident) => isWaitingFor(incident) && at >= dueAt(incident, everyMs))
    .map((incident) => ({
      event: 'incident.reminder',
      incident: { ...incident, reminded: { count: (incident.reminded?.count ?? 0) + 1, at } },
    }));
}

/** Somebody was told of it and nobody has taken it on. */
function isWaitingFor({ told, resolvedAt, attachedTo, acknowledged }: Incident): boolean {
  return told !== null && told.length > 0 && resolvedAt === null && attachedTo === null && acknowledged === null;
}

function dueAt({ openedAt, reminded }: Incident, everyMs: number): number {
  const { count, at } = reminded ?? { count: 0, at: openedAt };
  return at + Math.min(everyMs * 2 ** count, Math.max(everyMs, LONGEST_MS));
}
