import { conclude } from '../core/conclude.ts';
import type { Clock, Log, ProbeCommit, ProbeRecord, Prober, Store } from '../core/ports.ts';
import { StaleStatusError } from '../core/ports.ts';
import { originOf } from '../core/target.ts';
import type { Route } from '../core/routing.ts';
import type { Gate } from './gate.ts';
import type { Roster } from './roster.ts';

export interface CycleOptions {
  readonly roster: Roster;
  readonly gate: Gate;
  readonly prober: Prober;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly routes: () => readonly Route[];
  readonly publicUrl: string;
  readonly newId: () => string;
  /** Called once the commit is accepted. */
  readonly onCommitted: (commit: ProbeCommit, record: ProbeRecord) => void;
}

/** One probe, from tick to commit. */
export interface Cycle {
  /**
   * Probes a server unless it is being probed. Resolves with the stored record, or null when there is nothing to
   * store: the server is gone, or was edited meanwhile, or the store refused.
   */
  run(id: string, scheduledAt: number): Promise<ProbeRecord | null>;
  /** After the probe under way, if any, one more. */
  runNext(id: string): Promise<ProbeRecord | null>;
  isRunning(id: string): boolean;
  /** Aborts what runs and waits until it has ended. */
  stop(): Promise<void>;
}

export function createCycle(options: CycleOptions): Cycle {
  const { roster, gate, clock } = options;
  const running = new Map<string, Promise<ProbeRecord | null>>();
  const ending = new AbortController();

  const start = (id: string, scheduledAt: number): Promise<ProbeRecord | null> => {
    const run = probeOnce(options, id, scheduledAt, ending.signal).finally(() => running.delete(id));
    running.set(id, run);
    return run;
  };

  return {
    run: (id, scheduledAt) => (running.has(id) ? Promise.resolve(null) : start(id, scheduledAt)),
    runNext: async (id) => {
      while (running.has(id)) await running.get(id);
      return roster.get(id) === null ? null : start(id, clock.now());
    },
    isRunning: (id) => running.has(id),
    stop: async () => {
      ending.abort(new Error('the monitor is stopping'));
      await Promise.allSettled(running.values());
      if (gate.running > 0) throw new Error(`${gate.running} probes did not end`);
    },
  };
}

async function probeOnce(
  options: CycleOptions,
  id: string,
  scheduledAt: number,
  signal: AbortSignal,
): Promise<ProbeRecord | null> {
  const { roster, gate, prober, log } = options;
  const server = roster.get(id)?.server;
  if (server === undefined || signal.aborted) return null;
  try {
    const leave = await gate.enter(originOf(server), signal);
    const report = await prober.probe({ server, scheduledAt, signal }).finally(leave);
    return signal.aborted ? null : await settle(options, id, server, report);
  } catch (error) {
    if (!signal.aborted) log.error({ server: id, error }, 'a probe could not be completed');
    return null;
  }
}

async function settle(
  options: CycleOptions,
  id: string,
  server: Parameters<typeof conclude>[0]['server'],
  report: Parameters<typeof conclude>[0]['report'],
): Promise<ProbeRecord | null> {
  const { roster, store, clock, log, routes, publicUrl, newId, onCommitted } = options;
  const member = roster.get(id);
  if (member === null || member.server !== server || member.pause !== null) return null;
  const { status, open } = member;
  const samplesOf = (step: Parameters<Roster['samplesOf']>[1]) => roster.samplesOf(id, step);
  const context = { server, report, status, open, samplesOf, routes: routes(), publicUrl, at: clock.now(), newId };
  const commit = conclude(context);
  try {
    const recordId = await store.commit(commit);
    const record = { ...commit.record, id: recordId };
    roster.accept(commit, recordId);
    onCommitted(commit, record);
    return record;
  } catch (error) {
    if (error instanceof StaleStatusError)
      log.warn({ server: id }, 'a result was dropped: the server changed meanwhile');
    else log.error({ server: id, error }, 'a result could not be stored; probing goes on');
    return null;
  }
}
