import { expect, test } from 'vitest';
import * as format from '../../web/format.ts';

/** As typed on a keyboard: ordinary spaces. */
const typed = (words: string) => words.replaceAll('\u00a0', ' ');

test.each([
  [null, '–'],
  [0, '0 ms'],
  [0.4213, '0.42 ms'],
  [8.4249, '8.42 ms'],
  [84, '84 ms'],
  [84.34, '84.3 ms'],
  [99.96, '100 ms'],
  [840.4, '840 ms'],
  [999.6, '1.00 s'],
  [1240, '1.24 s'],
  [9996, '10.0 s'],
  [10_412, '10.4 s'],
  [61_000, '1 min'],
])('a latency of %s ms reads %s', (ms, words) => {
  expect(typed(format.latency(ms))).toBe(words);
});

test.each([
  [null, '–'],
  [840, '840 ms'],
  [2_400, '2.4 s'],
  [2_000, '2 s'],
  [59_999, '59 s'],
  [14 * 60_000, '14 min'],
  [12_000_000, '3 h 20 min'],
  [7_200_000, '2 h'],
  [273_600_000, '3 d 4 h'],
])('%s ms last %s', (ms, words) => {
  expect(typed(format.duration(ms))).toBe(words);
});

test.each([
  [0.99982, '99.982 %'],
  [0.9991, '99.91 %'],
  [0.95, '95 %'],
  [0.625, '62 %'],
  [1, '100 %'],
  [0, '0 %'],
  [0.9999999, '99.9999 %'],
  [null, '–'],
])('a share of %s is %s, never rounded up to all', (share, words) => {
  expect(typed(format.percent(share))).toBe(words);
});

test('a time is relative up to a day, then the date itself', () => {
  const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
  const before = (ms: number) => typed(format.relative(now - ms, now));
  expect(before(400)).toBe('now');
  expect(before(8_000)).toBe('8 s ago');
  expect(before(180_000)).toBe('3 min ago');
  expect(before(-8_000)).toBe('in 8 s');
  expect(before(86_400_000)).toBe('20 Nov 12:00');
  expect(before(400 * 86_400_000)).toBe('17 Oct 2025 12:00');
  expect(format.relative(null, now)).toBe('–');
});

test('the exact time names its zone', () => {
  const at = new Date(2026, 10, 14, 12, 3, 7).getTime();
  expect(format.exact(at)).toBe(`2026-11-14 12:03:07 ${format.ZONE}`);
});

test('missing figures are a dash, never 0; large ones have their thousands apart', () => {
  expect(format.figure(null)).toBe('–');
  expect(format.figure(0)).toBe('0');
  expect(format.figure(1004)).toBe('1,004');
  expect(typed(format.counted(1, 'probe'))).toBe('1 probe');
  expect(typed(format.counted(3, 'probe'))).toBe('3 probes');
  expect(typed(format.bytes(48_234_496))).toBe('46.0 MB');
  expect(typed(format.bytes(512))).toBe('512 B');
});
