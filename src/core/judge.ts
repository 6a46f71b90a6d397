import { diagnose } from './diagnosis.ts';
import { judgeCertificate, judgeCredential } from './expiry.ts';
import { callersWaiting } from './pool.ts';
import { NO_POOLS } from './pool-memory.ts';
import { judgePools, type PoolInsight } from './pool-verdict.ts';
import type { ProbeReport } from './probe.ts';
import type { Reason, ReasonCode } from './reasons.ts';
import { REASONS, reason } from './reasons.ts';
import { askedCanaries, redHealth } from './red.ts';
import type { Server } from './server.ts';
import type { ProbeState, Signal } from './signal.ts';
import { SIGNALS } from './signal.ts';
import type { StepName } from './step.ts';
import { type Sight, symptomsOf } from './symptoms.ts';
import type { Judgement, LikelyCause, Verdict, Verdicts } from './verdict.ts';

const UNKNOWN: Verdict = { level: 'unknown', reason: null };
const OK: Verdict = { level: 'ok', reason: null };

/** Steps that make up the protocol signal. A failed `close` is no fault: 404 and 405 are legal answers to DELETE. */
const PROTOCOL_STEPS: readonly StepName[] = [
  'dns',
  'connect',
  'tls',
  'auth',
  'initialize',
  'initialized',
  'tools_list',
];

/** Verdicts that rest on more than this probe: on samples, figures and lists remembered from earlier ones. */
export type Remembered = Partial<Pick<Verdicts, 'latency' | 'pool' | 'tools'>> & {
  /** The pools in the light of earlier probes; left out: nothing is remembered of them. */
  readonly insight?: PoolInsight;
  /** What was said of the canaries when they were asked last: it may have to stand for those that were left out. */
  readonly lastCanary?: Verdict;
  /** What was thought of the cause then. */
  readonly lastCause?: LikelyCause | null;
};

/** What one probe says: a verdict per signal, the state they add up to and, when something is red, the likely cause. */
export function judge(report: ProbeReport, server: Server, remembered: Remembered = {}): Judgement {
  const session = judgeSession(report);
  const insight = remembered.insight ?? judgePools(NO_POOLS, report);
  const canary = joinCanaries({ report, server, session, insight, last: remembered.lastCanary ?? UNKNOWN });
  const health = judgeHealth(report, server);
  const verdicts: Verdicts = {
    ...blank(),
    protocol: session.protocol,
    auth: canary.auth ?? judgeCredential(report, session.auth),
    canary: canary.verdict,
    health_url: health,
    latency: remembered.latency ?? UNKNOWN,
    pool: remembered.pool ?? UNKNOWN,
    tls: judgeCertificate(report, server.tlsWarnings),
    tools: isListed(session) ? (remembered.tools ?? UNKNOWN) : UNKNOWN,
  };
  const { pools } = insight;
  const blind = session.blind;
  const { state, reason: why } = blind === null ? stateOf(verdicts) : { state: 'unknown' as const, reason: blind };
  const before = remembered.lastCanary?.level === 'fail' ? (remembered.lastCause?.code ?? null) : null;
  return { state, reason: why, verdicts, pools, cause: causeOf({ report, server, verdicts, insight, before }) };
}

function isListed({ protocol }: SessionVerdict): boolean {
  return protocol.level === 'ok' || protocol.level === 'warn';
}

/** A verdict of `unknown` for every signal. */
export function blank(): Verdicts {
  return {
    protocol: UNKNOWN,
    canary: UNKNOWN,
    health_url: UNKNOWN,
    latency: UNKNOWN,
    pool: UNKNOWN,
    tools: UNKNOWN,
    tls: UNKNOWN,
    auth: UNKNOWN,
  };
}

interface SessionVerdict {
  readonly protocol: Verdict;
  readonly auth: Verdict;
  /** Set when the probe learnt nothing, because of our rules or our own fault. */
  readonly blind: Reason | null;
}

function judgeSession(report: ProbeReport): SessionVerdict {
  const failed =
    report.steps.find(({ name, status }) => status === 'failed' && PROTOCOL_STEPS.includes(name))?.error ?? null;
  if (failed !== null) return judgeFailure(failed);
  const listed = report.steps.some(({ name, status }) => name === 'initialize' && status === 'ok');
  if (!listed) return { protocol: UNKNOWN, auth: UNKNOWN, blind: null };
  const empty = report.hasTools === true && report.tools?.count === 0 && report.tools.invalid.length === 0;
  const protocol: Verdict = empty ? { level: 'warn', reason: reason('tools_list_empty', 'tools_list') } : OK;
  return { protocol, auth: OK, blind: null };
}

