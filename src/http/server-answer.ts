import { ladderOf } from '../core/ladder.ts';
import type { WatchedServer } from '../core/monitor.ts';
import { adviceFor, reasonSentence } from '../core/phrases.ts';
import type { Server } from '../core/server.ts';
import { SIGNALS, type Signal } from '../core/signal.ts';
import { badInARow, isBad } from '../core/state.ts';
import { addressOf } from '../core/target.ts';
import { isoOrNull, isoTime, msOrNull, poolAnswer, probeAnswer, reasonOrNull, signalLevels } from './probe-answer.ts';
import type { ServerDetail, ServerRow } from './wire.ts';

/** A row of a list: of a thousand, what goes without saying is left out. */
export function rowAnswer(watched: WatchedServer, uptime30d: number | null): ServerRow {
  const { sentence, turning, silent_failure, maintenance_until } = moreOf(watched);
  // Assigned one by one: of thousands of rows, copies with and without a key cost more than all else.
  const row: ServerRow = rowOf(watched, uptime30d);
  if (row.state !== 'up' || row.reason !== null) row.sentence = sentence;
  if (turning !== null) row.turning = turning;
  if (silent_failure) row.silent_failure = silent_failure;
  if (maintenance_until !== null) row.maintenance_until = maintenance_until;
  return row;
}

type More = Pick<ServerDetail, 'sentence' | 'turning' | 'silent_failure' | 'maintenance_until'>;

function moreOf(watched: WatchedServer): More {
  const { status } = watched;
  return {
    sentence: standingSentence(watched),
    turning: turningAnswer(watched),
    silent_failure: status.signals.protocol.level === 'ok' && status.signals.canary.level === 'fail',
    maintenance_until: isoOrNull(watched.maintenanceUntil),
  };
}

function rowOf(watched: WatchedServer, uptime30d: number | null): Omit<ServerRow, keyof More> {
  const { server, status, pause, last } = watched;
  const reason = pause === null ? reasonOrNull(status.reason) : null;
  return {
    id: server.id,
    name: server.name,
    state: pause === null ? status.state : 'paused',
    since: isoTime(pause?.at ?? status.since),
    reason,
    signals: signalLevels(status.signals, (signal) => isConfigured(server, signal)),
    tags: [...server.tags],
    source: server.source.kind,
    maintenance: watched.maintenanceUntil !== null,
    p95_ms: msOrNull(watched.latency().p95Ms),
    uptime_30d: uptime30d === null ? null : Math.round(uptime30d * 1e6) / 1e6,
    last_probe_at: isoOrNull(last?.report.startedAt ?? null),
    pool_waiting: poolWaiting(watched),
  };
}

export interface DetailFigures {
  readonly uptime: ServerDetail['uptime'];
  /** Ids, most severe first. */
  readonly openIncidents: readonly string[];
}

export function detailAnswer(watched: WatchedServer, { uptime, openIncidents }: DetailFigures): ServerDetail {
  const { server, status, pause, last } = watched;
  const { p50Ms, p95Ms, p99Ms, samples } = watched.latency();
  return {
    ...rowOf(watched, uptime['30d']),
    ...moreOf(watched),
    next_probe_at: isoOrNull(watched.nextProbeAt()),
    ...targetAnswer(server),
    paused: pause !== null,
    pause: pause && { at: isoTime(pause.at), until: isoOrNull(pause.until) },
    schedule: scheduleAnswer(server.schedule),
    defined_at: server.source.kind === 'config' ? { file: server.source.file, line: server.source.line } : null,
    protocol_version: last?.report.protocolVersion ?? null,
    also_speaks: [...(last?.report.alsoSpeaks ?? [])],
    server_info: last?.report.serverInfo ?? null,
    tool_count: last?.report.tools?.count ?? null,
    tools_hash: last?.report.tools?.hash ?? null,
    tools_since: isoOrNull(watched.tools?.current.at ?? null),
    latency: { p50_ms: msOrNull(p50Ms), p95_ms: msOrNull(p95Ms), p99_ms: msOrNull(p99Ms), samples },
    latency_limits: server.latencyRules.map((rule) => ({ of: rule.of, p95_ms: rule.p95Ms, over_ms: rule.overMs })),
    uptime,
    standing: SIGNALS.filter(
      (signal) => isConfigured(server, signal) || status.signals[signal].level !== 'unknown',
    ).map((signal) => ({
      signal,
      level: status.signals[signal].level,
      since: isoTime(status.signals[signal].since),
      reason: reasonOrNull(status.signals[signal].reason),
    })),
    pools: last?.judgement.pools.map(poolAnswer) ?? [],
    channels: [...server.channels],
    open_incidents: [...openIncidents],
    last_probe: last && probeAnswer(last),
    ladder: last === null ? [] : [...ladderOf({ report: last.report, verdicts: last.judgement.verdicts, server })],
    advice: adviceOf(watched),
    config: { ...watched.entry },
  };
}

