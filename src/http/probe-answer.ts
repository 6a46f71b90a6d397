import type { Pool as CorePool } from '../core/pool.ts';
import type { CanaryOutcome, Step as CoreStep, HealthOutcome } from '../core/probe.ts';
import type { Reason as CoreReason } from '../core/reasons.ts';
import { SIGNALS } from '../core/signal.ts';
import type { ProbeRecord } from '../core/store.ts';
import { maskUrl } from '../core/url.ts';
import type { LikelyCause as CoreCause } from '../core/verdict.ts';
import type { CanaryResult, LikelyCause, Pool, Probe, Reason, Step } from './wire.ts';

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

const HOUR_MS = 3_600_000;

/** The same for many instants that follow each other: the hour is worked out when it is another one. */
export function isoTimes(): (at: number) => string {
  let [hour, start] = [Number.NaN, ''];
  return (at) => {
    const rest = at % HOUR_MS;
    if (rest < 0 || rest % 1000 !== 0) return isoTime(at);
    if (at - rest !== hour) [hour, start] = [at - rest, isoTime(at).slice(0, 'yyyy-mm-ddThh:'.length)];
    const seconds = rest / 1000;
    return `${start}${digits(Math.floor(seconds / 60))}:${digits(seconds % 60)}.000Z`;
  };
}

function digits(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

/** To the microsecond: what a clock says beyond that is noise. */
export function msAnswer(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

export function msOrNull(ms: number | null): number | null {
  return ms === null ? null : msAnswer(ms);
}

export function reasonAnswer({ code, layer, message, step }: CoreReason): Reason {
  return { code, layer, message, step };
}

export function reasonOrNull(reason: CoreReason | null): Reason | null {
  return reason === null ? null : reasonAnswer(reason);
}

export function stepAnswer({ name, status, ms, error }: CoreStep): Step {
  return {
    name,
    status,
    ms: msOrNull(ms),
    error: error === null ? null : { code: error.code, message: error.message },
  };
}

/** What earlier versions did not keep of a pool is null. */
export function poolAnswer(pool: CorePool): Pool {
  const { errorRate, lagSeconds, source, maxSource, exhaustedInMs, reason, counters: _, ...same } = pool;
  return {
    ...same,
    error_rate: errorRate,
    lag_seconds: lagSeconds === 'unknown' ? null : lagSeconds,
    source: source ?? null,
    max_source: maxSource ?? null,
    exhausted_in_ms: exhaustedInMs ?? null,
    reason: reason ?? null,
  };
}

export function causeAnswer(cause: CoreCause | null): LikelyCause | null {
  if (cause === null) return null;
  const { code, explanation, advice, evidence = [] } = cause;
  return { code, explanation, advice: [...advice], evidence: [...evidence] };
}

const DETAIL_GONE = 'Step detail is kept for the last 20 probes and the last 20 failures.';

/** `id` null: a one-off test that was not kept. */
export function probeAnswer({
  id,
  report,
  judgement,
  isBrief,
}: Omit<ProbeRecord, 'id'> & { readonly id: string | null }): Probe {
  const canaries = report.canaries.map(canaryAnswer);
  const { protocol, canary } = judgement.verdicts;
  return {
    id,
    server: report.serverId,
    location: report.location,
    scheduled_at: isoTime(report.scheduledAt),
    started_at: isoTime(report.startedAt),
    duration_ms: msAnswer(report.durationMs),
    state: judgement.state,
    reason: reasonOrNull(judgement.reason),
    likely_cause: causeAnswer(judgement.cause),
    signals: signalLevels(judgement.verdicts, () => false),
    silent_failure: protocol.level === 'ok' && canary.level === 'fail',
    steps: report.steps.map(stepAnswer),
    protocol_version: report.protocolVersion,
    also_speaks: [...report.alsoSpeaks],
    server_info: report.serverInfo,
    tool_count: report.tools?.count ?? null,
    tools_hash: report.tools?.hash ?? null,
    canary: decidingCanary(canaries, canary.reason),
    canaries,
    canary_left_out: report.leftOut === true,
    health_url: report.health && {
      ready: healthAnswer(report.health.ready),
      live: report.health.live && healthAnswer(report.health.live),
    },
    pools: judgement.pools.map(poolAnswer),
    tls: report.tls && { expires_at: isoTime(report.tls.expiresAt) },
    credential: report.credential && { expires_at: isoTime(report.credential.expiresAt) },
    marks: [...report.marks],
    detail_gone: isBrief === true ? DETAIL_GONE : null,
    repeat: null,
  };
}

/** The level of each signal of which something is known, and of those that `isConfigured`. */
export function signalLevels(
  signals: Readonly<Record<(typeof SIGNALS)[number], { readonly level: 'ok' | 'warn' | 'fail' | 'unknown' }>>,
  isConfigured: (signal: (typeof SIGNALS)[number]) => boolean,
): Probe['signals'] {
  const shown = SIGNALS.filter((signal) => signals[signal].level !== 'unknown' || isConfigured(signal));
  return Object.fromEntries(shown.map((signal) => [signal, signals[signal].level]));
}

function canaryAnswer({ canary, ms, answer, sessionSurvived }: CanaryOutcome): CanaryResult {
  return {
    tool: canary.kind === 'tool' ? canary.tool : null,
    resource: canary.kind === 'resource' ? canary.resource : null,
    ms: msOrNull(ms),
    is_error: answer.kind === 'result' ? answer.isError : null,
    text: answer.kind === 'result' ? answer.text : null,
    reason: answer.kind === 'failure' ? reasonAnswer(answer.reason) : null,
    session_survived: sessionSurvived,
  };
}

/** The first canary that is not good, else the first. An unmet expectation is the judge's, so only the verdict knows of it. */
function decidingCanary(canaries: readonly CanaryResult[], verdict: CoreReason | null): CanaryResult | null {
  const bad = canaries.find((canary) => canary.reason !== null || canary.is_error === true);
  const named = canaries.find((canary) => verdict?.message.includes(canary.tool ?? canary.resource ?? '\n'));
  return bad ?? named ?? canaries[0] ?? null;
}

function healthAnswer(outcome: HealthOutcome): NonNullable<Probe['health_url']>['ready'] {
  const url = maskUrl(outcome.url);
  if (outcome.kind === 'failure')
    return { url, status: null, ms: null, text: null, reason: reasonAnswer(outcome.reason) };
  return { url, status: outcome.status, ms: msAnswer(outcome.ms), text: outcome.text, reason: null };
}
