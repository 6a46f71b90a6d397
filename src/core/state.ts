import { rememberChange } from './flapping.ts';
import { authState, degrades } from './judge.ts';
import type { Reason, ReasonCode } from './reasons.ts';
import type { Confirm } from './server.ts';
import type { Level, ProbeState, Signal } from './signal.ts';
import { SIGNALS } from './signal.ts';
import type { ServerStatus, SignalStatus } from './status.ts';
import type { Judgement, Verdict } from './verdict.ts';

/** A signal that changed its confirmed standing. `count` is the number of probes that turned it. */
export interface Turn {
  readonly signal: Signal;
  readonly from: Level;
  readonly to: Level;
  readonly count: number;
}

export interface Advance {
  readonly status: ServerStatus;
  readonly turns: readonly Turn[];
}

/** The standing of a server nothing is known of yet. */
export function newStatus(serverId: string, at: number): ServerStatus {
  return {
    serverId,
    version: 0,
    state: 'unknown',
    since: at,
    reason: null,
    signals: unknownSignals(at),
    everUp: false,
    blind: 0,
  };
}

/** Forgets the confirmed standing, after an edit or a resume: the next probe is shown at once. */
export function reset(status: ServerStatus, at: number): ServerStatus {
  return {
    ...status,
    version: status.version + 1,
    state: 'unknown',
    since: at,
    reason: null,
    signals: unknownSignals(at),
    blind: 0,
  };
}

/** Forgets how one signal stands, because what it was measured against is another now: the next probe decides at once. */
export function forgetSignal(status: ServerStatus, signal: Signal, at: number): ServerStatus {
  const signals = { ...status.signals, [signal]: unknownSignals(at)[signal] };
  return { ...status, version: status.version + 1, signals };
}

/**
 * Moves a server by one probe that started `at` (contract, "States, signals, confirmation"). From nothing known the
 * first probe's verdicts count at once; a known signal turns only after `confirm.down` bad or `confirm.up` good probes in
 * a row, and is then dated to the first of them. A probe that learnt nothing neither counts nor resets; while our own
 * network is gone nothing is known, and a probe that we slept through is as good as none.
 */
export function advance(status: ServerStatus, judgement: Judgement, confirm: Confirm, at: number): Advance {
  const isFirst = SIGNALS.every((signal) => status.signals[signal].level === 'unknown');
  const moved = SIGNALS.map((signal) => {
    const current = status.signals[signal];
    const { next, count } = advanceSignal(current, judgement.verdicts[signal], isFirst ? AT_ONCE : confirm, at);
    return { signal, current, next: rememberChange(current, next, at), count };
  });
  const turns = moved.flatMap(({ signal, current, next, count }) =>
    next.level === current.level ? [] : [{ signal, from: current.level, to: next.level, count }],
  );
  const signals = { ...status.signals, ...Object.fromEntries(moved.map(({ signal, next }) => [signal, next])) };
  const isBlind = SIGNALS.every((signal) => judgement.verdicts[signal].level === 'unknown');
  if (isBlind && judgement.reason?.code === 'not_monitored')
    return { status: { ...status, version: status.version + 1 }, turns: [] };
  const blind = isBlind ? status.blind + 1 : 0;
  const isLost = isFirst || blind >= confirm.down || judgement.reason?.code === 'monitor_offline';
  const standing = isBlind && isLost ? { state: 'unknown' as const, reason: judgement.reason } : standingOf(signals);
  const since = standing.state === status.state ? status.since : sinceOf(signals, turns, status.since, at);
  const everUp = status.everUp || standing.state === 'up' || standing.state === 'degraded';
  return { status: { ...status, ...standing, version: status.version + 1, since, signals, everUp, blind }, turns };
}

/** While a signal is turning either way the next probe comes early. */
export function isTurning(status: ServerStatus): boolean {
  return SIGNALS.some((signal) => status.signals[signal].turning !== null);
}

const AT_ONCE = { down: 1, up: 1 };

/** What is told by one probe alone and says little until it lasts (contract: `spike` is three probes in a row). */
const IN_A_ROW: Partial<Record<ReasonCode, number>> = { latency_spike: 3 };

/** How many bad probes in a row turn a signal, where this is the reason. */
export function badInARow(reason: Reason | null, { down }: Pick<Confirm, 'down'>): number {
  return Math.max(down, reason === null ? 1 : (IN_A_ROW[reason.code] ?? 1));
}

function advanceSignal(
  current: SignalStatus,
  verdict: Verdict,
  confirm: Pick<Confirm, 'down' | 'up'>,
  at: number,
): { next: SignalStatus; count: number } {
  if (verdict.level === 'unknown') return { next: current, count: 0 };
  if (verdict.level === current.level) return { next: { ...current, reason: verdict.reason, turning: null }, count: 0 };
  const isGood = verdict.level === 'ok';
  const run = current.turning !== null && (current.turning.to === 'ok') === isGood ? current.turning : null;
  const count = (run?.count ?? 0) + 1;
  const firstAt = Math.min(run?.firstAt ?? at, at);
  const needed = isGood ? (current.level === 'unknown' ? 1 : confirm.up) : badInARow(verdict.reason, confirm);
  if (count < needed) return { next: { ...current, turning: { to: verdict.level, count, firstAt } }, count };
  const since = isBad(current.level) && !isGood ? current.since : firstAt;
  return { next: { level: verdict.level, since, reason: verdict.reason, turning: null }, count };
}

export function isBad(level: Level): boolean {
  return level === 'warn' || level === 'fail';
}

/** Down before auth before degraded, but of down and auth the later one: it is what the server says now. */
function standingOf(signals: ServerStatus['signals']): { state: ProbeState; reason: ServerStatus['reason'] } {
  const { protocol, canary, auth } = signals;
  const down = [protocol, canary].find(({ level }) => level === 'fail');
  if (auth.level === 'fail' && (down === undefined || auth.since > down.since))
    return { state: authState(auth.reason), reason: auth.reason };
  if (down !== undefined) return { state: 'down', reason: down.reason };
  const degraded = SIGNALS.map((signal) => ({ signal, ...signals[signal] })).find(degrades);
  if (protocol.level === 'unknown') return { state: 'unknown', reason: null };
  return degraded === undefined ? { state: 'up', reason: null } : { state: 'degraded', reason: degraded.reason };
}

/** A new state began with the earliest signal that turned, but never before the state it follows. */
function sinceOf(signals: ServerStatus['signals'], turns: readonly Turn[], previous: number, at: number): number {
  const instants = turns.map(({ signal }) => signals[signal].since);
  // A wall clock that was set back leaves instants in what is now the future.
  return instants.length === 0 ? at : Math.max(Math.min(previous, at), Math.min(...instants));
}

function unknownSignals(at: number): ServerStatus['signals'] {
  const unknown: SignalStatus = { level: 'unknown', since: at, reason: null, turning: null };
  return {
    protocol: unknown,
    canary: unknown,
    health_url: unknown,
    latency: unknown,
    pool: unknown,
    tools: unknown,
    tls: unknown,
    auth: unknown,
  };
}
