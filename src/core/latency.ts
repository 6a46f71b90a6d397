import type { Baseline } from './baseline.ts';
import { formatLatency } from './duration.ts';
import { ascending, percentile } from './percentile.ts';
import { type Reason, reason } from './reasons.ts';
import type { LatencyRule } from './server.ts';
import type { LatencySample } from './store.ts';
import type { Verdict } from './verdict.ts';

/** What a rule is judged by. */
export interface LatencyFacts {
  /** What its step took at this probe; null: it failed, or how long it took says nothing of the server. */
  readonly ms: number | null;
  /** Earlier ones over the rule's longer window, in any order. */
  readonly samples: readonly LatencySample[];
  /** What is usual; null: too little is known; `reading`: it is not known yet whether it is. */
  readonly baseline: Baseline | 'reading' | null;
}

export interface LatencyInput {
  readonly factsOf: (rule: LatencyRule) => LatencyFacts;
  /** When the probe started. */
  readonly at: number;
  /** Why the signal is failing; null: it is not. */
  readonly failing: Reason | null;
}

/** The short window needs this many samples before it says anything (contract, "States, signals, confirmation"). */
const MIN_SHORT_SAMPLES = 5;
/** A slow server is fast again below this share of the limit (same place). */
const RECOVERED_BELOW = 0.8;
/**
 * What takes less than this share of the rule's limit is no spike, however fast it usually is: nobody waits for it, and it
 * may be the monitor's own machine.
 */
const LEAST_SPIKE = 0.2;

const UNKNOWN: Verdict = { level: 'unknown', reason: null };
const OK: Verdict = { level: 'ok', reason: null };

/**
 * All rules are one signal: the first that fails speaks, and one that knows outweighs one that does not, but for the one
 * the signal fails by: only itself can say that it is over.
 */
export function judgeLatency(rules: readonly LatencyRule[], input: LatencyInput): Verdict {
  const opinions = rules.flatMap((rule) => opinionsOf(rule, input));
  const failing = opinions.find(({ verdict }) => verdict.level === 'fail');
  if (failing !== undefined) return failing.verdict;
  if (opinions.some(({ verdict, isFailing }) => isFailing && verdict.level === 'unknown')) return UNKNOWN;
  return opinions.some(({ verdict }) => verdict.level === 'ok') ? OK : UNKNOWN;
}

interface Opinion {
  readonly verdict: Verdict;
  /** Does the signal fail by this? */
  readonly isFailing: boolean;
}

function opinionsOf(rule: LatencyRule, { factsOf, at, failing }: LatencyInput): readonly Opinion[] {
  const { ms, samples, baseline } = factsOf(rule);
  const isOwn = failing !== null && (failing.step === rule.of || failing.step === null);
  const isSlow = isOwn && failing.code === 'latency_p95';
  const isSpike = isOwn && failing.code === 'latency_spike';
  if (ms === null) return [{ verdict: UNKNOWN, isFailing: isSlow || isSpike }];
  return [
    { verdict: judgeP95(rule, [...samples, { at, ms }], at, isSlow), isFailing: isSlow },
    { verdict: judgeSpike(rule, { ms, baseline }, isSpike), isFailing: isSpike },
  ];
}

/**
 * It fails when the P95 of both windows exceeds the limit, and once failing it recovers when the short window's P95 is
 * below 0.8 of it.
 */
function judgeP95(rule: LatencyRule, samples: readonly LatencySample[], at: number, isFailing: boolean): Verdict {
  const short = p95(timesSince(samples, at - rule.confirmOverMs), MIN_SHORT_SAMPLES);
  if (short === null) return UNKNOWN;
  if (isFailing) return short < rule.p95Ms * RECOVERED_BELOW ? OK : slow(rule, short);
  const long = p95(timesSince(samples, at - rule.overMs), rule.minSamples);
  if (long === null) return UNKNOWN;
  return long > rule.p95Ms && short > rule.p95Ms ? slow(rule, long) : OK;
}

/**
 * One probe that took more than `spike` times what 95 of 100 take; three in a row turn the signal (core/state.ts). The
 * median would do for a server that is always as fast, but of one whose times scatter it makes up to twenty thousand
 * alarms in a million healthy probes, where the P95 makes a few dozen at most (docs/reference/latency.md).
 */
function judgeSpike(
  rule: LatencyRule,
  { ms, baseline }: { readonly ms: number; readonly baseline: LatencyFacts['baseline'] },
  isFailing: boolean,
): Verdict {
  if (rule.spike === null) return isFailing ? OK : UNKNOWN;
  if (baseline === 'reading') return UNKNOWN;
  // Nothing is usual any more after seven days of it.
  if (baseline === null) return isFailing ? OK : UNKNOWN;
  const limit = Math.max(rule.spike * baseline.p95Ms, rule.p95Ms * LEAST_SPIKE);
  return ms > limit * (isFailing ? RECOVERED_BELOW : 1) ? spiking(rule, ms, baseline) : OK;
}

function timesSince(samples: readonly LatencySample[], from: number): readonly number[] {
  return samples.flatMap(({ at, ms, marked }) => (ms !== null && marked === undefined && at > from ? [ms] : []));
}

function p95(values: readonly number[], atLeast: number): number | null {
  if (values.length < atLeast) return null;
  return percentile(ascending(values), 0.95);
}

function slow({ of, p95Ms }: LatencyRule, ms: number): Verdict {
  const message = `P95 of ${of} is ${formatLatency(ms)}; the limit is ${formatLatency(p95Ms)}.`;
  return { level: 'fail', reason: reason('latency_p95', of, message) };
}

function spiking({ of, spike }: LatencyRule, ms: number, { p95Ms }: Baseline): Verdict {
  const usual = formatLatency(p95Ms);
  const message = `${of} takes ${formatLatency(ms)}; usually 95 of 100 take at most ${usual}, and the limit is ${spike} times that.`;
  return { level: 'fail', reason: reason('latency_spike', of, message) };
}
