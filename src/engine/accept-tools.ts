import { ConflictError } from '../core/monitor.ts';
import type { Clock } from '../core/ports.ts';
import { forgetSignal } from '../core/state.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import type { Roster } from './roster.ts';
import type { Scheduler } from './scheduler.ts';
import type { ToolWatch } from './tool-watch.ts';

export interface AcceptToolsParts {
  readonly roster: Roster;
  readonly tools: ToolWatch;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly bus: Bus;
}

/**
 * Takes the last list of tools as the accepted one. What the signal said was against the old one and is forgotten; a
 * probe decides anew, unless the server is paused. False: there is no such server. Rejects with ConflictError.
 */
export async function acceptTools(
  { roster, tools, store, scheduler, clock, bus }: AcceptToolsParts,
  { id, hash }: { readonly id: string; readonly hash: string | null },
): Promise<boolean> {
  if (roster.get(id) === null) return false;
  const seen = tools.standing(id);
  if (seen === null) throw new ConflictError(`No list of tools of “${id}” was seen yet. Probe it first.`);
  if (hash !== null && hash !== seen.current.hash)
    throw new ConflictError(
      `The tools of “${id}” changed again meanwhile. Look at the list as it is now, and accept that.`,
    );
  await tools.accept(id, clock.now());
  const member = roster.get(id);
  if (member === null) return false;
  const status = forgetSignal(member.status, 'tools', clock.now());
  await store.saveStatus(status);
  roster.setStatus(id, status);
  bus.emit({ kind: 'server', id, stateChanged: true });
  // It is accepted all the same where a pause or an edit came in between.
  if (member.pause === null) await scheduler.probeNow(id).catch(() => null);
  return true;
}