function adviceOf({ status: { state, reason }, pause, last }: WatchedServer): string[] {
  if (state === 'up' || pause !== null || reason === null) return [];
  return [...adviceFor({ cause: last?.judgement.cause ?? null, reason })];
}

function targetAnswer(server: Server): Pick<ServerDetail, 'url' | 'command' | 'transport'> {
  const { target } = server;
  if (target.kind === 'stdio') return { url: null, command: [...target.shown], transport: 'stdio' };
  return { url: addressOf(server), command: null, transport: target.transport };
}

function isConfigured(server: Server, signal: Signal): boolean {
  switch (signal) {
    case 'protocol':
      return true;
    case 'canary':
      return server.canaries.length > 0;
    case 'health_url':
      return server.healthUrl !== null;
    case 'latency':
      return server.latencyRules.length > 0;
    case 'auth':
      return server.auth !== null;
    case 'tools':
      return server.watchesTools;
    case 'tls':
      return server.tlsWarnings.length > 0 && server.target.kind === 'http' && server.target.url.startsWith('https:');
    case 'pool':
      return false;
  }
}

/** How a server stands, in words that begin with its name. */
function standingSentence({ server: { name }, status, pause, last }: WatchedServer): string {
  if (pause !== null)
    return pause.until === null
      ? `${name} is paused.`
      : `${name} is paused until ${isoTime(pause.until).slice(0, 16).replace('T', ' ')} UTC.`;
  if (status.reason !== null) return reasonSentence(name, status.reason);
  // After a start the last probe is read a moment later than the standing.
  if (last === null && status.version === 0) return `${name} has not been probed yet.`;
  return status.state === 'up' ? `${name} works: all that is checked is well.` : `${name} has no result yet.`;
}

function turningAnswer({ server, status, pause, last }: WatchedServer): ServerDetail['turning'] {
  if (pause !== null) return null;
  const turning = SIGNALS.flatMap((signal) => {
    const run = status.signals[signal].turning;
    if (run === null) return [];
    const to = isBad(run.to) ? ('bad' as const) : ('good' as const);
    const why = last?.judgement.verdicts[signal].reason ?? null;
    const needed = to === 'bad' ? badInARow(why, server.confirm) : server.confirm.up;
    return [{ signal, to, count: run.count, needed }];
  });
  return turning.find(({ to }) => to === 'bad') ?? turning[0] ?? null;
}

function poolWaiting({ last }: WatchedServer): number | null {
  const waiting = last?.judgement.pools.flatMap((pool) => (pool.waiting === null ? [] : [pool.waiting])) ?? [];
  return waiting.length === 0 ? null : Math.max(...waiting);
}

function scheduleAnswer(schedule: Server['schedule']): ServerDetail['schedule'] {
  if (schedule.kind === 'interval') return { interval_ms: schedule.everyMs, cron: null, timezone: null };
  return { interval_ms: null, cron: schedule.expression, timezone: schedule.timezone };
}
