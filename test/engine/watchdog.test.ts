import { expect, onTestFinished, test } from 'vitest';
import { createWatchdog } from '../../src/engine/watchdog.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { HOUR, MINUTE, pass, SECOND, startEngine } from './support.ts';

function watch() {
  const clock = createFakeClock();
  const jumps: number[] = [];
  const watchdog = createWatchdog({ clock, onJump: (byMs) => jumps.push(byMs) });
  onTestFinished(() => watchdog.stop());
  return { clock, jumps, watchdog };
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
  const { clock, jumps } = watch();
  clock.setWall(clock.now() + 4 * SECOND);
  for (let second = 0; second < 3600; second += 1) {
    clock.advance(SECOND);
    clock.setWall(clock.now() + 5);
  }
  clock.stall(10 * MINUTE);
  clock.advance(MINUTE);
  expect(jumps).toEqual([]);
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
