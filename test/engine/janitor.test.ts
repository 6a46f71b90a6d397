import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Store } from '../../src/core/store.ts';
import { keepNewest } from '../../src/engine/backups.ts';
import { createCron } from '../../src/engine/cron.ts';
import { startJanitor } from '../../src/engine/janitor.ts';
import { realClock } from '../fixtures/clock.ts';
import { open, temporaryFolder } from '../store/folder.ts';
import { keepingLog } from '../store/quiet.ts';
import { HOUR, MINUTE } from './support.ts';

/** Local time, as the jobs are. */
const MIDNIGHT = new Date(2026, 5, 10).getTime();
const DAY = 24 * HOUR;

async function start(changes: Partial<Store> = {}) {
  vi.useFakeTimers({ now: MIDNIGHT, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const folder = temporaryFolder();
  const store = await open(`sqlite:${folder}/alivemcp.db`, { clock: realClock });
  const cron = createCron({ clock: realClock, log: keepingLog() });
  onTestFinished(() => cron.stop());
  const backups = { folder: join(folder, 'backups'), keep: keepNewest };
  const kept = { ms: 14 * DAY };
  const ready = { ...store, ...changes };
  startJanitor({
    store: ready,
    cron,
    clock: realClock,
    retentionMs: () => kept.ms,
    rollupsMs: () => 400 * DAY,
    backups,
  });
  const last = (name: string) => cron.jobs().find((job) => job.name === name)?.last;
  return { store, cron, backups, kept, last };
}

/** A backup takes its own time on the disk, whatever the clock says. */
async function until(isSo: () => boolean): Promise<void> {
  const from = performance.now();
  while (!isSo() && performance.now() - from < 20_000) await new Promise((resolve) => setImmediate(resolve));
}

test('every night the store is checked and copied, for this user only, and the last results can be seen', async () => {
  const { backups, last, cron } = await start();
  await vi.advanceTimersByTimeAsync(4 * HOUR);
  await until(() => last('backup') !== null && last('quick_check') !== null);
  expect(last('quick_check')).toMatchObject({ ok: true, message: 'the store is sound' });
  expect(last('backup')).toMatchObject({
    ok: true,
    message: expect.stringMatching(/^wrote .*alivemcp-2026-06-\d\d\.db$/),
  });
  expect(cron.jobs().map(({ name, nextAt }) => [name, nextAt !== null])).toEqual([
    ['rollup', true],
    ['retention', true],
    ['quick_check', true],
    ['backup', true],
  ]);
  const [file] = readdirSync(backups.folder);
  expect(statSync(join(backups.folder, file ?? '')).mode & 0o777).toBe(0o600);
  expect(statSync(backups.folder).mode & 0o077).toBe(0);
});

test('the newest seven copies are kept, and nothing else is touched', async () => {
  const { backups, last } = await start();
  await vi.advanceTimersByTimeAsync(4 * HOUR);
  await until(() => last('backup') !== null);
  for (let day = 1; day < 10; day += 1) writeFileSync(join(backups.folder, `alivemcp-2026-05-0${day}.db`), '');
  writeFileSync(join(backups.folder, 'mine.db'), '');
  await keepNewest(backups.folder);
  expect(readdirSync(backups.folder).filter((name) => name.startsWith('alivemcp-2026-05'))).toEqual(
    [4, 5, 6, 7, 8, 9].map((day) => `alivemcp-2026-05-0${day}.db`),
  );
  expect(readdirSync(backups.folder)).toContain('mine.db');
});

test('rolling up goes on in pieces until there is nothing left, or until the program ends', async () => {
  let pieces = 0;
  const { cron, last } = await start({
    rollUp: async () => {
      pieces += 1;
      return true;
    },
  });
  await vi.advanceTimersByTimeAsync(5.5 * MINUTE);
  const before = pieces;
  expect(before).toBeGreaterThan(100);
  expect(last('rollup')).toBeNull();
  cron.stop();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(pieces).toBe(before);
});

test('a damaged store is said', async () => {
  const { last } = await start({ quickCheck: async () => 'Page 7 is damaged.' });
  await vi.advanceTimersByTimeAsync(4 * HOUR);
  expect(last('quick_check')).toMatchObject({
    ok: false,
    message: 'Page 7 is damaged. Stop the monitor and restore the newest backup.',
  });
});

test('probes older than is configured at that moment are dropped, by the hour; those of a day never', async () => {
  const asked: number[] = [];
  const { kept, last } = await start({
    prune: async (before) => {
      asked.push(Date.now() - before);
      return 0;
    },
  });
  await vi.advanceTimersByTimeAsync(HOUR);
  kept.ms = 3 * DAY;
  await vi.advanceTimersByTimeAsync(HOUR);
  kept.ms = HOUR;
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(asked).toEqual([14 * DAY, 3 * DAY, DAY]);
  expect(last('retention')).toMatchObject({ ok: true, message: 'nothing to drop' });
});