function judgeFailure(why: Reason): SessionVerdict {
  const turns = REASONS[why.code].turns;
  if (turns === null) return { protocol: UNKNOWN, auth: UNKNOWN, blind: why };
  if (turns === 'auth') return { protocol: UNKNOWN, auth: { level: 'fail', reason: why }, blind: null };
  const level = why.code === 'tools_list_empty' ? 'warn' : 'fail';
  return { protocol: { level, reason: why }, auth: level === 'warn' ? OK : UNKNOWN, blind: null };
}

interface CanaryInput {
  readonly report: ProbeReport;
  readonly server: Server;
  readonly session: SessionVerdict;
  readonly insight: PoolInsight;
  readonly last: Verdict;
}

/** The worst of all canaries; the first that fails speaks. A server may ask for credentials only when a tool is called. */
function joinCanaries(input: CanaryInput): { verdict: Verdict; auth: Verdict | null } {
  const { report, server, session } = input;
  if (session.protocol.level === 'unknown' || session.protocol.level === 'fail')
    return { verdict: UNKNOWN, auth: null };
  const red = askedCanaries(report, server).find((asked) => asked.red !== null)?.red ?? null;
  if (red === null && report.leftOut === true) return { verdict: standIn(input), auth: null };
  if (red === null) return { verdict: report.canaries.length === 0 ? UNKNOWN : OK, auth: null };
  const turns = REASONS[red.code].turns;
  if (turns === null) return { verdict: UNKNOWN, auth: null };
  return turns === 'auth'
    ? { verdict: UNKNOWN, auth: { level: 'fail', reason: red } }
    : { verdict: { level: 'fail', reason: red }, auth: null };
}

/**
 * A tool that failed and is not called again while callers wait fails for as long as they wait (product.md, "Default
 * rules"). Of one that was well nothing is learnt.
 */
function standIn({ insight, last }: CanaryInput): Verdict {
  return last.level === 'fail' && insight.pools.some((pool) => callersWaiting(pool) > 0) ? last : UNKNOWN;
}

function judgeHealth({ health }: ProbeReport, { healthUrl }: Server): Verdict {
  if (health === null || healthUrl === null) return UNKNOWN;
  const red =
    redHealth(health.ready, healthUrl.expectStatus) ?? (health.live === null ? null : redHealth(health.live, null));
  if (red === null) return OK;
  if (REASONS[red.code].turns === null) return UNKNOWN;
  const isLive = health.ready.kind === 'answer' && health.live !== null && redHealth(health.live, null) === null;
  return { level: 'fail', reason: isLive ? { ...red, message: `${red.message} ${OUT_OF_ROTATION}` } : red };
}

/** Live, but not ready (product.md, "Health bodies seen"). */
const OUT_OF_ROTATION = 'It runs, out of rotation: its live URL answers well.';

/** Down before auth before degraded; within a state the earliest step speaks. */
export function stateOf(verdicts: Verdicts): { state: ProbeState; reason: Reason | null } {
  const bad = (signals: readonly Signal[], levels: readonly Verdict['level'][]): Verdict | undefined =>
    signals.map((signal) => verdicts[signal]).find(({ level }) => levels.includes(level));
  const down = bad(['protocol', 'canary'], ['fail']);
  if (down) return { state: 'down', reason: down.reason };
  if (verdicts.auth.level === 'fail') return { state: authState(verdicts.auth.reason), reason: verdicts.auth.reason };
  const degraded = SIGNALS.map((signal) => ({ signal, ...verdicts[signal] })).find(degrades);
  if (verdicts.protocol.level === 'unknown') return { state: 'unknown', reason: null };
  return degraded ? { state: 'degraded', reason: degraded.reason } : { state: 'up', reason: null };
}

/** Bad signals degrade a server, but for tools that changed without breaking a caller: those are only shown and told. */
export function degrades({ signal, level }: { readonly signal: Signal; readonly level: Verdict['level'] }): boolean {
  return level === 'fail' || (level === 'warn' && signal !== 'tools');
}

export function authState(why: Reason | null): 'auth_required' | 'rate_limited' {
  return why?.code === 'rate_limited' ? 'rate_limited' : 'auth_required';
}

/** One cause for all that is red; null: nothing is, or what is red says by itself what is to be done. */
function causeOf(sight: Sight): LikelyCause | null {
  const { canary, health_url: health, pool } = sight.verdicts;
  if ([canary, health, pool].every(({ level }) => level === 'ok' || level === 'unknown')) return null;
  const found = diagnose(symptomsOf(sight));
  const isPlain = canary.level !== 'fail' || PLAIN.has(canary.reason?.code ?? 'canary_is_error');
  return isPlain && found.code === 'unknown' ? null : found;
}

/** They mean that nothing was called. */
const PLAIN: ReadonlySet<ReasonCode> = new Set(['canary_tool_missing', 'canary_unsafe', 'canary_invalid_result']);
