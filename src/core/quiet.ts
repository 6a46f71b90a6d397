import type { OffsetAt } from './local-time.ts';
import { instantsOf } from './local-time.ts';
import type { Severity } from './signal.ts';
import { SEVERITIES } from './signal.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The hours in which a channel is not to be disturbed: what comes waits until they are over. */
export interface QuietHours {
  /** Minutes after midnight, by the zone's clocks. `to` before `from`: they last over midnight. */
  readonly from: number;
  readonly to: number;
  readonly offsetAt: OffsetAt;
  /** The lowest severity that is told all the same; null: none is. */
  readonly except: Severity | null;
}

/** When the quiet hours end that a notice of this severity would disturb at `at`; null: it would disturb none. */
export function quietUntil(quiet: QuietHours | null, severity: Severity, at: number): number | null {
  if (quiet === null) return null;
  const { from, to, offsetAt, except } = quiet;
  if (except !== null && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(except)) return null;
  const today = Math.floor((at + offsetAt(at)) / DAY_MS) * DAY_MS;
  for (const date of [today - DAY_MS, today]) {
    const start = instantAt(date + from * MINUTE_MS, offsetAt);
    const end = instantAt(date + (to <= from ? DAY_MS : 0) + to * MINUTE_MS, offsetAt);
    if (start <= at && at < end) return end;
  }
  return null;
}

/** The first instant at which the zone's clocks show that; where they show it never, the one they would. */
function instantAt(local: number, offsetAt: OffsetAt): number {
  return instantsOf(local, offsetAt)[0] ?? local;
}
