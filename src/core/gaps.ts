import type { ProbeReport } from './probe.ts';
import type { ServerStatus } from './status.ts';

/**
 * Time before a probe in which nobody watched, [from, to), epoch milliseconds: it is neither up nor down. Where `from` is
 * not before `to`, the wall clock was set back to `to`, and what is recorded from there on is void.
 */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** When the probe after the last one was due, and how late it may be before the time counts as not watched. */
export interface Due {
  readonly at: number;
  readonly slackMs: number;
}

/** A wall clock that was set back by less is as good as one that was not. */
const SET_BACK_MS = 5_000;

/**
 * Of a server that is probed every so often: the first slot after the last probe's end, and after what the server asked
 * us to wait. A slot more than half an interval late is missed (core/schedule.ts).
 */
export function dueAfter(last: ProbeReport, everyMs: number): Due {
  const { startedAt, retryAfterMs } = last;
  const slots = Math.max(1, Math.ceil((watchedUntil(last) - startedAt) / everyMs));
  return { at: startedAt + slots * everyMs + (retryAfterMs ?? 0), slackMs: everyMs / 2 };
}

/** While a probe runs its server is watched, unless we stood still meanwhile. */
export function watchedUntil({ steps, startedAt, durationMs }: ProbeReport): number {
  return steps.some(({ error }) => error?.code === 'not_monitored') ? startedAt : startedAt + durationMs;
}

/**
 * The gap before a probe that started at `at`, whatever made it: the monitor was stopped, stood still, slept, was
 * overloaded, or its clock was set. Time of which nothing was known needs no label. `due` null: nobody can say when the
 * probe was due.
 */
export function gapBefore(at: number, last: ProbeReport, due: Due | null, { state }: ServerStatus): Gap | null {
  if (state === 'unknown') return null;
  if (at < last.startedAt - SET_BACK_MS) return { from: last.startedAt, to: at };
  return due !== null && at - due.at > due.slackMs ? { from: due.at, to: at } : null;
}
