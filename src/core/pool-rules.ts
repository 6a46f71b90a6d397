import { formatDuration } from './duration.ts';
import { callersWaiting, describePool } from './pool.ts';
import type { PoolFinding, PoolView } from './pool-finding.ts';
import { LEAK_RULES } from './pool-leaks.ts';
import type { PoolSample } from './pool-memory.ts';
import { errorRateOf, exceeds, percent } from './pool-rates.ts';

/* The limits are those of product.md, "Default rules (warn / fail)". */
const BACKLOG_ABOVE = 5;
const FULL_WARN = 0.8;
const FULL_FAIL = 0.85;
const FULL_SAMPLES = 3;
const LAG_WARN_S = 10;
const LAG_FAIL_S = 30;
const ERRORS_WARN = 0.01;
const ERRORS_FAIL = 0.05;
/** One busy connection is never a sign: servers hold one while they count. */
const SMALLEST_MAX = 2;

/** What held is over below these, so that a figure that wavers around its limit is told once. */
const HELD = { full: 0.75, lagSeconds: 8, errors: 0.008 } as const;

type Rule = (view: PoolView) => PoolFinding | null;

const RULES: readonly Rule[] = [...LEAK_RULES, exhausted, backlog, lags, errs, full, waits];

/** Every rule that holds for a pool. */
export function findingsOf(view: PoolView): readonly PoolFinding[] {
  return RULES.flatMap((rule) => rule(view) ?? []);
}

/** The samples up to now in all of which something is so. */
function runOf(samples: readonly PoolSample[], isSo: (sample: PoolSample) => boolean): readonly PoolSample[] {
  return samples.slice(samples.findLastIndex((sample) => !isSo(sample)) + 1);
}

/** Callers wait and nothing is idle, or every connection is in use. */
function exhausted({ samples, now, max }: PoolView): PoolFinding | null {
  const [first] = runOf(
    samples,
    (sample) =>
      (callersWaiting(sample) > 0 && sample.idle === 0) ||
      (max !== null && max >= SMALLEST_MAX && (sample.used ?? 0) >= max),
  );
  return first === undefined
    ? null
    : { code: 'pool_exhausted', level: 'fail', since: first.at, figures: fullness(now, max) };
}

function backlog({ samples, now, max }: PoolView): PoolFinding | null {
  const [first] = runOf(samples, (sample) => callersWaiting(sample) > BACKLOG_ABOVE);
  return first === undefined
    ? null
    : { code: 'pool_backlog', level: 'fail', since: first.at, figures: fullness(now, max) };
}

function waits({ samples, now, max }: PoolView): PoolFinding | null {
  const run = runOf(samples, (sample) => callersWaiting(sample) > 0);
  const [first] = run;
  if (first === undefined || run.length < 2) return null;
  return { code: 'pool_waiting', level: 'warn', since: first.at, figures: fullness(now, max) };
}

function full({ samples, now, max, held }: PoolView): PoolFinding | null {
  if (max !== null && max < SMALLEST_MAX) return null;
  const share = ({ used, utilization }: PoolSample): number =>
    used !== null && max !== null ? used / max : (utilization ?? 0);
  const recent = samples.slice(-FULL_SAMPLES).map(share);
  const least = recent.length < FULL_SAMPLES ? 0 : Math.min(...recent);
  const limit = held === 'pool_utilization' ? HELD.full : FULL_WARN;
  if (least <= FULL_WARN && !(held === 'pool_utilization' && share(now) > limit)) return null;
  const [first = now] = runOf(samples, (sample) => share(sample) > limit);
  const figures = max === null || now.used === null ? `${percent(share(now))} in use` : fullness(now, max);
  return { code: 'pool_utilization', level: least > FULL_FAIL ? 'fail' : 'warn', since: first.at, figures };
}

function lags({ samples, now, held }: PoolView): PoolFinding | null {
  const limit = held === 'replica_lag' ? HELD.lagSeconds : LAG_WARN_S;
  const [first] = runOf(
    samples,
    ({ lagSeconds }) => lagSeconds === 'unknown' || (lagSeconds !== null && lagSeconds > limit),
  );
  if (first === undefined) return null;
  const { lagSeconds: lag } = now;
  const level = lag === 'unknown' || (lag ?? 0) > LAG_FAIL_S ? 'fail' : 'warn';
  const figures =
    lag === 'unknown' ? 'how far it is behind is not known' : `${formatDuration((lag ?? 0) * 1000)} behind`;
  return { code: 'replica_lag', level, since: first.at, figures };
}

function errs({ samples, held }: PoolView): PoolFinding | null {
  const errors = errorRateOf(samples);
  const limit = held === 'error_rate' ? HELD.errors : ERRORS_WARN;
  if (errors === null || !exceeds(errors, limit)) return null;
  const first = errors.parts.find(({ rate }) => rate > limit);
  const level = exceeds(errors, ERRORS_FAIL) ? 'fail' : 'warn';
  return { code: 'error_rate', level, since: first?.from ?? 0, figures: errors.figures };
}

function fullness({ total, used, waiting }: PoolSample, max: number | null): string {
  return describePool({ total, used, waiting, max }) ?? '';
}
