import { expect, onTestFinished, test } from 'vitest';
import { inject, type Observation, openLanes } from './lanes.ts';
import { SCENARIOS } from './scenarios.ts';
import { seeded } from './seeded.ts';

const { poolHeld, connectionsTaken, databaseStopped, passwordChanged, tableLocked, pooled, serviceSilent, crowded } =
  SCENARIOS;

const ROWS = [
  poolHeld,
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
  const watched = await openLanes(ROWS, seeded(20261121));
  onTestFinished(watched.close);
  const seen = await Promise.all(watched.lanes.map((lane) => inject(watched, lane)));
  console.info(table(seen));
  expect(seen.map(({ named }) => named)).toEqual(ROWS.map(({ cause }) => cause));
  expect(watched.program.stderr()).toBe('');
});

function table(seen: readonly Observation[]): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(5);
  return ROWS.map(({ name }, at) => {
    const row = seen[at];
    if (row === undefined) return '';
    return `${name.padEnd(42)} ${row.named.padEnd(28)} noticed ${seconds(row.noticedMs)} s, over ${seconds(row.recoveredMs)} s  ${row.signals.join(', ')}`;
  }).join('\n');
}
