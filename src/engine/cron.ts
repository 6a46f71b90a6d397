import type { ScheduledTask } from 'node-cron';
import { createTask, schedule, validateDetailed } from 'node-cron';
import type { CronJob } from '../core/monitor.ts';
import type { Calendar, Clock, Log } from '../core/ports.ts';

/** Runs jobs by wall clock: house-keeping, and servers with `cron:`. */
export interface Cron {
  /** `run` resolves with one line saying what was done. The returned function takes the job off. */
  add(job: {
    readonly name: string;
    readonly expression: string;
    readonly timezone: string | null;
    readonly run: () => Promise<string>;
  }): () => void;
  jobs(): readonly CronJob[];
  /** Epoch milliseconds; null when there is no such job. */
  nextAt(name: string): number | null;
  /** Arms every job anew: node-cron stops ticking when the wall clock steps back. */
  restart(): void;
  stop(): void;
}

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
  matches: (expression, timezone, at) => ask(expression, timezone, (task) => task.match(at)),
  /** `getNextRun` answers only for a started task (node-cron 4.6). */
  next: (expression, timezone) =>
    ask(expression, timezone, (task) => {
      void task.start();
      return task.getNextRun();
    }),
};

export function createCron({ clock, log }: { readonly clock: Clock; readonly log: Log }): Cron {
  const jobs = new Map<string, Job>();
  return {
    add: ({ name, expression, timezone, run }) => {
      const settle = (ok: boolean, message: string): void => {
        const job = jobs.get(name);
        if (job !== undefined) job.last = { at: clock.now(), ok, message };
        if (!ok) log.error({ job: name }, `the job ${name} failed: ${message}`);
      };
      const attempt = (): Promise<void> =>
        run().then(
          (message) => settle(true, message),
          (error: unknown) => settle(false, error instanceof Error ? error.message : String(error)),
        );
      void jobs.get(name)?.task.destroy();
      const task = schedule(expression, attempt, {
        ...zone(timezone),
        name,
        noOverlap: true,
        unref: true,
        suppressMissedWarning: true,
      });
      jobs.set(name, { task, name, expression, last: null });
      return () => {
        void task.destroy();
        jobs.delete(name);
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
      for (const { task } of jobs.values()) void task.destroy();
      jobs.clear();
    },
  };
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

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
