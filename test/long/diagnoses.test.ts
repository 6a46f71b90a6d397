import { expect, onTestFinished, test } from 'vitest';
import { inject, type Lanes, type Observation, openLanes } from '../reference/lanes.ts';
import { between, canBreak, type Ground, type Scenario, styleOf } from '../reference/scenario.ts';
import * as database from '../reference/scenarios-database.ts';
import * as own from '../reference/scenarios-process.ts';
import { seeded } from '../reference/seeded.ts';

const SEED = Number(process.env['SEED'] ?? 20261121);
/** Of each cause. The goal is stated for 20, which take a quarter of an hour: `INJECTIONS=20`. */
const INJECTIONS = Number(process.env['INJECTIONS'] ?? 2);
/** 195 of 200. */
const RIGHT_SHARE = 0.975;

/** Two scenarios of one cause share its injections. */
const CAUSES: readonly (readonly Scenario[])[] = [
  [own.poolHeld],
  [own.leaked],
  [database.connectionsTaken],
  [database.databaseStopped],
  [database.passwordChanged],
  [database.tableLocked],
  [own.pooled],
  [database.replayPaused],
  [own.serviceSilent, own.queueWithoutEnd],
  [own.crowded],
  [own.drained],
];

/** Servers as different authors write them, each with a process and a database of its own. */
function groundsOf(random: () => number): readonly Ground[] {
  const write = (needs: 'own' | 'pair', options: Ground['options']): Ground => ({
    needs,
    isAlone: true,
    options: {
      ...styleOf(random),
      statementTimeoutMs: between(random, 1000, 2500),
      perCaller: between(random, 3, 5),
      drainMs: between(random, 4000, 7000),
      ...options,
    },
  });
  return [
    write('pair', { figures: 'with-max' }),
    write('pair', { figures: 'camel' }),
    write('own', { figures: 'counted', errors: 'driver', namedStatements: true }),
    write('own', { figures: 'with-max', errors: 'wrapped', namedStatements: true }),
    write('own', { figures: 'counted', errors: 'wrapped', counts: 'after' }),
    write('own', { figures: 'with-max', errors: 'driver', counts: 'holding' }),
    write('own', { figures: 'plain', namedStatements: true }),
    write('own', { figures: 'camel' }),
    write('own', { figures: 'none', connectionTimeoutMs: 0 }),
  ];
}

interface Result {
  readonly scenario: Scenario;
  readonly observation: Observation;
}

function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** Every server takes the first fault of those left that can break it, again and again. */
async function injectAll(watched: Lanes, scenarios: readonly Scenario[]): Promise<readonly Result[]> {
  const left = [...scenarios];
  const results: Result[] = [];
  await Promise.all(
    watched.lanes.map(async (lane) => {
      for (;;) {
        const at = left.findIndex((scenario) => canBreak(scenario, lane.ground));
        const [scenario] = at < 0 ? [] : left.splice(at, 1);
        if (scenario === undefined) return;
        const chance = seeded(SEED + left.length);
        await new Promise((resolve) => setTimeout(resolve, chance() * 2000));
        const observation = await inject(watched, { ...lane, lane: { ...lane.lane, random: chance } }, scenario).catch(
          (error: unknown) => failed(scenario, error),
        );
        if (observation.named !== scenario.cause) console.info(JSON.stringify({ ...lane.ground, ...observation }));
        results.push({ scenario, observation });
      }
    }),
  );
  expect(left.map(({ name }) => name)).toEqual([]);
  return results;
}

function failed({ name }: Scenario, error: unknown): Observation {
  return { name, named: String(error), signals: [], noticedMs: 0, recoveredMs: 0, sentence: '', explanation: '' };
}

test('real servers break in eleven ways, one after another in any order: the cause is named right in 97.5 of 100', {
  timeout: 2_400_000,
}, async () => {
  const random = seeded(SEED);
  const watched = await openLanes(groundsOf(random), random);
  onTestFinished(watched.close);
  const each = CAUSES.flatMap((scenarios) =>
    Array.from({ length: INJECTIONS }, (_, at) => at % scenarios.length).flatMap((at) => scenarios.slice(at, at + 1)),
  );
  const from = performance.now();
  const results = await injectAll(watched, shuffled(each, random));
  console.info(report(results, performance.now() - from));
  const right = results.filter(({ scenario, observation }) => observation.named === scenario.cause);
  // Where one in forty may miss, all of a few are right only by luck: two of them may.
  expect(right.length).toBeGreaterThanOrEqual(Math.min(results.length * RIGHT_SHARE, results.length - 2));
  expect(watched.program.stderr()).toBe('');
});

/** What was injected, what it was called, the seconds to notice and to recovery (median and longest), and what a person reads. */
function report(results: readonly Result[], ms: number): string {
  const right = results.filter(({ scenario, observation }) => observation.named === scenario.cause).length;
  const rows = CAUSES.flat().map(({ name, cause }) => {
    const seen = results.filter(({ scenario }) => scenario.name === name).map(({ observation }) => observation);
    const counts = [...new Set(seen.map(({ named }) => named))]
      .map((code) => `${code} ${seen.filter(({ named }) => named === code).length}`)
      .join(', ');
    const noticed = spread(seen.map(({ noticedMs }) => noticedMs));
    const over = spread(seen.map(({ recoveredMs }) => recoveredMs));
    const said = seen.find(({ named }) => named === cause)?.sentence ?? '';
    return `${name.padEnd(42)} noticed ${noticed}, over ${over}  ${counts}\n    ${said}`;
  });
  return [`${right} of ${results.length} right, in ${Math.round(ms / 1000)} s, seed ${SEED}`, ...rows].join('\n');
}

function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const seconds = (one = 0): string => (one / 1000).toFixed(1).padStart(5);
  return `${seconds(sorted[Math.floor(sorted.length / 2)])} /${seconds(sorted.at(-1))} s`;
}
