import { expect, test } from 'vitest';
import { ascending, percentile } from '../../src/core/percentile.ts';

const oneToHundred = Array.from({ length: 100 }, (_, index) => index + 1);

test.each([
  [0, 1],
  [0.5, 50],
  [0.95, 95],
  [0.99, 99],
  [1, 100],
])('of 1 to 100, the %f percentile by nearest rank is %i', (share, expected) => {
  expect(percentile(oneToHundred, share)).toBe(expected);
});

test('of five values the P95 is the greatest, and it is a value that was seen', () => {
  expect(percentile(ascending([30, 10, 20, 50, 40]), 0.95)).toBe(50);
});

test('one value is every percentile, and no values have none', () => {
  expect(percentile([7], 0.5)).toBe(7);
  expect(percentile([7], 0)).toBe(7);
  expect(percentile([], 0.95)).toBeNull();
});

test('sorting is by number, not by text, and leaves the input alone', () => {
  const values = [100, 9, 20];
  expect([...ascending(values)]).toEqual([9, 20, 100]);
  expect(values).toEqual([100, 9, 20]);
});
