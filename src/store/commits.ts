import type { Gap } from '../core/gaps.ts';
import type { ServerState } from '../core/signal.ts';
import type { ServerStatus } from '../core/status.ts';
import type { ProbeCommit, Store } from '../core/store.ts';
import { StaleStatusError } from '../core/store.ts';
import type { Item, Plan } from './changes.ts';
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
  commit(commit: ProbeCommit): string | Promise<string>;
  saveStatus(status: ServerStatus): Promise<void>;
  recordState(...turn: Parameters<Store['recordState']>): Promise<void>;
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
  const { roster, group, standing } = parts;
  const plans = createPlans(parts);
  return {
    commit(commit) {
      const { status } = commit;
      const server = roster.numberOf(status.serverId);
      if (group.holdsChange(server) || !plans.isNext(status) || !plans.isPlain(server, commit))
        return group.change({ server, plan: () => plans.of(server, commit) });
      const item = plans.itemOf(server, commit);
      standing.advance(status);
      group.add(item);
      return idOf(item.row.at);
    },
    ...createByHand(parts),
  };
}

function createPlans({ days, group, spans, standing, incidents, outbox, heldNotices, tools }: Parts) {
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
  const isNext = ({ serverId, version }: ServerStatus) => version === standing.version(serverId) + 1;
  const itemOf = (server: number, { record, gap, status }: ProbeCommit): Item => {
    const at = keyFor(server, record.report.startedAt);
    const before = standing.state(status.serverId);
    // Where the monitor is overloaded each probe brings a gap, so they wait together like the rows.
    const also = gap === undefined || before === null ? {} : { also: () => gapSpan(server, gap, before) };
    return { server, row: toRow(record, at), ...also };
  };
  const write = (server: number, { record, status, ...commit }: ProbeCommit) => {
    turnSpan(server, status, record.report.startedAt);
    standing.write(server, status);
    incidents.put(server, commit.incidents);
    // Before the end of an incident is queued, which is told only where its opening was.
    for (const { id, resolvedAt } of commit.incidents) if (resolvedAt !== null) heldNotices.mute(id, resolvedAt);
    outbox.put(server, commit.notices);
    if (commit.tools !== undefined) tools.put(server, commit.tools);
  };
  const of = (server: number, commit: ProbeCommit): Plan<string> => {
    const { status } = commit;
    if (!isNext(status)) throw new StaleStatusError(status.serverId);
    const item = itemOf(server, commit);
    const accept = () => {
      standing.accept(status);
      return idOf(item.row.at);
    };
    return { item, write: () => write(server, commit), accept };
  };
  return { isNext, isPlain, itemOf, of };
}

/** What is not seen by a probe, but said by a person. */
function createByHand({ roster, group, spans, standing }: Parts): Pick<Commits, 'saveStatus' | 'recordState'> {
  const turnTo = (server: number, state: Parameters<Spans['turn']>[1], at: number) => {
    if (spans.current(server) !== state) spans.turn(server, state, at);
  };
  return {
    saveStatus(status) {
      const server = roster.numberOf(status.serverId);
      const write = () => {
        turnTo(server, status.state, status.since);
        standing.write(server, status);
      };
      return group.change({ server, plan: () => ({ item: null, write, accept: () => standing.accept(status) }) });
    },
    recordState(serverId, state, at) {
      const server = roster.numberOf(serverId);
      // After what waits: a gap that is written later would take the state back.
      const write = () => turnTo(server, state, at);
      return group.change({ server, plan: () => ({ item: null, write, accept: () => undefined }) });
    },
  };
}

/** Gives each probe its key beside its server: when it started, or the next millisecond that is free. */
function createKeys(days: Days, group: Group): (server: number, startedAt: number) => number {
  const lastOf = new Map<number, number>();
  const isTaken = (server: number, at: number) =>
    group.holdsRow(server, at) || days.within(at, at + 1).some((day) => day.has(server, at));
  return (server, startedAt) => {
    const last = lastOf.get(server);
    let at = Math.round(startedAt);
    // Starts grow, so looking is for the first one of a server and for a clock that was set back.
    if (last === undefined || at <= last) while (isTaken(server, at)) at += 1;
    lastOf.set(server, Math.max(at, last ?? at));
    return at;
  };
}
