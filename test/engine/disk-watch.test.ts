import { expect, test } from 'vitest';
import type { CronTask } from '../../src/engine/cron.ts';
import { watchDisk } from '../../src/engine/disk-watch.ts';
import { createFakeClock } from '../fixtures/clock.ts';

const MB = 2 ** 20;

test.each([
  ['a large disk', 100_000 * MB, [1000, 512, 511, 600, 639, 640], ['settle', null, 'raise', null, null, 'settle']],
  ['a small one', 1000 * MB, [126, 100, 99, 101, 125], ['settle', null, 'raise', null, 'settle']],
])(
  'little room on %s is told once it is there, and its end when there is clearly more',
  async (_, totalBytes, free, told) => {
    const calls: (string | null)[] = [];
    const jobs: CronTask[] = [];
    let room = { freeBytes: 0, totalBytes };
    watchDisk({
      store: { room: async () => room },
      self: {
        raise: async ({ about, reason }) => {
          expect([about, reason.code]).toEqual(['disk', 'monitor_disk_low']);
          expect(reason.message).toMatch(/^The disk with the store has \d+ MB left\. Free some space, or keep probes/);
          calls.push('raise');
        },
        settle: async () => void calls.push('settle'),
      },
      cron: {
        add: (job) => {
          jobs.push(job);
          return () => undefined;
        },
      },
      clock: createFakeClock(),
    });
    const seen: (string | null)[] = [];
    for (const mb of free) {
      room = { freeBytes: mb * MB, totalBytes };
      await jobs[0]?.run(0, new AbortController().signal);
      seen.push(calls.pop() ?? null);
    }
    expect(seen).toEqual(told);
  },
);
