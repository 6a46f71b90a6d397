import type { Incident } from '../core/incident.ts';
import type { Json } from '../core/json.ts';
import type { LatencyFacts } from '../core/latency.ts';
import { okMs } from '../core/marks.ts';
import type { LatencySummary } from '../core/monitor.ts';
import type { Clock, Log } from '../core/ports.ts';
import { IN_ROTATION, type Rotation, rotate } from '../core/rotation.ts';
import type { Server } from '../core/server.ts';
import type { ServerStatus } from '../core/status.ts';
import type { StepName } from '../core/step.ts';
import type { LatencySample, Pause, ProbeCommit, ProbeRecord, StateSpan, Store } from '../core/store.ts';
import type { Baselines } from './baselines.ts';
import { createFiller, type Filler } from './filler.ts';
import { MANY, readHistory } from './history.ts';
import { createLasts } from './lasts.ts';
import { addSample, createSamples, type Samples, samplesSince, summaryOf } from './samples.ts';
import { extend, withGap } from './spans.ts';

const DAY_MS = 24 * 3_600_000;

/** A watched server and what is kept of it in memory, so that neither a probe nor the overview reads the store. */
export interface Member {
  readonly server: Server;
  /** As written, secrets masked. */
  readonly entry: Readonly<Record<string, Json>>;
  /** The number the store gave it once; its slots' phase hangs on it. */
  readonly n: number;
  /** Another one after every edit, pause and resume: what a probe begun under an earlier one saw does not count. */
  readonly epoch: number;
  readonly pause: Pause | null;
  readonly status: ServerStatus;
  readonly last: ProbeRecord | null;
  readonly open: readonly Incident[];
  readonly samples: readonly Samples[];
  readonly spans: readonly StateSpan[];
  /** Not known after a start until it is seen. */
  readonly rotation: Rotation;
}

export interface Entrant {
  readonly server: Server;
  readonly entry: Member['entry'];
  readonly n: number;
}

/** The servers being watched, by id. */
export interface Roster {
  get(id: string): Member | null;
  all(): readonly Member[];
  /**
   * Takes servers in, or their changed entries; the history of those not on the roster is read from the store. Of many
   * at once, the latency of the last day and the last probe follow later.
   */
  put(entrants: readonly Entrant[]): Promise<void>;
  /** Takes over how an entry is written where it still means the same. */
  rewrite(server: Server, entry: Member['entry']): void;
  remove(id: string): void;
  setPause(id: string, pause: Pause | null): void;
  setStatus(id: string, status: ServerStatus): void;
  /** Takes over what was committed, unless the member was changed meanwhile. */
  accept(commit: ProbeCommit, recordId: string, epoch: number): void;
  setIncident(incident: Incident): void;
  /** Reads a member's standing from the store again. */
  reread(id: string): Promise<void>;
  /** Resolves when everything that judging a server rests on is in memory. */
  ready(id: string): Promise<void>;
  /** Reads no more of the store by itself. */
  stop(): void;
  /** Samples of a step over the longest window that a rule looks back from `at`. */
  samplesOf(id: string, step: StepName, at: number): readonly LatencySample[];
  /** What a step usually takes. */
  baselineOf(id: string, step: StepName): LatencyFacts['baseline'];
}

export interface RosterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly baselines: Baselines;
}

