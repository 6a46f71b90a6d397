import { ascending, percentile } from './percentile.ts';
import { reason } from './reasons.ts';
import type { LatencyRule } from './server.ts';
import type { LatencySample } from './store.ts';
import type { Verdict } from './verdict.ts';

/** The short window needs this many samples before it says anything (contract, "States, signals, confirmation"). */
const MIN_SHORT_SAMPLES = 5;
/** A slow server is fast again once the short window's P95 is below this share of the limit (same place). */
const RECOVERED_BELOW = 0.8;

const UNKNOWN: Verdict = { level: 'unknown', reason: null };
const OK: Verdict = { level: 'ok', reason: null };

/**
 * One rule over the samples of its step up to `at`. It fails when the P95 of both windows exceeds the limit, and once
 * failing (`isFailing`) it recovers when the short window's P95 is below 0.8 of it. Samples come in any order.
 */
export function judgeLatency(
  rule: LatencyRule,
  samples: readonly LatencySample[],
  at: number,
  isFailing: boolean,
): Verdict {
  const long = okSince(samples, at - rule.overMs);
  const short = p95(okSince(samples, at - rule.confirmOverMs), MIN_SHORT_SAMPLES);
  if (short === null) return UNKNOWN;
  if (isFailing) return short < rule.p95Ms * RECOVERED_BELOW ? OK : failing(rule, short);
  const whole = p95(long, rule.minSamples);
  if (whole === null) return UNKNOWN;
  return whole > rule.p95Ms && short > rule.p95Ms ? failing(rule, whole) : OK;
}

/** Several rules count as one signal: the first that fails speaks, and one that knows outweighs one that does not. */
export function joinLatency(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ level }) => level === 'fail') ?? verdicts.find(({ level }) => level === 'ok') ?? UNKNOWN;
}

function okSince(samples: readonly LatencySample[], from: number): readonly number[] {
  return samples.flatMap(({ at, ms }) => (ms !== null && at > from ? [ms] : []));
}

function p95(values: readonly number[], atLeast: number): number | null {
  if (values.length < atLeast) return null;
  return percentile(ascending(values), 0.95);
}

function failing(rule: LatencyRule, ms: number): Verdict {
  const message = `P95 of ${rule.of} is ${Math.round(ms)} ms; the limit is ${rule.p95Ms} ms.`;
  return { level: 'fail', reason: reason('latency_p95', null, message) };
}
