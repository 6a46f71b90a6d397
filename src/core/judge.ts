import { diagnose } from './diagnosis.ts';
import { formatDuration, formatInstant } from './duration.ts';
import { unmet, valueAt } from './expect.ts';
import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import type { Pool } from './pool.ts';
import { distinct, readPools } from './pool.ts';
import type { CanaryOutcome, HealthOutcome, ProbeReport } from './probe.ts';
import type { Reason } from './reasons.ts';
import { REASONS, reason } from './reasons.ts';
import type { Canary, Server } from './server.ts';
import type { ProbeState, Signal } from './signal.ts';
import { SIGNALS } from './signal.ts';
import type { StepName } from './step.ts';
import type { Judgement, LikelyCause, Verdict, Verdicts } from './verdict.ts';

const UNKNOWN: Verdict = { level: 'unknown', reason: null };
const OK: Verdict = { level: 'ok', reason: null };

/** Long enough for a weekend. */
const EXPIRY_WARNING_MS = 72 * 3_600_000;

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
export type Remembered = Partial<Pick<Verdicts, 'latency' | 'pool' | 'tools' | 'tls'>>;

/** What one probe says: a verdict per signal, the state they add up to and, when something is red, the likely cause. */
export function judge(report: ProbeReport, server: Server, remembered: Remembered = {}): Judgement {
  const session = judgeSession(report);
  const canary = joinCanaries(report, server, session);
  const health = judgeHealth(report, server);
  const verdicts: Verdicts = {
    ...blank(),
    protocol: session.protocol,
    auth: canary.auth ?? expiring(report, session.auth),
    canary: canary.verdict,
    health_url: health,
    latency: remembered.latency ?? UNKNOWN,
    pool: remembered.pool ?? UNKNOWN,
    tls: remembered.tls ?? UNKNOWN,
    tools: isListed(session) ? (remembered.tools ?? UNKNOWN) : UNKNOWN,
  };
  const pools = poolsOf(report);
  const blind = session.blind;
  const { state, reason: why } = blind === null ? stateOf(verdicts) : { state: 'unknown' as const, reason: blind };
  return { state, reason: why, verdicts, pools, cause: causeOf(verdicts, report, pools) };
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

/** Credentials that still open the door, but not for long. */
function expiring({ credential, startedAt }: ProbeReport, auth: Verdict): Verdict {
  if (auth.level !== 'ok' || credential === null) return auth;
  const left = credential.expiresAt - startedAt;
  if (left > EXPIRY_WARNING_MS) return auth;
  const when = `${formatDuration(Math.abs(left))}${left > 0 ? '' : ' ago'}`;
  const message =
    left > 0
      ? `The configured credentials run out in ${when} (${formatInstant(credential.expiresAt)}).`
      : `The configured credentials ran out ${when} (${formatInstant(credential.expiresAt)}), though the server still takes them.`;
  return { level: 'warn', reason: reason('credential_expiring', null, message) };
}

/** The worst of all canaries; the first that fails speaks. A server may ask for credentials only when a tool is called. */
function joinCanaries(
  report: ProbeReport,
  server: Server,
  session: SessionVerdict,
): { verdict: Verdict; auth: Verdict | null } {
  if (session.protocol.level === 'unknown' || session.protocol.level === 'fail')
    return { verdict: UNKNOWN, auth: null };
  const reasons = report.canaries.map((outcome, at) => redCanary(outcome, server.canaries[at]));
  const red = reasons.find((why) => why !== null) ?? null;
  if (red === null) return { verdict: report.canaries.length === 0 ? UNKNOWN : OK, auth: null };
  const turns = REASONS[red.code].turns;
  if (turns === null) return { verdict: UNKNOWN, auth: null };
  return turns === 'auth'
    ? { verdict: UNKNOWN, auth: { level: 'fail', reason: red } }
    : { verdict: { level: 'fail', reason: red }, auth: null };
}

/** Why what a canary brought back is not good; null: it is. */
export function redCanary(outcome: CanaryOutcome, canary: Canary | undefined): Reason | null {
  const { answer } = outcome;
  if (answer.kind === 'failure') return answer.reason;
  const words = saidBy(answer.json, ['error', 'message', 'reason']) ?? answer.text;
  const said = words === null ? '' : `: ${words}`;
  if (answer.isError) return reason('canary_is_error', 'canary', `${nameOf(outcome)} returned isError${said}`);
  if (isNotOk(answer.json)) return reason('canary_not_ok', 'canary', `${nameOf(outcome)} returned ok: false${said}`);
  const wrong = (canary?.expect ?? [])
    .map((expectation) => unmet(expectation, answer.json ?? answer.text ?? undefined))
    .find((miss) => miss !== null);
  return wrong ? reason('canary_expectation', 'canary', `${nameOf(outcome)}: ${wrong}`) : null;
}

function judgeHealth({ health }: ProbeReport, { healthUrl }: Server): Verdict {
  if (health === null || healthUrl === null) return UNKNOWN;
  const red =
    redHealth(health.ready, healthUrl.expectStatus) ?? (health.live === null ? null : redHealth(health.live, null));
  if (red === null) return OK;
  return REASONS[red.code].turns === null ? UNKNOWN : { level: 'fail', reason: red };
}

/** Why what a health URL answered is not good; null: it is. `expected` null: any 2xx is. */
export function redHealth(outcome: HealthOutcome, expected: readonly number[] | null): Reason | null {
  if (outcome.kind === 'failure') return outcome.reason;
  const isGood = expected === null ? outcome.status >= 200 && outcome.status < 300 : expected.includes(outcome.status);
  if (isGood) return null;
  const said = saidBy(outcome.json, ['reason', 'status']);
  return reason(
    'health_status',
    'health_url',
    `The health URL answered ${outcome.status}${said === null ? '' : `: ${said}`}.`,
  );
}

/** What a server says of itself in JSON: the first of `keys` that holds text (product.md, "Health bodies seen"). */
function saidBy(json: Json | undefined, keys: readonly string[]): string | null {
  if (!isJsonObject(json)) return null;
  const found = keys.map((key) => valueAt(json, key)).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, 200) : null;
}

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

