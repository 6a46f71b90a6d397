const DAY_MS = 86_400_000;

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (at: number) => number;

/**
 * The instants at which a zone's clocks show `local` (a date and time as if it were UTC, epoch milliseconds), earliest
 * first. There are two where clocks were set back. Where they were set forward past it there is none, and the one
 * given is counted by the clocks of before, as calendars do (RFC 5545 section 3.3.5).
 */
export function instantsOf(local: number, offsetAt: OffsetAt): readonly number[] {
  const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)];
  const shown = [...new Set([before, after])]
    .map((offset) => local - offset)
    .filter((instant) => instant + offsetAt(instant) === local)
    .sort((a, b) => a - b);
  return shown.length === 0 ? [local - before] : shown;
}
