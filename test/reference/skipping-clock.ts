import type { FakeClock } from '../fixtures/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  handle: NodeJS.Timeout;
}

/**
 * The machine's own time, of which stretches can be skipped: what is measured between two skips is real, and a day of
 * waiting takes none.
 */
export function createSkippingClock(start = Date.UTC(2026, 10, 21, 12, 0, 0)): FakeClock {
  const startedAt = performance.now();
  let skipped = 0;
  let wall = start;
  const timers = new Set<Timer>();
  const monotonic = (): number => performance.now() - startedAt + skipped;
  const fire = (timer: Timer): void => {
    if (!timers.delete(timer)) return;
    clearTimeout(timer.handle);
    timer.run();
  };
  const arm = (timer: Timer): NodeJS.Timeout => setTimeout(() => fire(timer), Math.max(0, timer.at - monotonic()));
  const soonest = (): Timer | null =>
    [...timers].reduce<Timer | null>((best, timer) => (best === null || timer.at < best.at ? timer : best), null);

  return {
    now: () => wall + monotonic(),
    monotonic,
    after(ms, run) {
      const timer: Timer = { at: monotonic() + ms, run, handle: setTimeout(() => fire(timer), ms) };
      timers.add(timer);
      return () => {
        clearTimeout(timer.handle);
        timers.delete(timer);
      };
    },
    advance(ms) {
      const end = monotonic() + ms;
      for (let next = soonest(); next !== null && next.at <= end; next = soonest()) {
        skipped += Math.max(0, next.at - monotonic());
        fire(next);
      }
      skipped += Math.max(0, end - monotonic());
      for (const timer of timers) {
        clearTimeout(timer.handle);
        timer.handle = arm(timer);
      }
    },
    stall(ms) {
      skipped += ms;
      this.advance(0);
    },
    setWall(at) {
      wall = at - monotonic();
    },
    untilNext() {
      const next = soonest();
      return next === null ? null : Math.max(0, next.at - monotonic());
    },
  };
}
