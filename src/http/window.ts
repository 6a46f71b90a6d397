import { ProblemError } from './problem.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS = { m: 60_000, h: HOUR_MS, d: DAY_MS };
const MAX_WINDOW_MS = 400 * DAY_MS;

/** A window such as `30m`, `24h` or `7d` in milliseconds. Throws a problem for one longer than anything is kept. */
export function windowMs(window: string): number {
  const unit = window.endsWith('m') ? UNIT_MS.m : window.endsWith('h') ? UNIT_MS.h : UNIT_MS.d;
  const span = Number.parseInt(window, 10) * unit;
  if (span <= MAX_WINDOW_MS) return span;
  const errors = [{ path: 'window', message: 'At most 400d.' }];
  throw new ProblemError(400, 'The address cannot be used: the window is too long.', { errors });
}
