import { conclude, type ProbeContext } from '../core/conclude.ts';
import { withDeadline } from '../core/deadline.ts';
import { leavesOutTools } from '../core/early-probe.ts';
import { type Due, dueAfter, watchedUntil } from '../core/gaps.ts';
import type { Clock, Log, Prober } from '../core/ports.ts';
import type { ProbeReport } from '../core/probe.ts';
import type { Route } from '../core/routing.ts';
import type { Server } from '../core/server.ts';
import type { ServerStatus } from '../core/status.ts';
import { createStop, type Stop, type StopSignal } from '../core/stop.ts';
import type { ProbeCommit, ProbeRecord, Store } from '../core/store.ts';
import { StaleStatusError } from '../core/store.ts';
import { originOf } from '../core/target.ts';
import { unjudged } from '../core/unjudged.ts';
import type { Judgement } from '../core/verdict.ts';
import { firstSlotAfter } from './cron.ts';
import type { Gate } from './gate.ts';
import type { Maintenance } from './maintenance.ts';
import type { Network, Passage } from './network.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { Member, Roster } from './roster.ts';
import type { ToolWatch } from './tool-watch.ts';
import type { Watchdog } from './watchdog.ts';

export interface CycleOptions {
  readonly roster: Roster;
  readonly gate: Gate;
  readonly prober: Prober;
  readonly store: Store;
  readonly tools: ToolWatch;
  readonly watchdog: Pick<Watchdog, 'isBroken'>;
  readonly maintenance: Pick<Maintenance, 'until'>;
  readonly pools: PoolWatch;
  readonly network: Pick<Network, 'isOurs'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly routes: () => readonly Route[];
  readonly publicUrl: string;
  readonly newId: () => string;
  /** Called once the commit is accepted. */
  readonly onCommitted: (commit: ProbeCommit, before: ServerStatus) => void;
}

/** Why a server is probed: its slot, a signal that is turning, or somebody asked. */
export type ProbeKind = 'slot' | 'early' | 'by hand';

/** One probe, from tick to commit. */
export interface Cycle {
  /**
   * Probes a server unless it is being probed. Never rejects; resolves with the stored record, or null when there is
   * nothing to store: it is being probed, gone, or was changed meanwhile, or the store refused. An early probe leaves
   * the canary's tools alone while callers wait for the server's pool.
   */
  run(id: string, scheduledAt: number, kind: ProbeKind): Promise<ProbeRecord | null>;
  isRunning(id: string): boolean;
  /** Resolves when the probe under way, if any, has ended. */
  ended(id: string): Promise<unknown>;
  /** Aborts what runs and waits until it has ended, 5 s at most. */
  stop(): Promise<void>;
}

/** Longer than any probe takes: what is cut here is a fault of ours, lest it hold its server and its place for ever. */
const HARD_END_MS = 90_000;
const GRACE_MS = 5_000;
/** A probe by cron may have to wait this long for its turn. */
const CRON_SLACK_MS = 60_000;

export function createCycle(options: CycleOptions): Cycle {
  const { clock, log } = options;
  const running = new Map<string, Running>();
  let isStopping = false;

  return {
    run: (id, scheduledAt, kind) => {
      if (running.has(id) || isStopping) return Promise.resolve(null);
      // One each: who leaves a signal is looked for among all who listen to it.
      const ending = createStop();
      const ended = probeOnce(options, { id, scheduledAt, kind, signal: ending.signal }).finally(() =>
        running.delete(id),
      );
      running.set(id, { ending, ended });
      return ended;
    },
    isRunning: (id) => running.has(id),
    ended: async (id) => running.get(id)?.ended,
    stop: async () => {
      isStopping = true;
      const why = new Error('the monitor is stopping');
      for (const { ending } of running.values()) ending.abort(why);
      const ended = Promise.all([...running.values()].map((probe) => probe.ended));
      await withDeadline({ clock, ms: GRACE_MS, signal: null, expired: neverEnded }, () => ended).catch(() => {
        log.warn({ servers: [...running.keys()] }, 'probes that did not end are left behind');
      });
    },
  };
}

/** A probe under way, or waiting for its turn. */
interface Running {
  readonly ending: Stop;
  readonly ended: Promise<ProbeRecord | null>;
}

interface Start {
  readonly id: string;
  readonly scheduledAt: number;
  readonly kind: ProbeKind;
  readonly signal: StopSignal;
}

