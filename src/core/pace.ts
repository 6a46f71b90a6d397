import { GIVE_UP_AFTER_MS } from './backoff.ts';
import type { ChannelHealth } from './channel-health.ts';
import { LONGEST_REST_MS } from './channel-health.ts';

const MINUTE = 60_000;

/** Where people read, what follows a message within this time is told together when it is over (contract, Notices). */
export const GATHER_MS = 10_000;
/** So many notices in a minute, and the next message is a digest, a minute after the last (contract, Notices). */
export const CALM_NOTICES = 5;

/** When something could be sent on a channel as far as its notices go; null: nothing waits. */
export interface Due {
  /** A message that was tried before. */
  readonly repeatAt: number | null;
  /** Notices not tried yet. */
  readonly freshAt: number | null;
}

/** When a channel's next message may be sent, and which: the one that may go first. null: nothing waits. */
export function nextSending(
  { repeatAt, freshAt }: Due,
  health: ChannelHealth,
  { isForPeople, now }: { readonly isForPeople: boolean; readonly now: number },
): { readonly kind: 'repeat' | 'fresh'; readonly at: number } | null {
  // The wall clock may have been set back since: nothing waits for what it said then.
  const rest = Math.min(health.restsUntil ?? 0, now + LONGEST_REST_MS);
  const recent = health.recent.filter(({ at }) => at <= now);
  const repeat = repeatAt === null ? null : Math.max(repeatAt, rest);
  const paced = freshAt !== null && isForPeople ? pacedAt(freshAt, recent) : freshAt;
  const fresh = paced === null ? null : Math.max(paced, rest);
  if (fresh !== null && (repeat === null || fresh < repeat)) return { kind: 'fresh', at: fresh };
  return repeat === null ? null : { kind: 'repeat', at: repeat };
}

/**
 * When notices due at `dueAt` may be told to people: at once where nothing was said in the last 10 s, else gathered until
 * then, and after a burst not before a minute is over.
 */
function pacedAt(dueAt: number, recent: ChannelHealth['recent']): number {
  const last = recent.at(-1);
  if (last === undefined) return dueAt;
  const told = recent.filter(({ at }) => at > last.at - MINUTE).reduce((sum, { notices }) => sum + notices, 0);
  return Math.max(dueAt, last.at + (told >= CALM_NOTICES ? MINUTE : GATHER_MS));
}

/**
 * Notices that wait since before this time are given up together with a try that failed; null: none. A day of failing
 * counts, not a day in which nothing was sent because the monitor did not run.
 */
export function givenUpBefore({ failingSince }: ChannelHealth, now: number): number | null {
  const before = now - GIVE_UP_AFTER_MS;
  return failingSince !== null && failingSince <= before ? before : null;
}
