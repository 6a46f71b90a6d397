import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';
import type { AddressedNotice } from './notice.ts';
import type { NoticeContext } from './routing.ts';
import { notBefore, writeNotice } from './routing.ts';
import type { Signal } from './signal.ts';
import { SIGNALS } from './signal.ts';
import type { ServerStatus } from './status.ts';

/** Incidents whose opening was kept from somebody, of signals that flap no longer and are still bad: they are told now. */
export function released(changed: readonly Incident[], { signals }: ServerStatus): readonly Announcement[] {
  return changed
    .filter(({ muted = [], resolvedAt, attachedTo }) => muted.length > 0 && resolvedAt === null && attachedTo === null)
    .filter(({ signal }) => (signals[signal].flaps?.flapping ?? null) === null)
    .map((incident) => ({ event: 'incident.opened', incident }));
}

/** Says to those who were told that a signal flaps that it has stayed well. */
export function calmNotices(
  before: ServerStatus,
  after: ServerStatus,
  context: NoticeContext,
): readonly AddressedNotice[] {
  return SIGNALS.flatMap((signal) => {
    const flapping = before.signals[signal].flaps?.flapping ?? null;
    const { flaps, level, since } = after.signals[signal];
    if (flapping === null || flaps !== undefined || level !== 'ok' || flapping.incident === null) return [];
    const incident = { ...flapping.incident, resolvedAt: since };
    return flapping.told.map((channel) => {
      const notice = {
        ...writeNotice('incident.calm', incident, context),
        flapping: { since: flapping.since, changes: flapping.changes },
      };
      return { channel, notice, ...notBefore(channel, notice, context) };
    });
  });
}

/** Notes whom the notices told that a signal flaps, and the incident they were last kept from. */
export function noteFlapping(status: ServerStatus, notices: readonly AddressedNotice[]): ServerStatus {
  const silent = notices.filter(({ isMuted, notice }) => isMuted === true || notice.event === 'incident.flapping');
  const noted = [...new Set(silent.map(({ notice }) => notice.incident.signal))].flatMap((signal) => {
    const own = silent.filter(({ notice }) => notice.incident.signal === signal);
    const next = withTold(status, signal, own);
    return next === null ? [] : [[signal, next] as const];
  });
  return noted.length === 0 ? status : { ...status, signals: { ...status.signals, ...Object.fromEntries(noted) } };
}

function withTold({ signals }: ServerStatus, signal: Signal, own: readonly AddressedNotice[]) {
  const { flaps } = signals[signal];
  const incident = own.at(-1)?.notice.incident;
  if (flaps === undefined || flaps.flapping === null || incident === undefined) return null;
  const fresh = own.flatMap(({ notice, channel }) =>
    notice.event === 'incident.flapping' && channel !== null ? [channel] : [],
  );
  const flapping = { ...flaps.flapping, told: [...flaps.flapping.told, ...fresh], incident: withoutEvidence(incident) };
  return { ...signals[signal], flaps: { ...flaps, flapping } };
}

function withoutEvidence(incident: Incident): Incident {
  return { ...incident, evidence: { texts: [], pools: [], silentFailure: incident.evidence.silentFailure, facts: [] } };
}
