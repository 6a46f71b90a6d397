import { evidenceOf, isDiagnosed } from './evidence.ts';
import { warningsDue } from './expiry.ts';
import type { Incident } from './incident.ts';
import { causeAtOpening, tellsMore } from './incident-cause.ts';
import type { ProbeReport } from './probe.ts';
import { IN_ROTATION, type Rotation, restartBehind } from './rotation.ts';
import type { Server } from './server.ts';
import { rank, severityOf, worse } from './severity.ts';
import type { Severity, Signal } from './signal.ts';
import type { Turn } from './state.ts';
import { isBad } from './state.ts';
import type { ServerStatus } from './status.ts';
import type { Judgement } from './verdict.ts';

/** Everything the decision rests on. `newId` gives a fresh id at each call. */
export interface IncidentInput {
  readonly server: Server;
  readonly report: ProbeReport;
  readonly judgement: Judgement;
  readonly before: ServerStatus;
  readonly after: ServerStatus;
  readonly turns: readonly Turn[];
  /** The server's open incidents. */
  readonly open: readonly Incident[];
  readonly at: number;
  readonly newId: () => string;
  /** How the tools differ from the accepted ones, one sentence each: what an incident about them quotes. */
  readonly toolLines?: readonly string[];
  /** Whether the server leaves in an orderly way, with this probe; left out: it does not. */
  readonly rotation?: Rotation;
}

/** An incident to announce. */
export interface Announcement {
  readonly event: 'incident.opened' | 'incident.reminder' | 'incident.resolved';
  readonly incident: Incident;
  /** A reminder that does not come again: quiet hours hold it. */
  readonly isOnce?: true;
}

export interface IncidentChange {
  /** Opened, changed or resolved, whole. */
  readonly changed: readonly Incident[];
  readonly announcements: readonly Announcement[];
}

/**
 * Opens, updates and resolves a server's incidents after one probe. While one is open, a further one of the same or
 * lower severity is attached to it and told only if it is still open when the first resolves. Of a certificate every
 * further warning that falls due is told to those who know of it, until somebody acknowledges.
 */
export function decideIncidents(input: IncidentInput): IncidentChange {
  const known = new Map(input.open.map((incident) => [incident.signal, incident]));
  const resolved = resolveGood(input, known);
  const dropped = dropUnasked(input, known);
  const updated = updateBad(input, known);
  const opened = openBad(input, known);
  const standing = [...known.values()];
  const released = release(standing, input.after);
  const worsened = updated.filter(({ id, severity }) =>
    input.open.some((before) => before.id === id && rank(severity) < rank(before.severity)),
  );
  const nearer = updated.filter(({ id, warningsDue: due = 0 }) =>
    input.open.some((before) => before.id === id && due > (before.warningsDue ?? 0)),
  );
  const untold = nearer.filter(({ told }) => told === null);
  const changed = [...resolved, ...dropped, ...updated, ...opened, ...released];
  const byId = new Map(changed.map((incident) => [incident.id, incident]));
  const announcements: Announcement[] = [
    ...resolved
      .filter(({ told }) => told !== null)
      .map((incident) => ({ event: 'incident.resolved' as const, incident })),
    ...[
      ...new Map([...opened, ...worsened, ...released, ...untold].map((incident) => [incident.id, incident])).values(),
    ]
      .filter(({ attachedTo }) => attachedTo === null && isAnnounced(input))
      .map((incident) => ({ event: 'incident.opened' as const, incident })),
    ...nearer
      .filter(({ told, acknowledged }) => told !== null && acknowledged === null)
      .map((incident) => ({ event: 'incident.reminder' as const, incident, isOnce: true as const })),
  ];
  return { changed: [...byId.values()], announcements };
}

function isAnnounced({ server, before }: IncidentInput): boolean {
  return server.announceFirst || before.everUp;
}

function resolveGood(
  { after, rotation = IN_ROTATION }: IncidentInput,
  known: Map<Signal, Incident>,
): readonly Incident[] {
  const over = [...known.values()].filter(({ signal }) => after.signals[signal].level === 'ok');
  for (const { signal } of over) known.delete(signal);
  return over.map((incident) => ({
    ...incident,
    cause: restartBehind(incident, rotation) ?? incident.cause,
    resolvedAt: after.signals[incident.signal].since,
  }));
}

/**
 * Counts a further bad probe, takes over a level that changed, and a cause where none was known. One that grows more
 * severe stays so, and stands for itself where the one it was attached to is less severe.
 */
