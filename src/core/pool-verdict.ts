import { formatDuration } from './duration.ts';
import { callersWaiting, type Pool } from './pool.ts';
import type { PoolFinding } from './pool-finding.ts';
import { type KnownPool, learn, type PoolMemory, type PoolSeries, poolsOf, withSamples } from './pool-memory.ts';
import { errorRateOf } from './pool-rates.ts';
import { POOL_REASONS } from './pool-reason.ts';
import { findingsOf } from './pool-rules.ts';
import { exhaustedInMs } from './pool-trend.ts';
import type { ProbeReport } from './probe.ts';
import { reason } from './reasons.ts';
import type { Verdict } from './verdict.ts';

/** What one probe says of a server's pools, in the light of those before. */
export interface PoolInsight {
  readonly verdict: Verdict;
  /** One of each name, with what is only known from earlier probes: limit, error rate, trend. */
  readonly pools: readonly Pool[];
  /** What speaks; null: nothing is wrong. */
  readonly worst: PoolTrouble | null;
}

export interface PoolTrouble {
  readonly pool: Pool;
  readonly finding: PoolFinding;
}

/** Judges the pools of a report by the rules of product.md; of several the worst speaks. */
export function judgePools(memory: PoolMemory, report: ProbeReport): PoolInsight {
  const raw = poolsOf(report);
  if (raw.length === 0) return { verdict: { level: 'unknown', reason: null }, pools: [], worst: null };
  const series = withSamples(memory.series, report, report.startedAt).filter(
    ({ samples }) => samples.at(-1)?.at === report.startedAt,
  );
  const learnt = learn(memory.known, raw);
  const judged = raw.map((pool) =>
    judgePool(pool, {
      series: series.filter(({ name }) => name === pool.name),
      known: learnt.find(({ name }) => name === pool.name),
      held: memory.known.find(({ name }) => name === pool.name)?.held ?? null,
      isPartial: report.leftOut === true,
    }),
  );
  const worst = judged.flatMap(({ trouble }) => trouble ?? []).toSorted(byTrouble)[0] ?? null;
  const pools = judged.map(({ pool }) => pool);
  return {
    verdict: verdictOf(worst, { isPartial: report.leftOut === true, isOnly: pools.length === 1 }),
    pools,
    worst,
  };
}

interface Remembered {
  /** Of this pool, as far as this probe read them. */
  readonly series: readonly PoolSeries[];
  readonly known: KnownPool | undefined;
  readonly held: KnownPool['held'];
  readonly isPartial: boolean;
}

function judgePool(
  raw: Pool,
  { series, known, held, isPartial }: Remembered,
): { pool: Pool; trouble: PoolTrouble | null } {
  const max = known?.isFirm === true ? known.max : null;
  const findings = series.flatMap(({ samples }) => {
    const now = samples.at(-1);
    return now === undefined ? [] : findingsOf({ samples, now, max, held });
  });
  const [finding = null] = findings.toSorted(byWeight);
  const own = series.find(({ source }) => source === raw.source)?.samples ?? [];
  const limit = raw.max ?? max;
  const pool: Pool = {
    ...raw,
    max: limit,
    maxSource: raw.maxSource ?? (limit === null ? null : 'seen'),
    utilization: raw.used !== null && limit !== null && limit > 0 ? raw.used / limit : raw.utilization,
    errorRate: firstRate(series) ?? raw.errorRate,
    exhaustedInMs: exhaustedInMs(own, max),
    reason: finding?.code ?? (isPartial ? held : null),
  };
  return { pool, trouble: finding === null ? null : { pool, finding } };
}

function firstRate(series: readonly PoolSeries[]): number | null {
  return series.flatMap(({ samples }) => errorRateOf(samples)?.rate ?? [])[0] ?? null;
}

function byWeight(a: PoolFinding, b: PoolFinding): number {
  const rank = ({ level, code }: PoolFinding): number => (level === 'fail' ? 0 : 100) + POOL_REASONS.indexOf(code);
  return rank(a) - rank(b);
}

function byTrouble(a: PoolTrouble, b: PoolTrouble): number {
  return byWeight(a.finding, b.finding) || callersWaiting(b.pool) - callersWaiting(a.pool);
}

/** A probe that left something out can find trouble, but not that all is well. */
function verdictOf(worst: PoolTrouble | null, { isPartial, isOnly }: { isPartial: boolean; isOnly: boolean }): Verdict {
  if (worst === null) return { level: isPartial ? 'unknown' : 'ok', reason: null };
  const { code, level } = worst.finding;
  return { level, reason: reason(code, null, sentence(worst, isOnly)) };
}

/** What is wrong with a pool, in one sentence or two. */
function sentence({ pool, finding }: PoolTrouble, isOnly: boolean): string {
  const name = isOnly && pool.name === 'default' ? 'connection pool' : `pool ${pool.name}`;
  const { figures } = finding;
  const trend =
    pool.exhaustedInMs === null ? '' : ` At this pace it is exhausted in about ${formatDuration(pool.exhaustedInMs)}.`;
  switch (finding.code) {
    case 'pool_exhausted':
      return `The ${name} is exhausted: ${figures}.`;
    case 'pool_backlog':
      return `Too many callers wait for the ${name}: ${figures}.`;
    case 'pool_waiting':
      return `Callers keep waiting for the ${name}: ${figures}.${trend}`;
    case 'pool_utilization':
      return `The ${name} is nearly full: ${figures}.${trend}`;
    case 'pool_leak':
      return `The ${name} loses connections: ${figures}.${trend}`;
    case 'replica_lag':
      return `The replica behind the ${name} lags: ${figures}.`;
    case 'error_rate':
      return `Too many calls over the ${name} fail: ${figures}.`;
  }
}
