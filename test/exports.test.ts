import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { ExportFormat } from '../src/core/ports.ts';
import { createExports } from '../src/exports.ts';
import { createExportHere } from '../src/http/export-here.ts';
import { createFakeClock } from './fixtures/clock.ts';
import { open, temporaryFolder } from './store/folder.ts';
import { keepingLog } from './store/quiet.ts';
import { commit, DAY_MS, NOON } from './store/samples.ts';

/** A store in a file with probes of the server `orders`, the last of them not on disk yet, and its exports. */
async function withProbes(count: number, from = NOON) {
  const path = join(temporaryFolder(), 'alivemcp.db');
  const clock = createFakeClock(NOON);
  const log = keepingLog();
  const store = await open(`sqlite:${path}`, { clock });
  const exports = createExports({ store, path, clock, log });
  // Before the store, which is closed with the test too.
  onTestFinished(() => exports.close());
  for (let n = 0; n < count; n += 1) await store.commit(commit('orders', n + 1, from + n * 1000));
  const whole = async (format: ExportFormat): Promise<string> => {
    let text = '';
    for await (const piece of exports.probes('orders', format)) text += Buffer.from(piece).toString();
    return text;
  };
  return { path, clock, log, store, exports, whole };
}

/** The thread that the next export starts. */
async function threadOf(exporting: () => Promise<unknown>): Promise<Worker> {
  const started = once(process, 'worker');
  await exporting();
  const [thread] = await started;
  return thread;
}

const rows = (csv: string): number => csv.split('\r\n').length - 2;

test('a thread writes what the monitor itself would have written, what was accepted a moment ago included', async () => {
  const { store, whole, exports } = await withProbes(600);
  for (const format of ['csv', 'ndjson'] as const) {
    let here = '';
    for await (const text of createExportHere(store)('orders', format)) here += Buffer.from(text).toString();
    expect(await whole(format)).toBe(here);
  }
  // The clock stands still, so this one waits to be written with others.
  await store.commit(commit('orders', 601, NOON + DAY_MS));
  expect(rows(await whole('csv'))).toBe(601);
  for await (const piece of exports.probes('nobody', 'ndjson')) expect.fail(`there is nothing of it: ${piece}`);
});

/** How the threads of this process stand: their niceness, in ascending order. Linux only. */
function niceness(): number[] {
  const stats = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'latin1'));
  // The name in brackets may hold anything; of what follows, the 17th (proc(5)).
  return stats.map((text) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16])).sort((a, b) => a - b);
}

test.runIf(process.platform === 'linux')('the threads of exports and of the store give way, and no other', async () => {
  const { store, whole } = await withProbes(10);
  const own = getPriority();
  expect(new Set(niceness())).toEqual(new Set([own]));
  await Promise.all([whole('csv'), store.quickCheck()]);
  const nicer = Math.min(own + 10, 19);
  expect(niceness().slice(-3)).toEqual([own, nicer, nicer]);
});

test('a piece is made when it is asked for: a day dropped meanwhile ends the export, a probe made meanwhile is not in it', async () => {
  const { store, exports } = await withProbes(1200, NOON - 2 * DAY_MS);
  for (let n = 0; n < 600; n += 1) await store.commit(commit('orders', 1201 + n, NOON + n * 1000));
  const pieces = exports.probes('orders', 'csv')[Symbol.asyncIterator]();
  let text = Buffer.from((await pieces.next()).value).toString();
  expect(rows(text)).toBeLessThan(600);
  await store.commit(commit('orders', 1801, NOON + 600_000));
  while (await store.rollUp(NOON, 0));
  expect(await store.prune(NOON - DAY_MS)).toBe(1);
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next())
    text += Buffer.from(piece.value).toString();
  expect(rows(text)).toBe(600);
});

test('a thread that dies ends the exports under way, which is logged; the next export has a new one', async () => {
  const { exports, whole, log } = await withProbes(1200);
  const pieces = exports.probes('orders', 'ndjson')[Symbol.asyncIterator]();
  const thread = await threadOf(() => pieces.next());
  const next = pieces.next();
  await Promise.all([expect(next).rejects.toThrow('The thread that exports ended'), thread.terminate()]);
  expect(log.lines).toEqual([expect.stringContaining('an export ended before it was whole {"server":"orders"')]);
  expect(rows(await whole('csv'))).toBe(1200);
});

test('nobody exports for a minute: the thread ends, and the next export starts another', async () => {
  const { clock, whole } = await withProbes(10);
  const thread = await threadOf(() => whole('csv'));
  clock.advance(59_000);
  await whole('csv');
  const ended = once(thread, 'exit');
  clock.advance(60_000);
  await ended;
  const another = await threadOf(async () => expect(rows(await whole('csv'))).toBe(10));
  expect(another).not.toBe(thread);
});

test('exports end with the monitor, and the store clears up after them', async () => {
  const { exports, store, path, whole } = await withProbes(1200);
  const pieces = exports.probes('orders', 'ndjson')[Symbol.asyncIterator]();
  await pieces.next();
  const next = pieces.next();
  await Promise.all([
    expect(next).rejects.toThrow('The export was ended because the monitor is stopping.'),
    exports.close(),
  ]);
  await expect(whole('csv')).rejects.toThrow('The export was ended');
  await store.close();
  expect(existsSync(`${path}-wal`), 'the write-ahead log').toBe(false);
  await expect(whole('csv')).rejects.toThrow('The store is closed.');
});

test('a store that cannot be opened a second time is told in one sentence, and tried anew', async () => {
  const { path, whole } = await withProbes(10);
  renameSync(path, `${path}.away`);
  await expect(whole('csv')).rejects.toThrow(/^The store .*alivemcp\.db failed: it cannot be opened\./);
  renameSync(`${path}.away`, path);
  expect(rows(await whole('csv'))).toBe(10);
});