async function probeOnce(options: CycleOptions, { id, scheduledAt, kind, signal }: Start): Promise<ProbeRecord | null> {
  const { roster, gate, prober, tools, pools, watchdog, clock, log } = options;
  const member = roster.get(id);
  if (member === null) return null;
  const { server, epoch } = member;
  let begun = clock.monotonic();
  try {
    const leave = await gate.enter(originOf(server), signal);
    begun = clock.monotonic();
    const deadline = { clock, ms: HARD_END_MS, signal: null, expired: neverEnded };
    const leaveOutTools = kind === 'early' && leavesOutTools({ ...member, at: clock.now() });
    const request = { server, scheduledAt, signal, knownToolHashes: tools.knownHashes(id), leaveOutTools };
    const seen = await withDeadline(deadline, () => prober.probe(request)).finally(leave);
    const report = await own(options, { server, report: seen, begun }, signal);
    const remembered = { tools: await tools.memoryFor(report), pools: await pools.memoryOf(member) };
    await roster.ready(id);
    const after = roster.get(id);
    const counts = !signal.aborted && after !== null && after.epoch === epoch;
    return counts ? await settle(options, after, { report, ...remembered }) : null;
  } catch (error) {
    if (!signal.aborted && !watchdog.isBroken(begun))
      log.error({ server: id, error }, 'a probe could not be completed');
    return null;
  }
}

/** What judging a report rests on beside the standing. */
type Remembered = Pick<ProbeContext, 'tools' | 'pools'>;

/** What a probe saw says nothing of its server where we stood still meanwhile, or where our own network is gone. */
async function own({ watchdog, network }: CycleOptions, passage: Passage, signal: StopSignal): Promise<ProbeReport> {
  const { report, begun } = passage;
  if (signal.aborted) return report;
  if (watchdog.isBroken(begun)) return unjudged(report, 'not_monitored');
  return (await network.isOurs(passage)) ? unjudged(report, 'monitor_offline') : report;
}

/** Concludes a report and stores what follows. Where the store refuses, the standing stays what it was. */
async function settle(
  options: CycleOptions,
  member: Member,
  { report, ...remembered }: { readonly report: ProbeReport } & Remembered,
): Promise<ProbeRecord | null> {
  const { roster, store, maintenance, clock, log, routes, publicUrl, newId, onCommitted } = options;
  const { server, status, open, epoch, last, rotation } = member;
  const samplesOf = (step: Parameters<Roster['samplesOf']>[1]) => roster.samplesOf(server.id, step, report.startedAt);
  const baselineOf = (step: Parameters<Roster['baselineOf']>[1]) => roster.baselineOf(server.id, step);
  const before = last === null ? null : { report: last.report, due: dueOf(server, last.report, report.startedAt) };
  const maintenanceUntil = maintenance.until(server.id);
  const judged = last === null ? {} : { before: beforeOf(last.judgement) };
  const known = { samplesOf, baselineOf, maintenanceUntil, rotation, last: before, ...judged, ...remembered };
  const at = clock.now();
  const commit = conclude({ server, report, status, open, routes: routes(), publicUrl, at, newId, ...known });
  try {
    const recordId = await store.commit(commit);
    options.tools.take(commit.tools);
    options.pools.take(member, commit);
    roster.accept(commit, recordId, epoch);
    onCommitted(commit, status);
    return { id: recordId, ...commit.record };
  } catch (error) {
    if (!(error instanceof StaleStatusError)) {
      log.error({ server: server.id, error }, 'a result could not be stored; probing goes on');
      return null;
    }
    log.warn({ server: server.id }, 'a result was dropped: the stored standing is another one and is read again');
    await roster.reread(server.id);
    return null;
  }
}

function beforeOf({ verdicts, cause }: Judgement): NonNullable<ProbeContext['before']> {
  return { lastCanary: verdicts.canary, lastCause: cause };
}

/** A cron expression says at what times, not how often: the first of them after the last probe is looked for. */
function dueOf({ schedule }: Server, last: ProbeReport, now: number): Due | null {
  if (schedule.kind === 'interval') return dueAfter(last, schedule.everyMs);
  const at = firstSlotAfter(schedule, watchedUntil(last) + (last.retryAfterMs ?? 0), now);
  return at === null ? null : { at, slackMs: CRON_SLACK_MS };
}

function neverEnded(): Error {
  return new Error(`the prober did not end within ${HARD_END_MS / 1000} s`);
}
