import { expect, test } from 'vitest';
import { addToWeek, baselineOf, createWeek } from '../../src/core/baseline.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('nothing is usual before there are sixty samples', () => {
  const week = createWeek();
  for (let at = 0; at < 59; at += 1) addToWeek(week, NOON + at * MINUTE, 80);
  expect(baselineOf(week, NOON + 59 * MINUTE)).toBeNull();
  addToWeek(week, NOON + 59 * MINUTE, 80);
  expect(baselineOf(week, NOON + 60 * MINUTE)).toEqual({ p95Ms: expect.closeTo(80, 0), samples: 60 });
});

test('one sample in twenty is not what is usual', () => {
  const week = createWeek();
  for (let at = 0; at < 1000; at += 1) addToWeek(week, NOON + at * MINUTE, at % 25 === 0 ? 2000 : 80);
  expect(baselineOf(week, NOON + DAY)?.p95Ms).toBeCloseTo(80, 0);
});

test('what is older than seven days is forgotten, also where nothing new came', () => {
  const week = createWeek();
  for (let at = 0; at < 100; at += 1) addToWeek(week, NOON + at * MINUTE, 900);
  for (let at = 0; at < 100; at += 1) addToWeek(week, NOON + 3 * DAY + at * MINUTE, 80);
  expect(baselineOf(week, NOON + 6 * DAY)?.p95Ms).toBeCloseTo(900, -1);
  expect(baselineOf(week, NOON + 7 * DAY)).toEqual({ p95Ms: expect.closeTo(80, 0), samples: 100 });
  expect(baselineOf(week, NOON + 10 * DAY)).toBeNull();
});
