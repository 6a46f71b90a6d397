import type { Incident } from '../../src/core/incident.ts';
import type { Notice, NoticeEvent } from '../../src/core/notice.ts';
import type { ProbeReport, Step } from '../../src/core/probe.ts';
import { reason } from '../../src/core/reasons.ts';
import type { ServerStatus } from '../../src/core/status.ts';
import type { ProbeCommit } from '../../src/core/store.ts';
import type { Judgement } from '../../src/core/verdict.ts';
import { aReport } from '../fixtures/facts.ts';

export const NOON = Date.UTC(2026, 4, 6, 12);
export const DAY_MS = 86_400_000;

const ok = { level: 'ok', reason: null } as const;
const unknown = { level: 'unknown', reason: null } as const;

export function judgement(overrides: Partial<Judgement> = {}): Judgement {
  return {
    state: 'up',
    reason: null,
    verdicts: {
      protocol: ok,
      canary: ok,
      health_url: unknown,
      latency: ok,
      pool: unknown,
      tools: unknown,
      tls: unknown,
      auth: unknown,
    },
    pools: [],
    cause: null,
    ...overrides,
  };
}

export function steps(initializeMs: number): Step[] {
  const done = (name: Step['name'], ms: number): Step => ({ name, status: 'ok', ms, error: null });
  return [
    done('dns', 0.412),
    done('connect', 1.25),
    done('initialize', initializeMs),
    done('initialized', 0.9),
    done('tools_list', 3.017),
    done('canary', 8.5),
    done('close', 1.1),
  ];
}

export function report(serverId: string, startedAt: number, overrides: Partial<ProbeReport> = {}): ProbeReport {
  return aReport({
    serverId,
    scheduledAt: startedAt - 3,
    startedAt,
    durationMs: 17.25,
    alsoSpeaks: ['2026-07-28'],
    steps: steps(12.345),
    ...overrides,
  });
}

export function status(serverId: string, version: number, overrides: Partial<ServerStatus> = {}): ServerStatus {
  const standing = { level: 'ok', since: NOON, reason: null, turning: null } as const;
  return {
    serverId,
    version,
    state: 'up',
    since: NOON,
    reason: null,
    signals: {
      protocol: standing,
      canary: standing,
      health_url: standing,
      latency: standing,
      pool: standing,
      tools: standing,
      tls: standing,
      auth: standing,
    },
    everUp: true,
    blind: 0,
    ...overrides,
  };
}

export function incident(serverId: string, id: string, overrides: Partial<Incident> = {}): Incident {
  return {
    id,
    serverId,
    serverName: serverId,
    signal: 'canary',
    level: 'fail',
    severity: 'critical',
    reason: reason('canary_is_error', 'canary'),
    cause: null,
    evidence: { texts: ['pool exhausted'], pools: [], silentFailure: true, facts: [{ label: 'HTTP', value: '200' }] },
    startedAt: NOON,
    openedAt: NOON + 40_000,
    resolvedAt: null,
    probeCount: 3,
    told: [],
    attachedTo: null,
    acknowledged: null,
    ...overrides,
  };
}

export function notice(id: string, event: NoticeEvent, about: Incident, at = NOON): Notice {
  return {
    id,
    event,
    dedupKey: about.id,
    at,
    server: { id: about.serverId, name: about.serverName, url: 'http://127.0.0.1/mcp', tags: [] },
    incident: about,
    location: 'local',
    dashboardUrl: 'http://127.0.0.1:8080/',
    wasDown: false,
  };
}

/** A plain good probe of a server, started `at`. */
export function commit(
  serverId: string,
  version: number,
  at: number,
  overrides: Partial<ProbeCommit> = {},
): ProbeCommit {
  return {
    record: { report: report(serverId, at), judgement: judgement() },
    status: status(serverId, version),
    incidents: [],
    notices: [],
    ...overrides,
  };
}

/** A probe that opens an incident and tells it to each channel (null: nobody), with a notice id for each. */
export function opening(
  about: Incident,
  version: number,
  at: number,
  channels: readonly (string | null)[],
): ProbeCommit {
  return telling('incident.opened', about, version, at, channels, { state: 'down', since: at });
}

/** A probe that resolves the incident and tells it to each channel. */
export function resolving(
  about: Incident,
  version: number,
  at: number,
  channels: readonly (string | null)[],
): ProbeCommit {
  return telling('incident.resolved', { ...about, resolvedAt: at }, version, at, channels, { state: 'up', since: at });
}

function telling(
  event: NoticeEvent,
  about: Incident,
  version: number,
  at: number,
  channels: readonly (string | null)[],
  turn: Partial<ServerStatus>,
): ProbeCommit {
  return commit(about.serverId, version, at, {
    status: status(about.serverId, version, turn),
    incidents: [about],
    notices: channels.map((channel) => ({
      notice: notice(`${about.id}-${event}-${channel}`, event, about, at),
      channel,
    })),
  });
}
