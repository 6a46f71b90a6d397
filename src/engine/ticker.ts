import type { Clock } from '../core/ports.ts';
import { nextSlot, phaseOf, planSlot } from '../core/schedule.ts';

/** Why a probe is due: its regular slot, or early because it is new or a signal is turning. */
export interface Due {
  readonly id: string;
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
  /** One early probe after `afterMs`, beside the regular slots; a regular slot that comes first takes its place. */
  early(id: string, afterMs: number): void;
  remove(id: string): void;
  /** Wall clock; null when the server has no plan. */
  nextAt(id: string): number | null;
  stop(): void;
}

/** Node's timers hold no more than 2^31 ms; a longer wait is cut and armed anew. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

interface Plan {
  readonly everyMs: number;
  readonly phaseMs: number;
  /** Infinity: no regular slots. */
  slotAt: number;
  earlyAt: number | null;
  cancel: () => void;
}

export interface TickerOptions {
  readonly clock: Clock;
  readonly onDue: (due: Due) => void;
  readonly onMissed: (id: string, slots: number) => void;
}

export function createTicker({ clock, onDue, onMissed }: TickerOptions): Ticker {
  const plans = new Map<string, Plan>();

  const dueAt = (plan: Plan): number => (plan.earlyAt === null ? plan.slotAt : Math.min(plan.earlyAt, plan.slotAt));

  const arm = (id: string, plan: Plan): void => {
    plan.cancel();
    const due = dueAt(plan);
    if (due === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, due - clock.monotonic()));
    plan.cancel = clock.after(waitMs, () => fire(id, plan));
  };

  const fire = (id: string, plan: Plan): void => {
    const now = clock.monotonic();
    const due = dueAt(plan);
    if (now < due) {
      arm(id, plan);
      return;
    }
    const isSlot = plan.slotAt <= due;
    const lateMs = now - due;
    const { runs, missed } = isSlot ? planSlot(lateMs, plan.everyMs) : { runs: true, missed: 0 };
    plan.earlyAt = null;
    if (plan.slotAt <= now) plan.slotAt = nextSlot(plan.phaseMs, plan.everyMs, now);
    arm(id, plan);
    if (missed > 0) onMissed(id, missed);
    if (runs) onDue({ id, scheduledAt: clock.now() - lateMs });
  };

  return {
    set: (id, { n, everyMs, firstAfterMs }) => {
      plans.get(id)?.cancel();
      const now = clock.monotonic();
      const phaseMs = phaseOf(n, everyMs ?? 0);
      const plan: Plan = {
        everyMs: everyMs ?? Number.POSITIVE_INFINITY,
        phaseMs,
        slotAt: everyMs === null ? Number.POSITIVE_INFINITY : nextSlot(phaseMs, everyMs, now),
        earlyAt: firstAfterMs === null ? null : now + firstAfterMs,
        cancel: () => undefined,
      };
      plans.set(id, plan);
      arm(id, plan);
    },
    early: (id, afterMs) => {
      const plan = plans.get(id);
      if (plan === undefined) return;
      plan.earlyAt = clock.monotonic() + afterMs;
      arm(id, plan);
    },
    remove: (id) => {
      plans.get(id)?.cancel();
      plans.delete(id);
    },
    nextAt: (id) => {
      const plan = plans.get(id);
      if (plan === undefined || dueAt(plan) === Number.POSITIVE_INFINITY) return null;
      return clock.now() + Math.max(0, dueAt(plan) - clock.monotonic());
    },
    stop: () => {
      for (const plan of plans.values()) plan.cancel();
      plans.clear();
    },
  };
}