function causeOf(verdicts: Verdicts, report: ProbeReport, pools: readonly Pool[]): LikelyCause | null {
  const red =
    verdicts.canary.level === 'fail'
      ? verdicts.canary.reason
      : verdicts.health_url.level === 'fail'
        ? verdicts.health_url.reason
        : null;
  if (red === null) return null;
  const callHangs = report.canaries.some(
    ({ answer }) => answer.kind === 'failure' && answer.reason.code === 'canary_timeout',
  );
  const found = diagnose({ texts: textsOf(report), pools, callHangs });
  return verdicts.canary.level !== 'fail' && found.code === 'unknown' ? null : found;
}

/** Every text that came with something red, cleaned already: canary results, their failures, health bodies. */
export function textsOf({ canaries, health }: ProbeReport): readonly string[] {
  const fromCanaries = canaries.map(({ answer }) => (answer.kind === 'failure' ? answer.reason.message : answer.text));
  const outcomes = health === null ? [] : [health.ready, health.live].filter((outcome) => outcome !== null);
  const fromHealth = outcomes.map((outcome) =>
    outcome.kind === 'failure' ? null : outcome.status >= 300 ? outcome.text : null,
  );
  return [...fromCanaries, ...fromHealth].flatMap((text) => (text === null || text === '' ? [] : [text]));
}

/** The canary's own figures first; the health URL's only where the canary gave none. */
function poolsOf({ canaries, health }: ProbeReport): readonly Pool[] {
  const fromCanaries = canaries.flatMap(({ answer }) => (answer.kind === 'result' ? readPools(answer.json) : []));
  if (fromCanaries.length > 0) return distinct(fromCanaries);
  const outcomes = health === null ? [] : [health.ready, health.live];
  for (const outcome of outcomes) {
    const pools = outcome?.kind === 'answer' ? readPools(outcome.json) : [];
    if (pools.length > 0) return pools;
  }
  return [];
}

function nameOf({ canary }: CanaryOutcome): string {
  return canary.kind === 'tool' ? canary.tool : canary.resource;
}

function isNotOk(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'ok' in json && json.ok === false;
}
