const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first, second … failed try (contract, Notices); hourly from then on. */
const WAITS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE] as const;

/** A notice is given up this long after its first try (contract, Notices). */
export const GIVE_UP_AFTER_MS = 24 * HOUR;

/** Every wait is varied by ± 20 % so that many notices do not come back together. */
const JITTER = 0.2;

export interface FailedTry {
  /** Failed tries so far, this one included: 1 or more. */
  readonly tries: number;
  readonly firstTriedAt: number;
  readonly now: number;
  /** What the receiver asked for (`Retry-After`); null: nothing. Never shortens a wait. */
  readonly retryAfterMs: number | null;
  /** Random, 0..1. */
  readonly jitter: number;
}

/** When to try again, in epoch milliseconds; null: give up. The last try comes 24 h after the first at the latest. */
export function nextTryAt({ tries, firstTriedAt, now, retryAfterMs, jitter }: FailedTry): number | null {
  const lastAt = firstTriedAt + GIVE_UP_AFTER_MS;
  if (now >= lastAt) return null;
  const wait = (WAITS_MS[tries - 1] ?? HOUR) * (1 - JITTER + 2 * JITTER * jitter);
  return Math.min(now + Math.round(Math.max(wait, retryAfterMs ?? 0)), lastAt);
}

/** The `Retry-After` header (RFC 9110 §10.2.3: seconds or a date) in milliseconds from `now`; null when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const value = header?.trim();
  if (!value) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * SECOND;
  // Date.parse reads almost any number as a year; an HTTP date names its month.
  const at = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
