import type { ScheduledTask, TaskOptions } from 'node-cron';
import { createTask, validateDetailed } from 'node-cron';
import type { CronJob } from '../core/monitor.ts';
import type { Calendar, Clock, Log } from '../core/ports.ts';

/** Runs jobs by wall clock: house-keeping, and servers with `cron:`. */
export interface Cron {
  /** The returned function takes the job off. */
  add(job: CronTask): () => void;
  jobs(): readonly CronJob[];
  /** Epoch milliseconds; null when there is no such job. */
  nextAt(name: string): number | null;
  /** Arms every job anew: node-cron stops ticking when the wall clock steps back. */
  restart(): void;
  stop(): void;
}

export interface CronTask {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string | null;
  /**
   * Gets the slot it runs for, epoch milliseconds; resolves with one line saying what was done. Aborted: the program ends,
   * and what is left is left to the next start.
   */
  readonly run: (scheduledAt: number, signal: AbortSignal) => Promise<string>;
  /** A slot was reached too late, or while the one before was still running. */
  readonly onMissed?: () => void;
}

/** A slot reached later than this is missed; of several reached late only the last one counts. */
const TOLERANCE_MS = 30_000;

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

interface Job {
  readonly task: ScheduledTask;
  readonly name: string;
  readonly expression: string;
  last: CronJob['last'];
}

/** Cron expressions as questions, answered by tasks that are never left running. */
export const calendar: Calendar = {
  validate: (expression, timezone) => {
    const { valid, errors } = validateDetailed(expression);
    if (!valid) return errors.map(({ message }) => message).join('; ') || 'is not a cron expression';
    return timezone === null || isTimezone(timezone)
      ? null
      : `\`${timezone}\` is not an IANA time zone such as Europe/Berlin`;
  },
  matcher: (expression, timezone) => {
    const task = createTask(expression, () => undefined, { ...zone(timezone), unref: true });
    return (at) => task.match(at);
  },
  offsets: offsetsOf,
  /** `getNextRun` answers only for a started task (node-cron 4.6). */
  next: (expression, timezone) =>
    ask(expression, timezone, (task) => {
      void task.start();
      return task.getNextRun();
    }),
};

/**
 * The first slot after `from` and before `to`, to the minute; null: there is none. It looks a week ahead and no further:
 * each minute costs some 20 µs.
 */
export function firstSlotAfter(
  { expression, timezone }: { readonly expression: string; readonly timezone: string | null },
  from: number,
  to: number,
): number | null {
  const first = (Math.floor(from / MINUTE_MS) + 1) * MINUTE_MS;
  const end = Math.min(to, from + WEEK_MS);
  return ask(expression, timezone, (task) => {
    for (let at = first; at < end; at += MINUTE_MS) if (task.match(new Date(at))) return at;
    return null;
  });
}

export function createCron({ clock, log }: { readonly clock: Clock; readonly log: Log }): Cron {
  const jobs = new Map<string, Job>();
  const stopping = new AbortController();
  return {
    add: ({ name, expression, timezone, run, onMissed = () => undefined }) => {
      const job: Job = {
        name,
        expression,
        last: null,
        task: createTask(expression, (slot) => attempt(slot.date), {
          ...zone(timezone),
          name,
          noOverlap: true,
          unref: true,
          missedExecutionTolerance: TOLERANCE_MS,
          logger: loggerFor(name, log),
        }),
      };
      const settle = (ok: boolean, message: string): void => {
        job.last = { at: clock.now(), ok, message };
        // What it works on may be closed by then.
        if (!ok && !stopping.signal.aborted) log.error({ job: name }, `the job ${name} failed: ${message}`);
      };
      const attempt = (slot: Date): Promise<void> =>
        run(slot.getTime(), stopping.signal).then(
          (message) => settle(true, message),
          (error: unknown) => settle(false, error instanceof Error ? error.message : String(error)),
        );
      job.task.on('execution:missed', onMissed);
      job.task.on('execution:overlap', onMissed);
      void jobs.get(name)?.task.destroy();
      jobs.set(name, job);
      void job.task.start();
      return () => {
        void job.task.destroy();
        if (jobs.get(name) === job) jobs.delete(name);
      };
    },
    jobs: () =>
      [...jobs.values()].map(({ task, name, expression, last }) => ({
        name,
        expression,
        nextAt: task.getNextRun()?.getTime() ?? null,
        last,
      })),
    nextAt: (name) => jobs.get(name)?.task.getNextRun()?.getTime() ?? null,
    restart: () => {
      for (const { task } of jobs.values()) {
        void task.stop();
        void task.start();
      }
    },
    stop: () => {
      stopping.abort();
      for (const { task } of jobs.values()) void task.destroy();
      jobs.clear();
    },
  };
}

/** node-cron's own words, with the job they are about. */
function loggerFor(job: string, log: Log): NonNullable<TaskOptions['logger']> {
  const warn = (message: string): void => log.warn({ job }, message);
  return { info: () => undefined, debug: () => undefined, warn, error: (message) => warn(String(message)) };
}

function ask<T>(expression: string, timezone: string | null, question: (task: ScheduledTask) => T): T {
  const task = createTask(expression, () => undefined, { ...zone(timezone), unref: true });
  try {
    return question(task);
  } finally {
    void task.destroy();
  }
}

function zone(timezone: string | null): { timezone?: string } {
  return timezone === null ? {} : { timezone };
}

function offsetsOf(timezone: string | null): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timezone === null ? {} : { timeZone: timezone }),
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  return (at) => {
    const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(at / 1000) * 1000;
  };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
