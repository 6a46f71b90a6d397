import { expect, onTestFinished, test, vi } from 'vitest';
import { calendar, createCron } from '../../src/engine/cron.ts';
import { realClock } from '../fixtures/clock.ts';
import { keepingLog } from '../store/quiet.ts';
import { HOUR, MINUTE, SECOND, servers, startEngine } from './support.ts';

const NOON = Date.UTC(2026, 5, 10, 12);

/** node-cron over timers and a wall clock that the test moves. */
function start() {
  vi.useFakeTimers({ now: NOON, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const log = keepingLog();
  const cron = createCron({ clock: realClock, log });
  onTestFinished(() => cron.stop());
  return { cron, log };
}

const everyMinute = { name: 'job', expression: '* * * * *', timezone: null };

test('a job runs at its times and says what it did, and when it comes next', async () => {
  const { cron } = start();
  const slots: number[] = [];
  cron.add({
    ...everyMinute,
    run: async (scheduledAt) => {
      slots.push(scheduledAt);
      return 'done';
    },
  });
  expect(cron.nextAt('job')).toBe(NOON + MINUTE);
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  expect(slots).toEqual([1, 2, 3].map((minute) => NOON + minute * MINUTE));
  expect(cron.jobs()).toMatchObject([
    { name: 'job', expression: '* * * * *', nextAt: NOON + 4 * MINUTE, last: { ok: true, message: 'done' } },
  ]);
  expect(cron.nextAt('nobody')).toBeNull();
});

test('a job that fails is shown and logged, and runs again', async () => {
  const { cron, log } = start();
  let runs = 0;
  cron.add({
    ...everyMinute,
    run: async () => {
      runs += 1;
      throw new Error('the disk is full');
    },
  });
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(runs).toBe(2);
  expect(cron.jobs()).toMatchObject([{ last: { ok: false, message: 'the disk is full' } }]);
  expect(log.lines).toHaveLength(2);
});

test('a job under way is told when the program ends, and what it can no longer do is no fault', async () => {
  const { cron, log } = start();
  const told: boolean[] = [];
  cron.add({
    ...everyMinute,
    run: async (_, signal) => {
      told.push(signal.aborted);
      await new Promise((resume) => signal.addEventListener('abort', resume));
      told.push(signal.aborted);
      throw new Error('The store is closed.');
    },
  });
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toEqual([false]);
  cron.stop();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(told).toEqual([false, true]);
  expect(log.lines).toEqual([]);
});

test('a job whose last run is not done misses its slot', async () => {
  const { cron } = start();
  let missed = 0;
  let runs = 0;
  cron.add({
    ...everyMinute,
    onMissed: () => {
      missed += 1;
    },
    run: () => {
      runs += 1;
      return new Promise((resolve) => setTimeout(() => resolve('done'), 90 * SECOND));
    },
  });
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  expect([runs, missed]).toEqual([2, 2]);
});

test.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('after the wall clock was set %s, a job armed anew runs at the times of the new clock', async (_, by) => {
  const { cron } = start();
  let runs = 0;
  cron.add({
    ...everyMinute,
    run: async () => {
      runs += 1;
      return 'done';
    },
  });
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(runs).toBe(1);
  vi.setSystemTime(Date.now() + by);
  cron.restart();
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  expect(runs).toBe(4);
});

test('a job taken off, or added again under its name, does not run any more', async () => {
  const { cron } = start();
  const runs: string[] = [];
  const job = (what: string) => ({
    ...everyMinute,
    run: async () => {
      runs.push(what);
      return what;
    },
  });
  const takeFirst = cron.add(job('first'));
  const takeSecond = cron.add(job('second'));
  takeFirst();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(runs).toEqual(['second']);
  takeSecond();
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(runs).toEqual(['second']);
  expect(cron.jobs()).toEqual([]);
});

test('a slot reached some seconds late still runs', async () => {
  const { cron } = start();
  const slots: number[] = [];
  cron.add({
    ...everyMinute,
    run: async (scheduledAt) => {
      slots.push(scheduledAt);
      return 'done';
    },
  });
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  vi.setSystemTime(NOON + MINUTE + 20 * SECOND);
  await vi.advanceTimersByTimeAsync(1);
  expect(slots).toEqual([NOON + MINUTE]);
});

test('a server by cron is probed at its times, scheduled for the time itself', async () => {
  start();
  const { prober, monitor, stop } = await startEngine(servers({ id: 'orders', cron: '*/5 * * * *', timezone: 'UTC' }));
  expect(monitor.server('orders')?.nextProbeAt()).not.toBeNull();
  const before = prober.starts.length;
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(prober.starts.slice(before).map(({ scheduledAt }) => scheduledAt)).toEqual([
    NOON + 5 * MINUTE,
    NOON + 10 * MINUTE,
  ]);
  await monitor.pause('orders', null);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(prober.starts.length).toBe(before + 2);
  await stop();
});

test('a slot by cron that comes while its server is being probed is missed', async () => {
  start();
  const { prober, monitor, stop } = await startEngine(servers({ id: 'orders', cron: '* * * * *' }));
  prober.takes('orders', HOUR);
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  expect(prober.peak.ofOne).toBe(1);
  expect((await monitor.figures()).slotsMissed).toBe(2);
  await stop();
});

test('expressions are checked, matched and asked for their next time, in their zone', () => {
  expect(calendar.validate('*/5 * * * *', 'Europe/Berlin')).toBeNull();
  expect(calendar.validate('61 * * * *', null)).toBeTypeOf('string');
  expect(calendar.validate('often', null)).toBeTypeOf('string');
  expect(calendar.validate('* * * * *', 'Mars/Base')).toContain('`Mars/Base` is not an IANA time zone');
  const at = new Date('2026-07-01T01:00:00Z');
  expect(calendar.matcher('0 3 * * *', 'Europe/Berlin')(at)).toBe(true);
  expect(calendar.matcher('0 3 * * *', 'UTC')(at)).toBe(false);
  const next = calendar.next('0 3 * * *', 'Europe/Berlin');
  expect([1, 2]).toContain(next?.getUTCHours());
});

test.each([
  ['Europe/Berlin', '2026-01-01T12:00:00Z', 60],
  ['Europe/Berlin', '2026-07-01T12:00:00Z', 120],
  ['America/St_Johns', '2026-01-01T12:00:00Z', -210],
  ['Asia/Kathmandu', '2026-01-01T00:00:00.999Z', 345],
  ['Pacific/Kiritimati', '2025-12-31T23:59:59Z', 840],
  ['UTC', '2026-01-01T00:00:00Z', 0],
])('clocks in %s at %s are %i minutes ahead', (timezone, at, minutes) => {
  expect(calendar.offsets(timezone)(Date.parse(at))).toBe(minutes * MINUTE);
});
