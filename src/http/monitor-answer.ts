import type { HeartbeatFigures, MonitorFigures, ReloadResult, WatchedServer } from '../core/monitor.ts';
import type { SERVER_STATES } from '../core/signal.ts';
import { isoOrNull, isoTime, msAnswer, msOrNull } from './probe-answer.ts';
import type { Monitor, Summary } from './wire.ts';

export interface SummaryInput {
  readonly now: number;
  readonly servers: readonly WatchedServer[];
  readonly figures: MonitorFigures;
  readonly incidentsOpen: number;
  readonly channels: number;
  /** Times of the notices of the last day that there was nobody to tell, newest first. */
  readonly toNobody: readonly number[];
  readonly hasPassword: boolean;
}

export function summaryAnswer({ now, servers, figures, toNobody, ...rest }: SummaryInput): Summary {
  const [lastToNobody] = toNobody;
  return {
    version: figures.version,
    location: figures.location,
    now: isoTime(now),
    servers: servers.length,
    states: countStates(servers),
    maintenance: servers.filter(({ maintenanceUntil }) => maintenanceUntil !== null).length,
    incidents_open: rest.incidentsOpen,
    probes_last_hour: figures.probesLastHour,
    channels: rest.channels,
    reached_nobody: lastToNobody === undefined ? null : { count: toNobody.length, last_at: isoTime(lastToNobody) },
    deliveries_failed: figures.outbox.failed,
    config_errors: figures.reload === null || figures.reload.errors.length === 0 ? null : reloadAnswer(figures.reload),
    demo_url: figures.demoUrl,
    password: rest.hasPassword,
  };
}

function countStates(servers: readonly WatchedServer[]): Summary['states'] {
  const counts = {
    unknown: 0,
    up: 0,
    degraded: 0,
    down: 0,
    auth_required: 0,
    rate_limited: 0,
    paused: 0,
  } satisfies Record<(typeof SERVER_STATES)[number], number>;
  for (const { pause, status } of servers) counts[pause === null ? status.state : 'paused'] += 1;
  return counts;
}

function reloadAnswer({ at, file, errors }: ReloadResult): NonNullable<Monitor['reload']> {
  return { at: isoTime(at), file, errors: errors.map(({ line, column, message }) => ({ line, column, message })) };
}

function networkAnswer({ control, offlineSince }: MonitorFigures['network']): Monitor['network'] {
  return {
    offline_since: isoOrNull(offlineSince),
    control: control && { host: control.host, at: isoOrNull(control.at), ok: control.ok, message: control.message },
  };
}

function heartbeatAnswer({ host, everyMs, at, ok, message }: HeartbeatFigures): NonNullable<Monitor['heartbeat']> {
  return { host, every_ms: everyMs, at: isoOrNull(at), ok, message };
}

export function monitorAnswer(figures: MonitorFigures, streams: number): Monitor {
  const { lagMs, eventLoopMs, outbox } = figures;
  return {
    version: figures.version,
    location: figures.location,
    started_at: isoTime(figures.startedAt),
    probes: { running: figures.probesRunning, waiting: figures.probesWaiting, last_hour: figures.probesLastHour },
    slots: { late: figures.slotsLate, missed: figures.slotsMissed },
    lag: { p50_ms: msOrNull(lagMs.p50), p99_ms: msOrNull(lagMs.p99), max_ms: msOrNull(lagMs.max) },
    event_loop: {
      p50_ms: msAnswer(eventLoopMs.p50),
      p99_ms: msAnswer(eventLoopMs.p99),
      max_ms: msAnswer(eventLoopMs.max),
    },
    rss_bytes: figures.rssBytes,
    store: figures.store,
    outbox: { pending: outbox.pending, failed: outbox.failed, oldest_pending_at: isoOrNull(outbox.oldestPendingAt) },
    network: networkAnswer(figures.network),
    heartbeat: figures.heartbeat && heartbeatAnswer(figures.heartbeat),
    reload: figures.reload && reloadAnswer(figures.reload),
    cron: figures.cron.map(({ name, expression, nextAt, last }) => ({
      name,
      expression,
      next_at: isoOrNull(nextAt),
      last: last && { at: isoTime(last.at), ok: last.ok, message: last.message },
    })),
    demo_url: figures.demoUrl,
    streams,
  };
}
