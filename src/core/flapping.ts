import type { Flapping, Flaps } from './flaps.ts';
import type { SignalStatus } from './status.ts';

/** So many changes of a signal between good and bad within so many probes are flapping. From unknown does not count. */
const CHANGES = 4;
const WITHIN = 20;
/** So many probes without a change end it. */
const CALM_AFTER = 10;
/** Where probes are seconds apart, neither spans less than this. */
const SHORTEST_MS = 180_000;
/** What goes bad again soon after it was bad is kept from people at most this long, for what comes of it. */
const LONGEST_HOLD_MS = 60_000;

/** Takes one probe's step of a signal into what is remembered of its changes. */
export function rememberChange(current: SignalStatus, next: SignalStatus, at: number): SignalStatus {
  // It taught us nothing.
  if (next === current) return current;
  const { flaps: before, ...rest } = current;
  const { flaps: _, ...after } = next;
  const aged = (before?.recent ?? []).map((one) => ({ ...one, probesAgo: one.probesAgo + 1 }));
  const recent = aged.filter(({ probesAgo, at: then }) => probesAgo < WITHIN || at - then < SHORTEST_MS);
  const flapping = before?.flapping ?? null;
  const isChange = rest.level !== 'unknown' && (rest.level === 'ok') !== (after.level === 'ok');
  if (isChange) {
    const all = [...recent, { probesAgo: 0, at }];
    return { ...after, flaps: { recent: all, flapping: flappingOf(flapping, all) } };
  }
  if (flapping === null) return recent.length === 0 ? after : { ...after, flaps: { recent, flapping } };
  return after.turning === null && isCalm(aged, at) ? after : { ...after, flaps: { recent: aged, flapping } };
}

function flappingOf(before: Flapping | null, recent: Flaps['recent']): Flapping | null {
  if (before !== null) return { ...before, changes: before.changes + 1 };
  const [first] = recent;
  if (first === undefined || recent.length < CHANGES) return null;
  return { since: first.at, changes: recent.length, told: [], incident: null };
}

function isCalm(recent: Flaps['recent'], at: number): boolean {
  const last = recent.at(-1);
  return last === undefined || (last.probesAgo >= CALM_AFTER && at - last.at >= SHORTEST_MS);
}

/**
 * How long an opening is kept from people because it may be over before: it is the third change in a row, and one more
 * is flapping. Half as long again as the phases before it lasted; 0: it is told at once.
 */
export function holdMs(flaps: Flaps | null): number {
  const [bad, good, again, ...more] = flaps?.recent ?? [];
  if (bad === undefined || good === undefined || again === undefined || more.length > 0) return 0;
  return Math.min(1.5 * Math.max(good.at - bad.at, again.at - good.at), LONGEST_HOLD_MS);
}
