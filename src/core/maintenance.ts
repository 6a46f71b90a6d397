import type { Calendar } from './ports.ts';
import type { Server, ServerSource } from './server.ts';
import type { Starts, Timetable } from './timetable.ts';
import { nextStarts, timetableOf } from './timetable.ts';

/**
 * A time in which a server's faults are expected: it is watched on and its state is shown, but what is found is told
 * only if it is still so when the window ends.
 */
export interface MaintenanceWindow {
  readonly id: string;
  readonly source: ServerSource;
  /** Ids. Neither servers nor tags: all servers. */
  readonly servers: readonly string[];
  /** Every server with one of these. */
  readonly tags: readonly string[];
  readonly starts: Starts;
  readonly durationMs: number;
}

/** A window with its times, ready to be asked. */
export interface PlannedWindow {
  readonly window: MaintenanceWindow;
  readonly timetable: Timetable;
}

/** One time that a window is open: [from, to). */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
}

/**
 * The longest that windows which follow each other without a gap hold a notice, from its decision on: without a bound
 * a window that never ends would swallow it. No single window is longer.
 */
export const LONGEST_HOLD_MS = 7 * 86_400_000;

export function planWindow(window: MaintenanceWindow, calendar: Pick<Calendar, 'matcher' | 'offsets'>): PlannedWindow {
  return { window, timetable: timetableOf(window.starts, calendar) };
}

export function isCovered(
  { servers, tags }: MaintenanceWindow,
  { id, tags: own }: Pick<Server, 'id' | 'tags'>,
): boolean {
  if (servers.length === 0 && tags.length === 0) return true;
  return servers.includes(id) || tags.some((tag) => own.includes(tag));
}

/** When the time that a window is open at `at` ends; null: it is not open. */
export function openUntil({ window, timetable }: PlannedWindow, at: number): number | null {
  const last = timetable(at - window.durationMs + 1, at + 1).at(-1);
  return last === undefined ? null : last + window.durationMs;
}

/**
 * Until when maintenance lasts under these windows, of which each takes over where it starts before another ends. null:
 * none is open at `at`.
 */
export function maintenanceUntil(windows: readonly PlannedWindow[], at: number): number | null {
  const latest = at + LONGEST_HOLD_MS;
  let until: number | null = null;
  for (let from = at; from < latest; ) {
    const ends = windows.map((planned) => openUntil(planned, from) ?? 0);
    const end = Math.max(0, ...ends);
    if (end <= from) return until;
    until = Math.min(end, latest);
    from = end;
  }
  return until;
}

/** When a window next opens or closes after `at`; null: never within `withinMs`. */
export function nextChange({ window, timetable }: PlannedWindow, at: number, withinMs: number): number | null {
  const instants = timetable(at - window.durationMs, at + withinMs).flatMap((from) => [from, from + window.durationMs]);
  const coming = instants.filter((instant) => instant > at && instant <= at + withinMs);
  return coming.length === 0 ? null : Math.min(...coming);
}

/** The next times that a window opens after `at`. */
export function nextOccurrences(
  { window, timetable }: PlannedWindow,
  at: number,
  count: number,
): readonly Occurrence[] {
  return nextStarts(timetable, at, count).map((from) => ({ from, to: from + window.durationMs }));
}
