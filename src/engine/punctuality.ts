import type { Clock } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { ProbeCommit } from '../core/store.ts';
import { calendar } from './cron.ts';
import type { Member, Roster } from './roster.ts';

/** Whether of every server something is stored when it is due. */
export interface Punctuality {
  /** A probe is on disk. */
  note(commit: Pick<ProbeCommit, 'status' | 'record'>): void;
  /** Was any probe stored so far? */
  hasBegun(): boolean;
  /** Ids of the servers of which nothing was stored for longer than it may take. One that is new, edited or resumed is counted anew. */
  overdue(): readonly string[];
}

/** A probe may take so long, and wait for its turn. */
const PROBE_MS = 45_000;
const CRON_SLACK_MS = 60_000;

interface Expectation {
  readonly epoch: number;
  /** Monotonic. */
  readonly until: number;
}

export function createPunctuality({
  roster,
  clock,
}: {
  readonly roster: Pick<Roster, 'all' | 'get'>;
  readonly clock: Clock;
}): Punctuality {
  let expected = new Map<string, Expectation>();
  let hasBegun = false;

  const expectFrom = ({ server, epoch }: Member, restMs: number): Expectation => ({
    epoch,
    until: clock.monotonic() + restMs + longestFrom(server, clock.now()),
  });

  return {
    note: ({ status: { serverId }, record: { report } }) => {
      const member = roster.get(serverId);
      if (member === null) return;
      hasBegun = true;
      expected.set(serverId, expectFrom(member, report.retryAfterMs ?? 0));
    },
    hasBegun: () => hasBegun,
    overdue: () => {
      const awake = roster.all().filter(({ pause }) => pause === null);
      const current = awake.map((member): readonly [string, Expectation] => {
        const known = expected.get(member.server.id);
        return [member.server.id, known?.epoch === member.epoch ? known : expectFrom(member, 0)];
      });
      expected = new Map(current);
      return current.flatMap(([id, { until }]) => (clock.monotonic() > until ? [id] : []));
    },
  };
}

/** The longest time from one stored probe to the next that is on time. */
function longestFrom({ schedule }: Server, at: number): number {
  if (schedule.kind === 'interval') return 1.5 * schedule.everyMs + PROBE_MS;
  const next = calendar.next(schedule.expression, schedule.timezone);
  return next === null ? Number.POSITIVE_INFINITY : Math.max(0, next.getTime() - at) + CRON_SLACK_MS + PROBE_MS;
}
