import { expect, onTestFinished, test } from 'vitest';
import { inject, type Observation, openLanes } from './lanes.ts';
import { groundFor } from './scenario.ts';
import { connectionsTaken, databaseStopped, passwordChanged, tableLocked } from './scenarios-database.ts';
import { crowded, nearlyFull, pooled, poolHeld, queueSaid, serviceSilent } from './scenarios-process.ts';
import { seeded } from './seeded.ts';

const ROWS = [
  poolHeld,
  nearlyFull,
  queueSaid,
  connectionsTaken,
  databaseStopped,
  passwordChanged,
  tableLocked,
  pooled,
  serviceSilent,
  crowded,
];

test('servers on a real database break in every way there is: each cause is named, and each recovery seen', {
  timeout: 180_000,
}, async () => {
  const random = seeded(20261121);
  const watched = await openLanes(
    ROWS.map((scenario) => groundFor(scenario, random)),
    random,
  );
  onTestFinished(watched.close);
  const seen = await Promise.all(
    ROWS.map((scenario, at) => {
      const lane = watched.lanes.find(({ id }) => id === `lane-${at}`);
      if (lane === undefined) throw new Error(`there is no server for ${scenario.name}`);
      return inject(watched, lane, scenario);
    }),
  );
  console.info(seen.map(line).join('\n'));
  const wrong = seen.filter(({ named }, at) => named !== ROWS[at]?.cause);
  expect(wrong.map((one) => `${line(one)}: ${one.sentence}`).join('\n')).toBe('');
  expect(watched.program.stderr()).toBe('');
});

function line({ name, named, noticedMs, recoveredMs, signals }: Observation): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(5);
  return `${name.padEnd(42)} ${named.padEnd(28)} noticed ${seconds(noticedMs)} s, over ${seconds(recoveredMs)} s  ${signals.join(', ')}`;
}
