import { expect, test } from 'vitest';
import { pieceOf, thinned } from '../../web/server/thinned.ts';

const MINUTE = 60_000;

test('what a screen can show is left as it is', () => {
  const rows = Array.from({ length: 300 }, (_, at) => [at * MINUTE, at]);
  expect(thinned(rows, pieceOf(rows))).toBe(rows);
});

test('of a year of minutes every spike and every dip stays, at its time', () => {
  const rows = Array.from({ length: 525_600 }, (_, at) => [at * MINUTE, at === 77_777 ? null : 100, 50]);
  rows[300_000] = [300_000 * MINUTE, 900, 50];
  rows[400_000] = [400_000 * MINUTE, 100, 1];
  const piece = pieceOf(rows);
  const few = thinned(rows, piece);
  expect(few.length).toBeLessThanOrEqual(4_004);
  expect(few.map(([at]) => at)).toEqual(few.map(([at]) => Number(at)).toSorted((a, b) => a - b));
  const near = (at: number) => (row: readonly (number | null)[]) => Math.abs(Number(row[0]) - at * MINUTE) <= piece;
  expect(few.filter(([, first]) => first === 900).every(near(300_000))).toBe(true);
  expect(few.filter(([, , second]) => second === 1).every(near(400_000))).toBe(true);
  expect([...new Set(few.map(([, first]) => first))].toSorted()).toEqual([100, 900]);
  expect([...new Set(few.map(([, , second]) => second))].toSorted()).toEqual([1, 50]);
});
