import type { Clock } from '../core/ports.ts';
import { nextSlot, phaseOf, planSlot } from '../core/schedule.ts';
import { createAgenda } from './agenda.ts';
import type { Queued } from './queue.ts';

/** A probe that is due: of its regular slot, or an early one because the server is new or a signal is turning. */
export interface Due {
  readonly id: string;
  readonly kind: 'slot' | 'early';
  /** Wall clock, epoch milliseconds. */
  readonly scheduledAt: number;
}

/** Says when each server is due, on the monotonic clock: wall-clock jumps do not touch it. */
export interface Ticker {
  /**
   * Puts a server on its slots, replacing what was planned. `everyMs` null: it has none of its own (cron), only early
   * probes. `firstAfterMs` null: its next regular slot.
   */
  set(
    id: string,
    plan: { readonly n: number; readonly everyMs: number | null; readonly firstAfterMs: number | null },
  ): void;
  /**
   * One early probe after `afterMs`, beside the regular slots; a regular slot that comes first takes its place. null:
   * takes it off again.
   */
  early(id: string, afterMs: number | null): void;
  remove(id: string): void;
  /** The next probe that is at least `quietMs` away, on the wall clock; null when none is planned. */
  nextAt(id: string, quietMs?: number): number | null;
  stop(): void;
}

interface Plan extends Queued {
  readonly id: string;
  /** Infinity: no regular slots. */
  readonly everyMs: number;
  slotAt: number;
  earlyAt: number | null;
}

export interface TickerOptions {
  readonly clock: Clock;
  readonly onDue: (due: Due) => void;
  readonly onMissed: (id: string, slots: number) => void;
}

export function createTicker({ clock, onDue, onMissed }: TickerOptions): Ticker {
  const plans = new Map<string, Plan>();

  const arm = (plan: Plan): void => {
    plan.dueAt = Math.min(plan.earlyAt ?? Number.POSITIVE_INFINITY, plan.slotAt);
    agenda.put(plan);
  };

  const fire = (plan: Plan): void => {
    const { id } = plan;
    const { due, missed } = takeDue(plan, clock.monotonic());
    arm(plan);
    if (missed > 0) onMissed(id, missed);
    if (due !== null) onDue({ id, kind: due.kind, scheduledAt: clock.now() - due.lateMs });
  };

  const agenda = createAgenda({ clock, run: fire });

  const remove = (id: string): void => {
    const plan = plans.get(id);
    if (plan !== undefined) agenda.remove(plan);
    plans.delete(id);
  };

  return {
    set: (id, { n, everyMs, firstAfterMs }) => {
      remove(id);
      const now = clock.monotonic();
      const plan: Plan = {
        id,
        everyMs: everyMs ?? Number.POSITIVE_INFINITY,
        slotAt: everyMs === null ? Number.POSITIVE_INFINITY : nextSlot(phaseOf(n, everyMs), everyMs, now),
        earlyAt: firstAfterMs === null ? null : now + firstAfterMs,
        dueAt: Number.POSITIVE_INFINITY,
        place: -1,
      };
      plans.set(id, plan);
      arm(plan);
    },
    early: (id, afterMs) => {
      const plan = plans.get(id);
      if (plan === undefined) return;
      plan.earlyAt = afterMs === null ? null : clock.monotonic() + afterMs;
      arm(plan);
    },
    remove,
    nextAt: (id, quietMs = 0) => {
      const plan = plans.get(id);
      const now = clock.monotonic();
      const nextIn = plan === undefined ? Number.POSITIVE_INFINITY : nextAfter(plan, now + quietMs) - now;
      return nextIn === Number.POSITIVE_INFINITY ? null : clock.now() + nextIn;
    },
    stop: () => {
      for (const id of [...plans.keys()]) remove(id);
      agenda.stop();
    },
  };
}

/**
 * Takes off a plan what fell due by `now`. An early probe and a slot that fell due together are one probe; what is more
 * than half an interval late is none, so that nothing is caught up in a burst after the process stood still.
 */
function takeDue(
  plan: Plan,
  now: number,
): { readonly due: { readonly kind: Due['kind']; readonly lateMs: number } | null; readonly missed: number } {
  const { everyMs } = plan;
  const slotLateMs = now - plan.slotAt;
  const earlyLateMs = plan.earlyAt === null ? Number.NEGATIVE_INFINITY : now - plan.earlyAt;
  const { runs, missed } = slotLateMs < 0 ? { runs: false, missed: 0 } : planSlot(slotLateMs, everyMs);
  const passed = runs ? 1 : missed;
  if (passed > 0) plan.slotAt += passed * everyMs;
  if (runs || earlyLateMs >= 0) plan.earlyAt = null;
  if (runs) return { due: { kind: 'slot', lateMs: slotLateMs }, missed };
  const runsEarly = earlyLateMs >= 0 && earlyLateMs <= everyMs / 2;
  return { due: runsEarly ? { kind: 'early', lateMs: earlyLateMs } : null, missed };
}

/** The first planned instant that is not before `from`. */
function nextAfter({ everyMs, slotAt, earlyAt }: Plan, from: number): number {
  const slot = slotAt >= from ? slotAt : slotAt + Math.ceil((from - slotAt) / everyMs) * everyMs;
  return earlyAt !== null && earlyAt >= from ? Math.min(earlyAt, slot) : slot;
}
