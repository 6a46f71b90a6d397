import type { Clock, ProbeRecord } from '../core/ports.ts';
import { firstProbeAfter } from '../core/schedule.ts';
import type { Server } from '../core/server.ts';
import { isTurning } from '../core/state.ts';
import type { Cron } from './cron.ts';
import type { Cycle } from './cycle.ts';
import type { LatenessFigures } from './lateness.ts';
import { createLateness } from './lateness.ts';
import type { Member, Roster } from './roster.ts';
import { createTicker } from './ticker.ts';

/** Decides when each member is probed, and counts what came late or not at all. */
export interface Scheduler {
  /** Plans members that are new, edited or resumed: they are probed at once; many are spread over one interval. */
  plan(members: readonly Member[]): void;
  unplan(id: string): void;
  nextAt(id: string): number | null;
  /** Probes now, after any probe of that server that is under way. */
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

export function createScheduler({ roster, cycle, cron, clock }: SchedulerOptions): Scheduler {
  const lateness = createLateness();
  /** Servers that asked us to wait (`Retry-After`), until when, monotonic. */
  const quietUntil = new Map<string, number>();
  const cronJobs = new Map<string, () => void>();

  const afterProbe = (id: string, record: ProbeRecord | null): void => {
    const member = roster.get(id);
    if (member === null || record === null) return;
    const waitMs = record.report.retryAfterMs;
    if (waitMs !== null) quietUntil.set(id, clock.monotonic() + waitMs);
    else quietUntil.delete(id);
    if (isTurning(member.status)) ticker.early(id, Math.max(waitMs ?? 0, recheckMs(member.server)));
  };

  const start = async (id: string, scheduledAt: number): Promise<void> => {
    if (cycle.isRunning(id)) {
      lateness.missed(1);
      return;
    }
    if ((quietUntil.get(id) ?? 0) > clock.monotonic()) return;
    const record = await cycle.run(id, scheduledAt);
    if (record !== null) lateness.note(record.report.startedAt - scheduledAt);
    afterProbe(id, record);
  };

  const ticker = createTicker({
    clock,
    onDue: ({ id, scheduledAt }) => void start(id, scheduledAt),
    onMissed: (_id, slots) => lateness.missed(slots),
  });

  const unplan = (id: string): void => {
    ticker.remove(id);
    quietUntil.delete(id);
    cronJobs.get(id)?.();
    cronJobs.delete(id);
  };

  const planOne = (member: Member, firstAfterMs: number | null): void => {
    const { server, n } = member;
    unplan(server.id);
    if (member.pause !== null) return;
    const { schedule } = server;
    ticker.set(server.id, { n, everyMs: schedule.kind === 'interval' ? schedule.everyMs : null, firstAfterMs });
    if (schedule.kind === 'interval') return;
    const run = (): Promise<string> => start(server.id, clock.now()).then(() => 'probed');
    cronJobs.set(server.id, cron.add({ name: `probe ${server.id}`, ...schedule, run }));
  };

  return {
    plan: (members) => {
      for (const [at, member] of members.entries()) planOne(member, firstAfter(member.server, at));
    },
    unplan,
    nextAt: (id) => ticker.nextAt(id) ?? cron.nextAt(`probe ${id}`),
    probeNow: async (id) => {
      const record = await cycle.runNext(id);
      afterProbe(id, record);
      return record;
    },
    figures: lateness.figures,
    stop: () => {
      ticker.stop();
      for (const remove of cronJobs.values()) remove();
    },
  };
}

/** A server with `cron:` has no slot of its own to wait for, so it is always probed soon. */
function firstAfter({ schedule }: Server, index: number): number | null {
  return schedule.kind === 'cron' ? (firstProbeAfter(index) ?? 1_000) : firstProbeAfter(index);
}

function recheckMs({ confirm, schedule }: Server): number {
  return schedule.kind === 'interval' ? Math.min(confirm.recheckMs, schedule.everyMs) : confirm.recheckMs;
}
