import { expect, onTestFinished, test } from 'vitest';
import { createWatchdog } from '../../src/engine/watchdog.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { HOUR, MINUTE, pass, SECOND, startEngine } from './support.ts';

function watch() {
  const clock = createFakeClock();
  const jumps: number[] = [];
  const standstills: number[] = [];
  const watchdog = createWatchdog({
    clock,
    onJump: (byMs) => jumps.push(byMs),
    onStandstill: (forMs) => standstills.push(forMs),
  });
  onTestFinished(() => watchdog.stop());
  return { clock, jumps, standstills, watchdog };
}

test.each([-HOUR, -6 * SECOND, 6 * SECOND, HOUR])(
  'a wall clock moved by %i ms is noticed within a second, once',
  (by) => {
    const { clock, jumps } = watch();
    clock.advance(MINUTE);
    clock.setWall(clock.now() + by);
    clock.advance(SECOND);
    expect(jumps).toEqual([by]);
    clock.advance(HOUR);
    expect(jumps).toHaveLength(1);
  },
);

test('a clock that is a little off, or slewed for hours, is no jump; nor is a process that stood still', () => {
  const { clock, jumps, standstills } = watch();
  clock.setWall(clock.now() + 4 * SECOND);
  for (let second = 0; second < 3600; second += 1) {
    clock.advance(SECOND);
    clock.setWall(clock.now() + 5);
  }
  expect(standstills).toEqual([]);
  clock.stall(10 * MINUTE);
  clock.advance(MINUTE);
  expect(jumps).toEqual([]);
  expect(standstills).toEqual([10 * MINUTE - SECOND]);
});

test('what was under way during a jump or a standstill is broken, even where nobody has looked yet', () => {
  const { clock, watchdog } = watch();
  clock.advance(MINUTE);
  const begun = clock.monotonic();
  clock.advance(4 * SECOND);
  expect(watchdog.isBroken(begun)).toBe(false);
  clock.setWall(clock.now() + HOUR);
  expect(watchdog.isBroken(begun)).toBe(true);
  const later = clock.monotonic();
  expect(watchdog.isBroken(later)).toBe(false);
  clock.advance(MINUTE);
  expect(watchdog.isBroken(later)).toBe(false);
  const other = createFakeClock();
  const second = createWatchdog({ clock: other, onJump: () => undefined, onStandstill: () => undefined });
  other.after(10 * SECOND, () => expect(second.isBroken(0)).toBe(true));
  other.stall(MINUTE);
  second.stop();
  expect.assertions(5);
});

test('a stopped watchdog leaves no timer', () => {
  const { clock, watchdog } = watch();
  clock.advance(10 * SECOND);
  watchdog.stop();
  expect(clock.untilNext()).toBeNull();
});

test('a jump is said in the log, and jobs by wall clock are armed anew', async () => {
  const { clock, log } = await startEngine('');
  clock.setWall(clock.now() - HOUR);
  await pass(clock, 2 * SECOND);
  expect(log.lines.filter((line) => line.includes('armed anew'))).toEqual([expect.stringContaining('"byMs":-3600000')]);
});
