import type { z } from 'zod';
import { ProblemError } from './problem.ts';
import type { SpanQuery } from './schema-request.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS = { m: 60_000, h: HOUR_MS, d: DAY_MS };
const MAX_WINDOW_MS = 400 * DAY_MS;

/** Epoch milliseconds; `to` is not within. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The time a query asks about, in epoch milliseconds: a window such as `30m`, `24h` or `7d` up to now, or all from one
 * instant to another. Throws a problem for one that is empty or longer than anything is kept.
 */
export function spanOf({ window, from, to }: z.output<typeof SpanQuery>, now: number): Span {
  if (from === undefined && to === undefined) return { from: now - windowMs(window), to: now };
  if (from === undefined || to === undefined)
    throw unusable(from === undefined ? 'from' : 'to', 'Give both `from` and `to`.');
  const span = { from: Date.parse(from), to: Date.parse(to) };
  if (span.from >= span.to) throw unusable('to', 'Later than `from`.');
  if (span.to - span.from > MAX_WINDOW_MS) throw unusable('from', 'At most 400 days before `to`.');
  return span;
}

function windowMs(window: string): number {
  const unit = window.endsWith('m') ? UNIT_MS.m : window.endsWith('h') ? UNIT_MS.h : UNIT_MS.d;
  const span = Number.parseInt(window, 10) * unit;
  if (span <= MAX_WINDOW_MS) return span;
  throw unusable('window', 'At most 400d.');
}

function unusable(path: string, message: string): ProblemError {
  return new ProblemError(400, 'The address cannot be used: it names no time that can be shown.', {
    errors: [{ path, message }],
  });
}
