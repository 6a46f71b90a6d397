import type { Clock } from '../core/ports.ts';

/** A wall clock that moved this much against the monotonic one was set, or the machine slept. */
const JUMP_MS = 5_000;
const EVERY_MS = 1_000;
/** A look this late means that the process stood still: stopped, or kept from the processor. */
const STANDSTILL_MS = 5_000;

export interface Watchdog {
  /** Did the clock jump, the machine sleep or the process stand still since then (monotonic)? */
  isBroken(since: number): boolean;
  stop(): void;
}

interface WatchdogOptions {
  readonly clock: Clock;
  /** The wall clock jumped by so much against the monotonic one; negative: back. */
  readonly onJump: (byMs: number) => void;
  /** The process stood still for so long. */
  readonly onStandstill: (forMs: number) => void;
}

/** Watches the wall clock against the monotonic one, and whether timers run on time. */
export function createWatchdog({ clock, onJump, onStandstill }: WatchdogOptions): Watchdog {
  let offset = clock.now() - clock.monotonic();
  let lookedAt = clock.monotonic();
  let brokenAt = Number.NEGATIVE_INFINITY;

  const look = (): void => {
    const now = clock.monotonic();
    const moved = clock.now() - now - offset;
    const lateMs = now - lookedAt - EVERY_MS;
    offset += moved;
    lookedAt = now;
    if (Math.abs(moved) > JUMP_MS || lateMs > STANDSTILL_MS) brokenAt = now;
    if (Math.abs(moved) > JUMP_MS) onJump(moved);
    if (lateMs > STANDSTILL_MS) onStandstill(lateMs);
  };
  const lookAgain = (): void => {
    look();
    cancel = clock.after(EVERY_MS, lookAgain);
  };
  let cancel = clock.after(EVERY_MS, lookAgain);

  return {
    // What ended with the standstill may be judged before our own timer has run.
    isBroken: (since) => {
      look();
      return brokenAt > since;
    },
    stop: () => cancel(),
  };
}