function updateBad(input: IncidentInput, known: Map<Signal, Incident>): readonly Incident[] {
  const { judgement, after } = input;
  return [...known.values()].flatMap((incident) => {
    if (!isBad(judgement.verdicts[incident.signal].level)) return [];
    const { level, reason: latest } = after.signals[incident.signal];
    const reason = latest ?? incident.reason;
    const severity = worse(incident.severity, severityOf(incident.signal, reason));
    const parent = [...known.values()].find(({ id }) => id === incident.attachedTo);
    const isFree = parent !== undefined && rank(severity) < rank(parent.severity);
    const isExplained = isDiagnosed(incident.signal) && tellsMore(incident.cause, judgement.cause);
    const isOther = incident.signal === 'tools' && reason.message !== incident.reason.message;
    const next: Incident = {
      ...incident,
      probeCount: incident.probeCount + 1,
      level: level === 'warn' ? 'warn' : 'fail',
      reason,
      severity,
      ...dueBy(incident, input),
      ...(isFree ? { attachedTo: null } : {}),
      ...(isExplained ? { cause: judgement.cause } : {}),
      ...(isExplained || isOther ? { evidence: evidenceOf(incident.signal, input) } : {}),
    };
    known.set(incident.signal, next);
    return [next];
  });
}

/** Never fewer than before: behind one name there may be several certificates, and each warning is told once. */
function dueBy(
  { signal, warningsDue: before = 0 }: Pick<Incident, 'signal' | 'warningsDue'>,
  { report, server }: IncidentInput,
): Pick<Incident, 'warningsDue'> {
  return signal === 'tls' ? { warningsDue: Math.max(before, warningsDue(report, server.tlsWarnings)) } : {};
}

/**
 * Ends incidents of what the entry no longer asks for, without a notice: nothing can show that it is well again, and
 * whoever changed the entry knows.
 */
function dropUnasked({ server, at }: IncidentInput, known: Map<Signal, Incident>): readonly Incident[] {
  const dropped = [...known.values()].filter(({ signal }) => !isAskedFor(signal, server));
  for (const { signal } of dropped) known.delete(signal);
  return dropped.map((incident) => ({ ...incident, resolvedAt: at }));
}

function isAskedFor(
  signal: Signal,
  { canaries, healthUrl, latencyRules, tlsWarnings, watchesTools, watchesPool }: Server,
): boolean {
  if (signal === 'pool') return watchesPool;
  if (signal === 'tools') return watchesTools;
  if (signal === 'tls') return tlsWarnings.length > 0;
  if (signal === 'canary') return canaries.length > 0;
  if (signal === 'health_url') return healthUrl !== null;
  return signal !== 'latency' || latencyRules.length > 0;
}

function openBad(input: IncidentInput, known: Map<Signal, Incident>): readonly Incident[] {
  const fresh = input.turns
    .filter(({ signal, to }) => isBad(to) && !known.has(signal) && opensIncident(signal, input))
    .map((turn) => ({ ...turn, severity: severityOf(turn.signal, input.after.signals[turn.signal].reason) }))
    .sort((a, b) => rank(a.severity) - rank(b.severity));
  return fresh.flatMap((turn) => {
    const incident = open(turn, input, parentOf(turn.severity, [...known.values()]));
    if (incident === null) return [];
    known.set(turn.signal, incident);
    return [incident];
  });
}

function open(
  { signal, count, severity }: Turn & Pick<Incident, 'severity'>,
  input: IncidentInput,
  parent: Incident | null,
): Incident | null {
  const { server, judgement, after, at, newId } = input;
  const { level, reason, since } = after.signals[signal];
  if (reason === null) return null;
  return {
    id: newId(),
    serverId: server.id,
    serverName: server.name,
    signal,
    level: level === 'warn' ? 'warn' : 'fail',
    severity,
    reason,
    cause: causeAtOpening(signal, judgement, input.open),
    evidence: evidenceOf(signal, input),
    startedAt: since,
    openedAt: at,
    resolvedAt: null,
    probeCount: count,
    told: null,
    attachedTo: parent?.id ?? null,
    acknowledged: null,
    ...dueBy({ signal }, input),
  };
}

/** Credentials that nobody configured cannot have failed, and being throttled is a state, not an incident. */
function opensIncident(signal: Signal, { server, after }: IncidentInput): boolean {
  if (signal !== 'auth') return true;
  const code = after.signals.auth.reason?.code;
  return (
    code !== 'rate_limited' && (server.auth !== null || code === 'auth_rejected' || code === 'credential_expiring')
  );
}

/** The open incident that this one is evidence of: of the same or higher severity, and itself attached to none. */
function parentOf(severity: Severity, open: readonly Incident[]): Incident | null {
  return open.find((incident) => incident.attachedTo === null && rank(incident.severity) <= rank(severity)) ?? null;
}

/**
 * Incidents whose parent is over are handed to another one that still stands, or stand for themselves and are told. One
 * that is just recovering too waits for what comes of it: the next probe may end it as well.
 */
function release(standing: readonly Incident[], after: ServerStatus): readonly Incident[] {
  const orphans = standing
    .filter(({ attachedTo }) => attachedTo !== null && standing.every(({ id }) => id !== attachedTo))
    .filter(({ signal }) => after.signals[signal].turning?.to !== 'ok')
    .sort((a, b) => rank(a.severity) - rank(b.severity));
  const [first, ...rest] = orphans;
  if (first === undefined) return [];
  const heir = parentOf(first.severity, standing);
  if (heir !== null) return orphans.map((orphan) => ({ ...orphan, attachedTo: heir.id }));
  return [{ ...first, attachedTo: null }, ...rest.map((orphan) => ({ ...orphan, attachedTo: first.id }))];
}
