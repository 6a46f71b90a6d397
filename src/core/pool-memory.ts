import { callersWaiting, MAX_POOLS, merge, type Pool, type PoolSource } from './pool.ts';
import { readPools } from './pool-reading.ts';
import type { PoolReason } from './pool-reason.ts';
import type { PoolRecord } from './store.ts';

/** A pool's figures at one moment. */
export type PoolSample = Pick<
  Pool,
  'total' | 'idle' | 'used' | 'waiting' | 'utilization' | 'errorRate' | 'lagSeconds'
> & {
  readonly at: number;
  readonly calls: number | null;
  readonly errors: number | null;
};

/**
 * The newest samples of one pool from one source, oldest first. Sources are kept apart: a check that holds a connection
 * while it counts reads one more than a resource that does not.
 */
export interface PoolSeries {
  readonly name: string;
  readonly source: PoolSource | null;
  readonly samples: readonly PoolSample[];
}

/** What was learnt of a pool beyond its samples. */
export interface KnownPool {
  readonly name: string;
  /** How many connections it may have; null: it is not known. */
  readonly max: number | null;
  /** `max` is published, or was seen twice: callers waited, and there were no more connections. */
  readonly isFirm: boolean;
  /** What held for it in the probe before. */
  readonly held: PoolReason | null;
}

/** What is remembered of a server's pools between probes. */
export interface PoolMemory {
  readonly series: readonly PoolSeries[];
  readonly known: readonly KnownPool[];
}

export const NO_POOLS: PoolMemory = { series: [], known: [] };

/** Samples kept of each series: what the rule that looks back furthest needs, and some for extra probes between two slots. */
export const REMEMBERED_PROBES = 20;
/** Of these, the newest are all kept. */
const FRESH_SAMPLES = 6;
const SPACING_MS = 5_000;
/** Series kept of each server: its pools come from a target. */
const KEPT_SERIES = 2 * MAX_POOLS;

/** Every pool in a report, as each source gives it: those of the canaries first. */
export function readingsOf({ canaries, health }: PoolRecord['said']): readonly Pool[] {
  const outcomes = health === null ? [] : [health.ready, health.live];
  return [
    ...canaries.flatMap(({ canary, answer }) =>
      answer.kind === 'result' ? readPools(answer.json, canary.kind === 'tool' ? 'canary' : 'resource') : [],
    ),
    ...outcomes.flatMap((outcome) => (outcome?.kind === 'answer' ? readPools(outcome.json, 'health_url') : [])),
  ];
}

/** The pools of a report, one of each name. */
export function poolsOf(said: PoolRecord['said']): readonly Pool[] {
  return merge(readingsOf(said)).slice(0, MAX_POOLS);
}

/** What is remembered after these probes, oldest first. */
export function recallPools(records: readonly PoolRecord[]): PoolMemory {
  return records.reduce(rememberPools, NO_POOLS);
}

/** What is remembered after one more probe. Its pools are those that were judged: they say by which limit. */
export function rememberPools(memory: PoolMemory, { at, said, pools }: PoolRecord): PoolMemory {
  const series = withSamples(memory.series, said, at);
  return series === memory.series ? memory : { series, known: learn(memory.known, pools) };
}

/** The series with what a probe that started `at` adds. */
export function withSamples(
  series: readonly PoolSeries[],
  said: PoolRecord['said'],
  at: number,
): readonly PoolSeries[] {
  return readingsOf(said).reduce((all, pool) => withSample(all, pool, at), series);
}

function withSample(all: readonly PoolSeries[], pool: Pool, at: number): readonly PoolSeries[] {
  const known = all.find(({ name, source }) => name === pool.name && source === pool.source);
  // Two canaries may read the same pool in one probe; and a wall clock that was set back would turn time around.
  const before = known?.samples.filter((sample) => sample.at < at) ?? [];
  const samples = thinned([...before, sampleOf(pool, at)]).slice(-REMEMBERED_PROBES);
  const rest = all.filter((one) => one !== known);
  return [...rest, { name: pool.name, source: pool.source, samples }].slice(-KEPT_SERIES);
}

/** Where probes follow each other fast, what is older and says the same as the one before it is left out, so that the rest reaches back. */
function thinned(samples: readonly PoolSample[]): readonly PoolSample[] {
  const older: PoolSample[] = [];
  for (const sample of samples.slice(0, -FRESH_SAMPLES)) {
    const last = older.at(-1);
    const isSame = last !== undefined && last.used === sample.used && last.waiting === sample.waiting;
    if (!isSame || sample.at - last.at >= SPACING_MS) older.push(sample);
  }
  return [...older, ...samples.slice(-FRESH_SAMPLES)];
}

function sampleOf(pool: Pool, at: number): PoolSample {
  const { total, idle, used, waiting, utilization, errorRate, lagSeconds, counters } = pool;
  return { at, total, idle, used, waiting, utilization, errorRate, lagSeconds, ...counters };
}

/** What is known of the pools after these were seen. */
export function learn(known: readonly KnownPool[], pools: readonly Pool[]): readonly KnownPool[] {
  const names = new Set(pools.map(({ name }) => name));
  const renewed = pools.map((pool) => ({
    ...limitOf(
      pool,
      known.find(({ name }) => name === pool.name),
    ),
    name: pool.name,
    held: pool.reason,
  }));
  return [...known.filter(({ name }) => !names.has(name)), ...renewed].slice(-KEPT_SERIES);
}

type Limit = Pick<KnownPool, 'max' | 'isFirm'>;

function limitOf(pool: Pool, before: Limit = { max: null, isFirm: false }): Limit {
  const { total, max, maxSource } = pool;
  if (maxSource === 'published') return { max, isFirm: true };
  // More connections than callers once had to share: the limit is another one.
  const known = before.max !== null && (total ?? 0) > before.max ? { max: null, isFirm: false } : before;
  if (max === null) return known;
  if (known.max === max) return { max, isFirm: true };
  // Who waits below a firm limit waits for a connection that is being opened.
  if (known.isFirm && known.max !== null && known.max > max) return known;
  return { max, isFirm: callersWaiting(pool) === 0 };
}
