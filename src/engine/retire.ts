import type { Clock } from '../core/ports.ts';
import { SELF_ID } from '../core/self.ts';
import { SIGNALS } from '../core/signal.ts';
import { reset } from '../core/state.ts';
import type { ServerStatus } from '../core/status.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';

/**
 * Ends what servers that are no longer watched have left: their standing is forgotten, so that their time does not go on
 * counting as up or down and a return starts anew, and their open incidents end without a notice, because a person took
 * them off the list and nothing was seen to recover.
 */
export async function retire(
  { store, clock, bus }: { readonly store: Store; readonly clock: Clock; readonly bus: Bus },
  isGone: (id: string) => boolean,
): Promise<void> {
  const now = clock.now();
  for (const status of (await store.statuses(isGone)).values())
    if (isKnown(status)) await store.saveStatus(reset(status, now));
  const left = (await store.openIncidents()).filter(({ serverId }) => serverId !== SELF_ID && isGone(serverId));
  if (left.length === 0) return;
  const ids = left.map(({ id }) => id);
  for (const incident of await store.endIncidents(ids, now)) bus.emit({ kind: 'incident', incident });
}

function isKnown({ state, signals }: ServerStatus): boolean {
  return state !== 'unknown' || SIGNALS.some((signal) => signals[signal].level !== 'unknown');
}
