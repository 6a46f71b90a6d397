import { earlyAfterMs } from '../core/early-probe.ts';
import { ConflictError } from '../core/monitor.ts';
import type { Clock } from '../core/ports.ts';
import type { ProbeRecord } from '../core/store.ts';
import type { Cycle } from './cycle.ts';
import type { Lateness } from './lateness.ts';
import type { Member, Roster } from './roster.ts';
import type { Due } from './ticker.ts';

/** Starts probes, due or by hand, never two of one server at once, and says what follows from each. */
export interface Starts {
  due(due: Due): void;
  /** See Scheduler.probeNow. */
  byHand(id: string): Promise<ProbeRecord | null>;
  /** How long a server asked to be left alone from now on (`Retry-After`). */
  quietMs(id: string): number;
  /** What was learnt of a server's timing holds no longer. */
  forget(id: string): void;
}

interface StartsOptions {
  readonly roster: Roster;
  readonly cycle: Cycle;
  readonly clock: Clock;
  readonly lateness: Lateness;
  /** Plans an early probe; null: takes it off. */
  readonly early: (id: string, afterMs: number | null) => void;
}

export function createStarts({ roster, cycle, clock, lateness, early }: StartsOptions): Starts {
  /** Until when servers asked us to wait, monotonic. */
  const quietUntil = new Map<string, number>();
  /** Probes by hand that wait for the one under way; those who ask meanwhile share one. */
  const waiting = new Map<string, Promise<ProbeRecord | null>>();
  /** Being probed early or by hand: such a probe stands for one slot that comes while it runs. */
  const spare = new Set<string>();
  /** Due early while being probed: probed again should that come to nothing, as after an edit. */
  const owed = new Set<string>();

  const quietMs = (id: string): number => Math.max(0, (quietUntil.get(id) ?? 0) - clock.monotonic());

  const follow = (id: string, record: ProbeRecord | null): void => {
    const isOwed = owed.delete(id);
    const member = roster.get(id);
    if (member === null) return;
    if (record === null) {
      if (isOwed) early(id, 0);
      return;
    }
    const waitMs = record.report.retryAfterMs;
    if (waitMs === null) quietUntil.delete(id);
    else quietUntil.set(id, clock.monotonic() + waitMs);
    const afterMs = earlyAfterMs(member.server, member.status, record.judgement);
    early(id, afterMs === null ? null : Math.max(waitMs ?? 0, afterMs));
  };

  const probe = async (id: string, kind: Due['kind'] | 'by hand', scheduledAt: number): Promise<ProbeRecord | null> => {
    if (kind !== 'slot') spare.add(id);
    const record = await cycle.run(id, scheduledAt, kind);
    if (kind !== 'slot') spare.delete(id);
    if (record !== null && kind !== 'by hand') lateness.note(record.report.startedAt - scheduledAt);
    follow(id, record);
    return record;
  };

  const probeByHand = async (id: string): Promise<ProbeRecord | null> => {
    const before = present(roster.get(id));
    if (before === null) return null;
    const record = await probe(id, 'by hand', clock.now());
    const after = roster.get(id);
    if (record === null && after !== null) throw whyNothing(before, after);
    return record;
  };

  const probeAfterOthers = async (id: string): Promise<ProbeRecord | null> => {
    while (cycle.isRunning(id)) await cycle.ended(id);
    waiting.delete(id);
    return probeByHand(id);
  };

  return {
    due: ({ id, kind, scheduledAt }) => {
      if (cycle.isRunning(id)) {
        if (kind === 'early') owed.add(id);
        else if (!spare.delete(id)) lateness.missed(1);
      } else if (quietMs(id) === 0) void probe(id, kind, scheduledAt);
    },
    byHand: async (id) => {
      if (present(roster.get(id)) === null) return null;
      if (!cycle.isRunning(id)) return probeByHand(id);
      const next = waiting.get(id) ?? probeAfterOthers(id);
      waiting.set(id, next);
      return next;
    },
    quietMs,
    forget: (id) => {
      quietUntil.delete(id);
      owed.delete(id);
    },
  };
}

/** Throws ConflictError where the member is paused: a probe would not count. */
function present(member: Member | null): Member | null {
  if (member === null || member.pause === null) return member;
  throw new ConflictError(`“${member.server.id}” is paused. Resume it first.`);
}

function whyNothing(before: Member, after: Member): Error {
  return before.epoch === after.epoch
    ? new Error(`the probe of ${after.server.id} could not be completed or stored`)
    : new ConflictError(`“${after.server.id}” was changed while it was probed. Probe it again.`);
}
