import type { Clock } from '../core/ports.ts';

/** Slows down who guesses passwords. Answers are per address; nobody is locked out for longer than a minute. */
export interface Throttle {
  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

/** Five guesses a minute, then a delay that doubles with each further one (contract, "Access"). */
const FREE_TRIES = 5;
const FIRST_DELAY_MS = 12_000;
const MAX_DELAY_MS = 60_000;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const MAX_ADDRESSES = 1000;

interface Guesses {
  readonly failures: number;
  readonly lastAt: number;
  readonly blockedUntil: number;
}

export function createThrottle(clock: Clock): Throttle {
  const byAddress = new Map<string, Guesses>();

  function guessesOf(address: string): Guesses | null {
    const guesses = byAddress.get(address);
    return guesses === undefined || clock.monotonic() - guesses.lastAt > FORGOTTEN_AFTER_MS ? null : guesses;
  }

  return {
    waitMs: (address) => Math.max(0, (guessesOf(address)?.blockedUntil ?? 0) - clock.monotonic()),
    failed(address) {
      const now = clock.monotonic();
      const failures = (guessesOf(address)?.failures ?? 0) + 1;
      const delay = failures < FREE_TRIES ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - FREE_TRIES));
      byAddress.delete(address);
      byAddress.set(address, { failures, lastAt: now, blockedUntil: now + delay });
      const oldest = byAddress.keys().next();
      if (byAddress.size > MAX_ADDRESSES && oldest.done !== true) byAddress.delete(oldest.value);
    },
    succeeded(address) {
      byAddress.delete(address);
    },
  };
}
