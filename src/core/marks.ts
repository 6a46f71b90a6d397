import type { ProbeMark, ProbeReport } from './probe.ts';
import { REASONS, type ReasonCode } from './reasons.ts';
import type { Schedule } from './server.ts';
import type { StepName } from './step.ts';

export interface MarkInput {
  readonly report: ProbeReport;
  readonly schedule: Schedule;
  /** The probe before this one; null: there was none. */
  readonly before: Pick<ProbeReport, 'startedAt' | 'steps' | 'serverInfo'> | null;
  /** The first of this server since the monitor started. */
  readonly isFirst: boolean;
  /** The longest that our event loop kept timers waiting during the probe. */
  readonly lagMs: number;
}

/** Hosts put to sleep what nobody asked for this long (research: the first probe after 5 min idle is left out of latency figures). */
const IDLE_MS = 5 * 60_000;
/** A server probed every ten minutes is not idle in between, or it would never be judged. */
const INTERVALS = 1.5;
/** As for a late start (engine/lateness.ts). What is shorter never makes a spike by itself (core/latency.ts). */
const LAGGED_MS = 100;
/** Of a handshake that took long in any case, no more than this may be ours: a slow server shows on a busy machine too. */
const LAGGED_SHARE = 0.2;
/** Steps that say nothing of the process behind the URL. */
const BESIDE: readonly StepName[] = ['health_url', 'close'];

/** The marks of a probe. */
export function marksOf(input: MarkInput): readonly ProbeMark[] {
  const { report, before, isFirst, lagMs } = input;
  const isCold = isFirst || before === null || wasIdle(input, before) || wasRestarted(report, before);
  const isLagged = lagMs > Math.max(LAGGED_MS, LAGGED_SHARE * (okMs(report, 'initialize') ?? 0));
  return [...(isCold ? ['cold_start' as const] : []), ...(isLagged ? ['monitor_lag' as const] : [])];
}

/** What a step took where that says something of the server: it was ok, and the probe has no marks; else null. */
export function timeOf(report: ProbeReport, step: StepName): number | null {
  return report.marks.length === 0 ? okMs(report, step) : null;
}

/** What a step took; null where it was not ok: failed steps have no latency. */
export function okMs({ steps }: ProbeReport, step: StepName): number | null {
  const found = steps.find(({ name }) => name === step);
  return found?.status === 'ok' ? found.ms : null;
}

/** A cron expression says itself when a server is asked. */
function wasIdle({ report, schedule }: MarkInput, { startedAt }: { readonly startedAt: number }): boolean {
  if (schedule.kind === 'cron') return false;
  return report.startedAt - startedAt >= Math.max(IDLE_MS, schedule.everyMs * INTERVALS);
}

/** It could not be talked to and now can, or calls itself another version. */
function wasRestarted(report: ProbeReport, { steps, serverInfo }: NonNullable<MarkInput['before']>): boolean {
  if (!report.steps.some(({ name, status }) => name === 'initialize' && status === 'ok')) return false;
  const wasGone = steps.some(({ name, error }) => error !== null && !BESIDE.includes(name) && isGone(error.code));
  const version = report.serverInfo?.version;
  return wasGone || (serverInfo !== null && version !== undefined && version !== serverInfo.version);
}

/** Failures that show no living server: nothing answers, or only what stands before it. */
function isGone(code: ReasonCode): boolean {
  const { layer, turns } = REASONS[code];
  return turns === 'protocol' && (layer === 'transport' || layer === 'stdio' || code === 'http_server_error');
}
