import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { aCanary, anAnswer, aServer, callTool, NOON } from '../fixtures/facts.ts';
import { watching } from '../fixtures/watching.ts';
import { seeded } from '../reference/seeded.ts';

const MINUTE = 60_000;
const DAY_OF_PROBES = 24 * 60;

type Sample = readonly [total: number, idle: number, waiting: number];

/**
 * As a health URL counts before it connects and as a tool counts while it holds a connection: an idle
 * `pg` pool answers `{total:1, idle:0}` every time, and counts none at all once idle connections were closed.
 */
const TRAFFIC = {
  idle: () => [
    [0, 0, 0],
    [1, 0, 0],
  ],
  'used at random': (random: () => number) => {
    const [others, spare] = [chance(random, 1.5), Math.floor(random() * 3)];
    return [
      [others + spare, spare, 0],
      [others + 1 + spare, spare, 0],
    ];
  },
} as const satisfies Record<string, (random: () => number) => readonly [ready: Sample, tool: Sample]>;
type Traffic = keyof typeof TRAFFIC;

/** So many at once where `mean` are on average and each comes and goes by itself; at most seven. */
function chance(random: () => number, mean: number): number {
  let [count, left] = [0, random() - Math.exp(-mean)];
  for (let share = Math.exp(-mean); left > 0 && count < 7; left -= share) {
    count += 1;
    share *= mean / count;
  }
  return count;
}

const server = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
  channels: ['ops'],
});

/** How server authors publish the same figures. */
const STYLES = {
  'with a maximum': (total: number, idle: number, waiting: number) => ({ total, idle, waiting, max: 10 }),
  'without one': (total: number, idle: number, waiting: number) => ({ total, idle, waiting }),
  'as pg names them, with a utilization of what is open': (total: number, idle: number, waiting: number) => ({
    totalCount: total,
    idleCount: idle,
    waitingCount: waiting,
    utilization: total === 0 ? 0 : (total - idle) / total,
  }),
} as const;

function probe(nth: number, traffic: Traffic, style: keyof typeof STYLES, random: () => number): ProbeReport {
  const [ready, tool] = TRAFFIC[traffic](random);
  const figures = STYLES[style];
  const counters = { queryCount: nth * 40, errorCount: Math.floor(nth / 10) };
  const json: Json = { ok: true, pool: { ...figures(...tool), ...counters } };
  const health = { ready: anAnswer(200, { status: 'ok', pool: figures(...ready) }), live: null };
  return aCanary({ kind: 'result', isError: false, text: JSON.stringify(json), json }, { health });
}

/** Watched for a day at the defaults, early probes included. */
function watchedForADay(traffic: Traffic, style: keyof typeof STYLES) {
  const watch = watching(server);
  const random = seeded(7);
  const levels = new Map<string, number>();
  let extra = 0;
  for (let nth = 0; nth < DAY_OF_PROBES; nth += 1) {
    let at = NOON + nth * MINUTE;
    const end = at + MINUTE;
    let early: number | null = 0;
    for (; early !== null && at + early < end; early = watch.earlyMs()) {
      at += early;
      const { record } = watch.take(probe(nth + extra, traffic, style, random), at);
      const { pool } = record.judgement.verdicts;
      levels.set(pool.reason?.code ?? pool.level, (levels.get(pool.reason?.code ?? pool.level) ?? 0) + 1);
      if (watch.earlyMs() !== null) extra += 1;
    }
  }
  return { levels: Object.fromEntries(levels), told: watch.told(), incidents: watch.incidents() };
}

const styles = Object.keys(STYLES).filter((style): style is keyof typeof STYLES => style in STYLES);

describe('a pool that is well, watched for a day', () => {
  test.each(styles)('idle, its figures published %s, is never so much as suspected', (style) => {
    expect(watchedForADay('idle', style)).toEqual({ levels: { ok: DAY_OF_PROBES }, told: [], incidents: [] });
  });

  test.each(styles)('used at random, its figures published %s, is never told of', (style) => {
    expect(watchedForADay('used at random', style)).toMatchObject({ told: [], incidents: [] });
  });
});