export function createRoster({ store, clock, log, baselines }: RosterOptions): Roster {
  const filler = createFiller({ store, clock, log });
  const { members, update } = createMembers();
  const nextEpoch = createEpochs();

  const lasts = createLasts({
    store,
    clock,
    log,
    take: (id, found) => update(id, ({ last }) => ({ last: last ?? found })),
  });

  const put = async (entrants: readonly Entrant[]): Promise<void> => {
    const unknown = entrants.map(({ server }) => server.id).filter((id) => !members.has(id));
    const historyOf = await readHistory(store, unknown, clock.now());
    const learnt = entrants.map(async (entrant) => {
      const { id } = entrant.server;
      const known = members.get(id);
      const samples = samplesFor(filler, entrant.server, known?.samples ?? []);
      if (entrants.length <= MANY) await filler.ready(id);
      return { entrant, samples, history: known === undefined ? historyOf(id) : null };
    });
    for (const { entrant, samples, history } of await Promise.all(learnt)) {
      const { id } = entrant.server;
      const known = members.get(id) ?? { pause: null, rotation: IN_ROTATION, ...(history ?? historyOf(id)) };
      members.set(id, { ...known, ...entrant, samples, epoch: nextEpoch() });
      baselines.follow(entrant.server);
    }
    if (unknown.length > MANY) void lasts.read(unknown);
  };

  return {
    get: (id) => members.get(id) ?? null,
    all: () => [...members.values()],
    put,
    rewrite: (server, entry) => update(server.id, () => ({ server, entry })),
    remove: (id) => {
      members.delete(id);
      baselines.forget(id);
    },
    setPause: (id, pause) =>
      update(id, (member) => ({ ...afterPause(member, pause, clock.now()), epoch: nextEpoch() })),
    setStatus: (id, status) =>
      update(id, ({ spans }) => ({ status, spans: extend(spans, id, status.state, status.since) })),
    accept: (commit, recordId, begunIn) =>
      update(commit.status.serverId, (member) => {
        if (member.epoch !== begunIn) return {};
        baselines.take(commit);
        return afterCommit(member, commit, recordId);
      }),
    setIncident: (incident) => update(incident.serverId, ({ open }) => ({ open: withIncident(open, incident) })),
    reread: async (id) => {
      const { status, open } = (await readHistory(store, [id], clock.now()))(id);
      update(id, () => ({ status, open }));
    },
    ready: filler.ready,
    stop: () => {
      for (const part of [lasts, filler, baselines]) part.stop();
    },
    samplesOf: (id, step, at) => samplesBefore(members.get(id), step, at),
    baselineOf: baselines.of,
  };
}

/** Who is on the roster. A change of who is not does nothing. */
function createMembers() {
  const members = new Map<string, Member>();
  const update = (id: string, change: (member: Member) => Partial<Member>): void => {
    const member = members.get(id);
    if (member !== undefined) members.set(id, { ...member, ...change(member) });
  };
  return { members, update };
}

function createEpochs(): () => number {
  let epoch = 0;
  return () => {
    epoch += 1;
    return epoch;
  };
}

function afterPause({ server, spans }: Member, pause: Pause | null, at: number): Pick<Member, 'pause' | 'spans'> {
  return { pause, spans: pause === null ? spans : extend(spans, server.id, 'paused', at) };
}

function afterCommit(
  member: Member,
  { record, status, incidents, gap }: ProbeCommit,
  recordId: string,
): Partial<Member> {
  const { report } = record;
  const { serverId } = report;
  const spans = gap === undefined ? member.spans : withGap(member.spans, serverId, gap, member.status.state);
  for (const samples of member.samples) {
    const ms = okMs(report, samples.step);
    if (ms !== null) addSample(samples, report.startedAt, ms, report.marks.length > 0);
  }
  return {
    status,
    last: { id: recordId, ...record },
    open: incidents.reduce(withIncident, member.open),
    rotation: rotate(member.rotation, report, member.server),
    spans: extend(spans, serverId, status.state, status.since),
  };
}

/** Of `initialize`, over all that is kept. */
export function latencyOf(samples: Member['samples']): LatencySummary {
  const kept = ofStep(samples, 'initialize');
  return kept === undefined ? { p50Ms: null, p95Ms: null, p99Ms: null, samples: 0 } : summaryOf(kept);
}

/** Which steps are kept in memory and for how long: `initialize` for a day, others as long as a rule looks back. */
function samplesFor(filler: Filler, server: Server, known: Member['samples']): Member['samples'] {
  const steps = new Set<StepName>(['initialize', ...server.latencyRules.map(({ of }) => of)]);
  return [...steps].map((step) => {
    const keepMs = step === 'initialize' ? DAY_MS : windowOf(server, step);
    const present = ofStep(known, step);
    if (present?.keepMs === keepMs) return present;
    const samples = createSamples(step, keepMs);
    filler.add(server.id, samples);
    return samples;
  });
}

function samplesBefore(member: Member | undefined, step: StepName, at: number): readonly LatencySample[] {
  const samples = member && ofStep(member.samples, step);
  return samples ? samplesSince(samples, at - windowOf(member.server, step)) : [];
}

function ofStep(all: readonly Samples[], step: StepName): Samples | undefined {
  return all.find((samples) => samples.step === step);
}

function windowOf({ latencyRules }: Server, step: StepName): number {
  const windows = latencyRules.filter(({ of }) => of === step);
  return Math.max(0, ...windows.flatMap(({ overMs, confirmOverMs }) => [overMs, confirmOverMs]));
}

function withIncident(open: readonly Incident[], incident: Incident): readonly Incident[] {
  const others = open.filter(({ id }) => id !== incident.id);
  return incident.resolvedAt === null ? [...others, incident] : others;
}
