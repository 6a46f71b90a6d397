import type { Week } from '../core/baseline.ts';
import { addToWeek, baselineOf, createWeek } from '../core/baseline.ts';
import type { LatencyFacts } from '../core/latency.ts';
import { timeOf } from '../core/marks.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { StepName } from '../core/step.ts';
import type { ProbeCommit, Store } from '../core/store.ts';

/** What is usual of the steps whose rules look out for spikes, in memory: a probe reads no store. */
export interface Baselines {
  /** Begins with the server's steps that are not followed yet. What the store knows of them is read bit by bit. */
  follow(server: Server): void;
  of(serverId: string, step: StepName): LatencyFacts['baseline'];
  take(commit: ProbeCommit): void;
  forget(serverId: string): void;
  stop(): void;
}

export interface BaselinesOptions {
  readonly store: Pick<Store, 'latency' | 'incidents'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Sample {
  readonly at: number;
  readonly ms: number;
}

interface Followed {
  readonly step: StepName;
  readonly week: Week;
  /** Of a run that may turn the signal: whether they are usual is known when it has. */
  waiting: Sample[];
  isRead: boolean;
}

interface Job {
  readonly serverId: string;
  readonly followed: Followed;
  readonly until: number;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
/** Between two days that are read: a day takes a millisecond or two, and probes come first. */
const PAUSE_MS = 5;

export function createBaselines(options: BaselinesOptions): Baselines {
  const { clock } = options;
  const servers = new Map<string, readonly Followed[]>();
  const followedOf = (serverId: string): readonly Followed[] => servers.get(serverId) ?? [];
  const reader = createReader(options, ({ serverId, followed }) => followedOf(serverId).includes(followed));
  return {
    follow(server) {
      const steps = new Set<StepName>(server.latencyRules.filter(({ spike }) => spike !== null).map(({ of }) => of));
      const known = followedOf(server.id).filter(({ step }) => steps.has(step));
      for (const { step } of known) steps.delete(step);
      const fresh = [...steps].map((step): Followed => ({ step, week: createWeek(), waiting: [], isRead: false }));
      servers.set(server.id, [...known, ...fresh]);
      for (const followed of fresh) reader.add({ serverId: server.id, followed, until: clock.now() });
    },
    of(serverId, step) {
      const followed = followedOf(serverId).find((each) => each.step === step);
      if (followed === undefined) return null;
      return followed.isRead ? baselineOf(followed.week, clock.now()) : 'reading';
    },
    take(commit) {
      for (const followed of followedOf(commit.status.serverId)) learn(followed, commit);
    },
    forget: (serverId) => servers.delete(serverId),
    stop: reader.stop,
  };
}

/** What a step took while latency fails is not what is usual; what it took in a run that turned nothing is. */
function learn(followed: Followed, { record: { report }, status }: ProbeCommit): void {
  const ms = timeOf(report, followed.step);
  if (ms !== null) followed.waiting.push({ at: report.startedAt, ms });
  const { level, turning } = status.signals.latency;
  if (turning !== null) return;
  if (level !== 'fail') for (const { at, ms } of followed.waiting) addToWeek(followed.week, at, ms);
  followed.waiting = [];
}

interface Reader {
  add(job: Job): void;
  stop(): void;
}

/** Reads seven days of one step after the other, a day at a time. */
function createReader({ store, clock, log }: BaselinesOptions, isWanted: (job: Job) => boolean): Reader {
  const jobs: Job[] = [];
  let cancel: (() => void) | null = null;
  let isStopped = false;

  const later = (run: () => Promise<void>, job: Job): void => {
    if (isStopped) return;
    cancel = clock.after(PAUSE_MS, () => {
      run().catch((error: unknown) => {
        log.warn(
          { server: job.serverId, step: job.followed.step, error },
          'what is usual could not be read; it is learnt anew',
        );
        finish(job);
      });
    });
  };
  const finish = (job: Job): void => {
    job.followed.isRead = true;
    jobs.shift();
    begin();
  };
  const begin = (): void => {
    const job = jobs[0];
    if (job === undefined) {
      cancel = null;
      return;
    }
    later(async () => {
      if (isWanted(job)) readDay(job, DAYS, await slowTimes(store, job));
      else finish(job);
    }, job);
  };
  const readDay = (job: Job, daysLeft: number, isSlow: (at: number) => boolean): void => {
    if (daysLeft === 0) {
      finish(job);
      return;
    }
    later(async () => {
      const to = job.until - (daysLeft - 1) * DAY_MS;
      for (const { at, ms, marked } of await store.latency(job.serverId, job.followed.step, to - DAY_MS, to))
        if (ms !== null && marked === undefined && !isSlow(at)) addToWeek(job.followed.week, at, ms);
      readDay(job, daysLeft - 1, isSlow);
    }, job);
  };

  return {
    add(job) {
      if (jobs.push(job) === 1) begin();
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}

const PAGE = 100;
/** More incidents than that in a week, and what is usual is anybody's guess. */
const PAGES = 5;

/** Whether latency was failing at an instant of the last seven days. */
async function slowTimes(store: BaselinesOptions['store'], { serverId, until }: Job): Promise<(at: number) => boolean> {
  const spans: { readonly from: number; readonly to: number }[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page = await store.incidents({ state: null, serverId }, { limit: PAGE, cursor });
    for (const { signal, startedAt, resolvedAt } of page.items)
      if (signal === 'latency') spans.push({ from: startedAt, to: resolvedAt ?? until });
    cursor = page.next;
    if (cursor === null || (page.items.at(-1)?.openedAt ?? 0) < until - DAYS * DAY_MS) break;
  }
  return (at) => spans.some(({ from, to }) => at >= from && at < to);
}
