import type { Clock } from '../core/ports.ts';

/** A wall clock that moved this much against the monotonic one was set, or the machine slept. */
const JUMP_MS = 5_000;
const EVERY_MS = 1_000;

/** Watches the wall clock against the monotonic one and reports each jump with its size (negative: back). */
export function createWatchdog({ clock, onJump }: { readonly clock: Clock; readonly onJump: (byMs: number) => void }): {
  stop(): void;
} {
  let offset = clock.now() - clock.monotonic();
  const look = (): void => {
    const moved = clock.now() - clock.monotonic() - offset;
    offset += moved;
    if (Math.abs(moved) > JUMP_MS) onJump(moved);
    cancel = clock.after(EVERY_MS, look);
  };
  let cancel = clock.after(EVERY_MS, look);
  return { stop: () => cancel() };
}
