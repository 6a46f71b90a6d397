import type { Gap } from '../core/gaps.ts';
import type { ServerState } from '../core/signal.ts';
import type { ServerStatus } from '../core/status.ts';
import type { ProbeCommit } from '../core/store.ts';
import { StaleStatusError } from '../core/store.ts';
import type { Days } from './days.ts';
import type { Group } from './group.ts';
import type { HeldNotices } from './held-notices.ts';
import type { Incidents } from './incidents.ts';
import type { Outbox } from './outbox.ts';
import { idOf } from './probe-id.ts';
import { toRow } from './probe-row.ts';
import type { Roster } from './roster.ts';
import type { Spans } from './spans.ts';
import type { Standing } from './standing.ts';
import type { Tools } from './tools.ts';

/** Makes everything that follows from one probe true at once. */
export interface Commits {
  commit(commit: ProbeCommit): string;
  saveStatus(status: ServerStatus): void;
}

interface Parts {
  readonly roster: Roster;
  readonly days: Days;
  readonly group: Group;
  readonly spans: Spans;
  readonly standing: Standing;
  readonly incidents: Incidents;
  readonly outbox: Outbox;
  readonly heldNotices: HeldNotices;
  readonly tools: Tools;
}

export function createCommits(parts: Parts): Commits {
  const { roster, days, group, spans, standing, incidents, outbox, heldNotices, tools } = parts;
  const keyFor = createKeys(days, group);

  /** A state recorded by hand is not a turn of the status: it ends with this probe, a pause not even then. */
  const turnSpan = (server: number, status: ServerStatus, startedAt: number) => {
    if (isSpanKept(server, status)) return;
    spans.turn(server, status.state, standing.isTurn(status) ? status.since : startedAt);
  };
  /** A pause is labelled already. */
  const gapSpan = (server: number, gap: Gap, before: ServerState) => {
    if (spans.current(server) !== 'paused') spans.gap(server, gap, before);
  };
  const isSpanKept = (server: number, { state }: ServerStatus) => {
    const current = spans.current(server);
    return current === state || current === 'paused';
  };
  const isPlain = (server: number, commit: ProbeCommit) =>
    commit.incidents.length === 0 &&
    commit.notices.length === 0 &&
    commit.tools === undefined &&
    standing.isUnchanged(commit.status) &&
    isSpanKept(server, commit.status);

  return {
    commit(commit) {
      const { record, status } = commit;
      if (status.version !== standing.version(status.serverId) + 1) throw new StaleStatusError(status.serverId);
      const server = roster.numberOf(status.serverId);
      const at = keyFor(server, record.report.startedAt);
      const { gap } = commit;
      const before = standing.state(status.serverId);
      // Where the monitor is overloaded each probe brings a gap, so they wait together like the rows.
      const also = gap === undefined || before === null ? {} : { also: () => gapSpan(server, gap, before) };
      const item = { server, row: toRow(record, at), ...also };
      if (isPlain(server, commit)) {
        standing.advance(status);
        group.add(item);
        return idOf(at);
      }
      group.write([item], () => {
        turnSpan(server, status, record.report.startedAt);
        standing.write(server, status);
        incidents.put(server, commit.incidents);
        // Before the end of an incident is queued, which is told only where its opening was.
        for (const { id, resolvedAt } of commit.incidents) if (resolvedAt !== null) heldNotices.mute(id, resolvedAt);
        outbox.put(server, commit.notices);
        if (commit.tools !== undefined) tools.put(server, commit.tools);
      });
      standing.accept(status);
      return idOf(at);
    },
    saveStatus(status) {
      const server = roster.numberOf(status.serverId);
      group.write([], () => {
        if (spans.current(server) !== status.state) spans.turn(server, status.state, status.since);
        standing.write(server, status);
      });
      standing.accept(status);
    },
  };
}

/** Gives each probe its key beside its server: when it started, or the next millisecond that is free. */
function createKeys(days: Days, group: Group): (server: number, startedAt: number) => number {
  const lastOf = new Map<number, number>();
  const isTaken = (server: number, at: number) =>
    group.holds(server, at) || days.within(at, at + 1).some((day) => day.has(server, at));
  return (server, startedAt) => {
    const last = lastOf.get(server);
    let at = Math.round(startedAt);
    // Starts grow, so looking is for the first one of a server and for a clock that was set back.
    if (last === undefined || at <= last) while (isTaken(server, at)) at += 1;
    lastOf.set(server, Math.max(at, last ?? at));
    return at;
  };
}
