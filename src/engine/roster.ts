import { beats } from '../core/beats.ts';
import { okMs } from '../core/conclude.ts';
import type { Incident } from '../core/incident.ts';
import type { Json } from '../core/json.ts';
import type { WatchedServer } from '../core/monitor.ts';
import type { Clock, LatencySample, Pause, ProbeCommit, ProbeRecord, StateSpan, Store } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { newStatus } from '../core/state.ts';
import type { ServerStatus } from '../core/status.ts';
import type { StepName } from '../core/step.ts';
import type { Samples } from './samples.ts';
import { createSamples } from './samples.ts';

const DAY_MS = 24 * 3_600_000;

/** A watched server and what is kept of it in memory, so that neither a probe nor the overview reads the store. */
export interface Member {
  readonly server: Server;
  /** As written, secrets masked. */
  readonly entry: Readonly<Record<string, Json>>;
  /** The number the store gave it once; its slots' phase hangs on it. */
  readonly n: number;
  readonly pause: Pause | null;
  readonly status: ServerStatus;
  readonly last: ProbeRecord | null;
  readonly open: readonly Incident[];
  readonly samples: ReadonlyMap<StepName, Samples>;
  readonly spans: readonly StateSpan[];
}

/** The servers being watched, by id. */
export interface Roster {
  get(id: string): Member | null;
  all(): readonly Member[];
  /** Takes a server in, or its changed entry; its history is read from the store the first time. */
  put(server: Server, entry: Member['entry'], n: number): Promise<Member>;
  remove(id: string): void;
  setPause(id: string, pause: Pause | null): void;
  setStatus(id: string, status: ServerStatus): void;
  /** Takes over what was committed. */
  accept(commit: ProbeCommit, recordId: string): void;
  setIncident(incident: Incident): void;
  samplesOf(id: string, step: StepName): readonly LatencySample[];
}

export async function createRoster({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): Promise<Roster> {
  const [statuses, latest, incidents] = await Promise.all([
    store.statuses(),
    store.latestProbes(),
    store.openIncidents(),
  ]);
  const members = new Map<string, Member>();

  const update = (id: string, change: (member: Member) => Partial<Member>): void => {
    const member = members.get(id);
    if (member !== undefined) members.set(id, { ...member, ...change(member) });
  };

  const samplesFor = async (server: Server, known: Member | undefined): Promise<ReadonlyMap<StepName, Samples>> => {
    const now = clock.now();
    const kept = await Promise.all(
      [...spansOf(server)].map(async ([step, keepMs]): Promise<readonly [StepName, Samples]> => {
        const present = known?.samples.get(step);
        return [step, present ?? createSamples(keepMs, await store.latency(server.id, step, now - keepMs, now + 1))];
      }),
    );
    return new Map(kept);
  };

  return {
    get: (id) => members.get(id) ?? null,
    all: () => [...members.values()],
    put: async (server, entry, n) => {
      const known = members.get(server.id);
      const now = clock.now();
      const samples = await samplesFor(server, known);
      const spans = known?.spans ?? (await store.spans([server.id], now - DAY_MS, now + 1));
      const member: Member = {
        pause: null,
        status: statuses.get(server.id) ?? newStatus(server.id, now),
        last: latest.get(server.id) ?? null,
        open: incidents.filter(({ serverId }) => serverId === server.id),
        ...known,
        server,
        entry,
        n,
        samples,
        spans,
      };
      members.set(server.id, member);
      return member;
    },
    remove: (id) => members.delete(id),
    setPause: (id, pause) =>
      update(id, ({ spans }) => ({ pause, spans: pause === null ? spans : extend(spans, id, 'paused', clock.now()) })),
    setStatus: (id, status) =>
      update(id, ({ spans }) => ({ status, spans: extend(spans, id, status.state, status.since) })),
    accept: (commit, recordId) => {
      update(commit.status.serverId, (member) => afterCommit(member, commit, recordId));
    },
    setIncident: (incident) => update(incident.serverId, ({ open }) => ({ open: withIncident(open, incident) })),
    samplesOf: (id, step) => members.get(id)?.samples.get(step)?.since(0) ?? [],
  };
}

function afterCommit(member: Member, { record, status, incidents }: ProbeCommit, recordId: string): Partial<Member> {
  const { report } = record;
  for (const [step, samples] of member.samples) {
    const ms = okMs(report, step);
    if (ms !== null) samples.add(report.startedAt, ms);
  }
  return {
    status,
    last: { ...record, id: recordId },
    open: incidents.reduce(withIncident, member.open),
    spans: extend(member.spans, report.serverId, status.state, status.since),
  };
}

/** What the API shows of a member. */
export function watched(member: Member, nextProbeAt: number | null, now: number): WatchedServer {
  const { server, entry, status, pause, last, samples, spans } = member;
  const latency = samples.get('initialize')?.summary() ?? { p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 };
  return { server, entry, status, pause, last, nextProbeAt, latency, beats: beats(spans, now) };
}

/** Which steps are kept in memory and for how long: `initialize` for a day, others as long as a rule looks back. */
function spansOf({ latencyRules }: Server): ReadonlyMap<StepName, number> {
  const kept = new Map<StepName, number>([['initialize', DAY_MS]]);
  for (const { of, overMs, confirmOverMs } of latencyRules) {
    kept.set(of, Math.max(kept.get(of) ?? 0, overMs, confirmOverMs));
  }
  return kept;
}

function withIncident(open: readonly Incident[], incident: Incident): readonly Incident[] {
  const others = open.filter(({ id }) => id !== incident.id);
  return incident.resolvedAt === null ? [...others, incident] : others;
}

/** Ends the last span where the new state began and forgets what is older than a day. */
function extend(
  spans: readonly StateSpan[],
  serverId: string,
  state: StateSpan['state'],
  since: number,
): readonly StateSpan[] {
  const last = spans.at(-1);
  if (last?.state === state && last.to === null) return spans;
  const ended = spans.flatMap((span) => {
    const to = Math.min(span.to ?? since, since);
    return to <= span.from || to < since - DAY_MS ? [] : [{ ...span, to }];
  });
  return [...ended, { serverId, state, from: since, to: null }];
}
