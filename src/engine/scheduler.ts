import type { Clock } from '../core/ports.ts';
import { firstProbeAfter } from '../core/schedule.ts';
import type { ProbeRecord } from '../core/store.ts';
import type { Cron } from './cron.ts';
import type { Cycle } from './cycle.ts';
import type { LatenessFigures } from './lateness.ts';
import { createLateness } from './lateness.ts';
import type { Member, Roster } from './roster.ts';
import { createStarts } from './starts.ts';
import { createTicker } from './ticker.ts';

/** Decides when each member is probed, and counts what came late or not at all. */
export interface Scheduler {
  /** Plans members that are new, edited or resumed: they are probed at once; many are spread over one interval. */
  plan(members: readonly Member[]): void;
  unplan(id: string): void;
  /** Wall clock; null when none is planned. */
  nextAt(id: string): number | null;
  /**
   * Probes now, after any probe of that server that is under way; those who ask meanwhile share the one that follows.
   * null: there is no such server. Rejects with ConflictError where it is paused, or was changed meanwhile.
   */
  probeNow(id: string): Promise<ProbeRecord | null>;
  figures(): LatenessFigures;
  stop(): void;
}

interface SchedulerOptions {
  readonly roster: Roster;
  readonly cycle: Cycle;
  readonly cron: Cron;
  readonly clock: Clock;
}

/** Between the first probes of servers by cron, which have no slot of their own to wait for. */
const CRON_STAGGER_MS = 50;

export function createScheduler({ roster, cycle, cron, clock }: SchedulerOptions): Scheduler {
  const lateness = createLateness();
  const cronJobs = new Map<string, () => void>();
  let isStopped = false;

  const ticker = createTicker({
    clock,
    onDue: (due) => starts.due(due),
    onMissed: (_id, slots) => lateness.missed(slots),
  });
  const starts = createStarts({ roster, cycle, clock, lateness, early: ticker.early });

  const unplan = (id: string): void => {
    ticker.remove(id);
    starts.forget(id);
    cronJobs.get(id)?.();
    cronJobs.delete(id);
  };

  const planOne = ({ server, n }: Member, at: number): void => {
    const { id, schedule } = server;
    if (schedule.kind === 'interval') {
      ticker.set(id, { n, everyMs: schedule.everyMs, firstAfterMs: firstProbeAfter(at) });
      return;
    }
    ticker.set(id, { n, everyMs: null, firstAfterMs: at * CRON_STAGGER_MS });
    const run = async (scheduledAt: number): Promise<string> => {
      starts.due({ id, kind: 'slot', scheduledAt });
      return 'probed';
    };
    const job = { name: nameOf(id), ...schedule, run, onMissed: () => lateness.missed(1) };
    cronJobs.set(id, cron.add(job));
  };

  return {
    plan: (members) => {
      for (const { server } of members) unplan(server.id);
      const awake = isStopped ? [] : members.filter(({ pause }) => pause === null);
      for (const [at, member] of awake.entries()) planOne(member, at);
    },
    unplan,
    nextAt: (id) => {
      const planned = [ticker.nextAt(id, starts.quietMs(id)), cron.nextAt(nameOf(id))].filter((at) => at !== null);
      return planned.length === 0 ? null : Math.min(...planned);
    },
    probeNow: starts.byHand,
    figures: lateness.figures,
    stop: () => {
      isStopped = true;
      ticker.stop();
      for (const remove of cronJobs.values()) remove();
    },
  };
}

function nameOf(id: string): string {
  return `probe ${id}`;
}
