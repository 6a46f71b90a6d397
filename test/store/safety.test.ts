import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/core/store.ts';
import { connect } from '../../src/store/connection.ts';
import { migrations } from '../../src/store/migrations/list.ts';
import { createSealer } from '../../src/store/seal.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { createFakeClock, realClock } from '../fixtures/clock.ts';
import { open, temporaryFolder } from './folder.ts';
import { keepingLog } from './quiet.ts';
import { commit, incident, NOON, opening } from './samples.ts';

const LOCK_HOLDER = fileURLToPath(new URL('./lock-holder.ts', import.meta.url));
const ALL = { limit: 1000, cursor: null };
/** An account without rights on what is root's, where these tests run as root. */
const NOBODY = 65_534;

/** A store and the database beneath it, on which a sick disk can be played. */
async function onDatabase(file = join(temporaryFolder(), 'alivemcp.db')) {
  const db = await connect(file, migrations, async () => undefined);
  const clock = createFakeClock(NOON);
  const log = keepingLog();
  const sealer = createSealer(Buffer.alloc(32));
  const store = createSqliteStore({ db, path: file, sealer, clock, log, release: () => undefined });
  // Some end with a store that cannot be closed well.
  onTestFinished(() => store.close().catch(() => undefined));
  return { db, clock, log, store, file };
}

interface Sickness {
  readonly name: string;
  befall(db: Database): void;
  cure(db: Database): void;
  readonly sentence: RegExp;
}

const SICKNESSES: readonly Sickness[] = [
  {
    name: 'a full disk',
    befall: (db) => db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`),
    cure: (db) => db.pragma('max_page_count = 1000000'),
    sentence:
      /^The store .*alivemcp\.db failed: its disk is full\. Free some space; nothing that was stored is lost\.$/,
  },
  {
    name: 'a disk that became read-only',
    befall: (db) => db.pragma('query_only = ON'),
    cure: (db) => db.pragma('query_only = OFF'),
    sentence: /^The store .*alivemcp\.db failed: it is read-only\. Make the file and its folder writable/,
  },
];

/** Plain results until the store says that it refuses them; resolves with the last version. */
async function fillUp(store: Store, from: number): Promise<number> {
  for (let version = from; version < from + 2000; version += 1) {
    await store.commit(commit('orders', version, NOON + version));
    if (version % 50 === 0 && (await store.size()).fault !== null) return version;
  }
  throw new Error('the store never refused');
}

test.each(SICKNESSES)(
  '$name: told in one sentence, results wait, reading goes on, and nothing is lost',
  async ({ befall, cure, sentence }) => {
    const { db, clock, log, store } = await onDatabase();
    await store.commit(commit('orders', 1, NOON + 1));
    await store.flush();
    befall(db);
    const last = await fillUp(store, 2);

    const { fault, waiting } = await store.size();
    expect(fault).toMatch(sentence);
    expect(waiting).toBeGreaterThan(0);
    await expect(store.commit(opening(incident('orders', 'i1'), last + 1, NOON + last + 1, ['ops']))).rejects.toThrow(
      sentence,
    );
    expect((await store.probes('orders', ALL)).items.length).toBeGreaterThan(0);
    expect(await store.openIncidents()).toEqual([]);
    clock.advance(10_000);
    expect(log.lines.filter((line) => line.startsWith('the store refuses to write'))).toHaveLength(1);

    cure(db);
    clock.advance(1000);
    expect(await store.size()).toMatchObject({ fault: null, waiting: 0 });
    expect(log.lines.at(-1)).toContain('the store takes results again');
    expect(await store.probeCount(NOON)).toBe(last);
    await store.commit(opening(incident('orders', 'i1'), last + 1, NOON + last + 1, ['ops']));
    expect((await store.outbox()).pending).toBe(1);
    expect(await store.quickCheck()).toBeNull();
  },
);

test('results wait up to a bound; beyond, the oldest go and are counted', async () => {
  const { db, clock, log, store } = await onDatabase();
  await store.commit(commit('orders', 1, NOON + 1));
  db.pragma('query_only = ON');
  for (let version = 2; version <= 10_005; version += 1) await store.commit(commit('orders', version, NOON + version));
  expect((await store.size()).waiting).toBe(10_000);
  db.pragma('query_only = OFF');
  clock.advance(1000);
  expect(await store.probeCount(NOON)).toBe(10_001);
  expect(log.lines.at(-1)).toContain('"dropped":4');
});

test('another process holds the write lock for 5 s: results wait, nobody waits long for it, and nothing is lost', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const log = keepingLog();
  const store = await open(`sqlite:${file}`, { clock: realClock, log });
  await store.commit(commit('orders', 1, NOON));
  await store.commit(opening(incident('files', 'i0'), 1, NOON, ['ops']));
  const holder = spawn(process.execPath, ['--import', 'tsx', LOCK_HOLDER, file, '5000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const gone = once(holder, 'exit');

  let version = 1;
  let refused = 0;
  let waitedMs = 0;
  while (holder.exitCode === null) {
    version += 1;
    await store.commit(commit('orders', version, NOON + version));
    const from = performance.now();
    const turn = opening(incident('mail', `m${version}`), 1, NOON + version, ['ops']);
    if ((await store.statuses()).get('mail') === undefined)
      refused += await store.commit(turn).then(
        () => 0,
        (error: Error) => Number(/another program holds its write lock/.test(error.message)),
      );
    waitedMs += performance.now() - from;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  await gone;
  expect(refused).toBeGreaterThan(5);
  // Were each to wait its 250 ms, nothing else would have had a turn.
  expect(waitedMs).toBeLessThan(refused * 200);
  await store.flush();
  expect((await store.probes('orders', ALL)).items).toHaveLength(version);
  expect(log.lines.filter((line) => line.startsWith('the store refuses to write'))).toHaveLength(1);
});

test('a store that refuses at the end is tried again before it is closed', async () => {
  const { db, clock, store } = await onDatabase();
  await store.commit(commit('orders', 1, NOON));
  db.pragma('query_only = ON');
  await store.commit(commit('orders', 2, NOON + 1));
  const closed = store.close();
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resume) => setImmediate(resume));
    clock.advance(250);
  }
  expect(db.open).toBe(true);
  db.pragma('query_only = OFF');
  clock.advance(250);
  await closed;
});

test('what is lost when the store refuses to the end is counted', async () => {
  const { db, clock, log, store } = await onDatabase();
  await store.commit(commit('orders', 1, NOON));
  db.pragma('query_only = ON');
  await store.commit(commit('orders', 2, NOON + 1));
  const closed = expect(store.close()).rejects.toThrow('it is read-only');
  for (let turn = 0; turn < 30; turn += 1) {
    await new Promise((resume) => setImmediate(resume));
    clock.advance(250);
  }
  await closed;
  expect(db.open).toBe(false);
  expect(log.lines.join()).toContain('results that the store did not take are lost {"lost":1}');
});

test('a page damaged while it runs: what lies on it is told as damaged, the rest can be read, and the check finds it', async () => {
  const { db, store, file } = await onDatabase();
  for (let version = 1; version <= 400; version += 1) await store.commit(commit(`s${version}`, 1, NOON + version));
  await store.flush();
  db.pragma('wal_checkpoint(TRUNCATE)');
  const page = db.prepare<[], number>("SELECT rootpage FROM sqlite_master WHERE name = 'status'").pluck().get();
  const bytes = readFileSync(file);
  const at = ((page ?? 1) - 1) * 4096;
  writeFileSync(file, bytes.fill(0x5a, at, at + 64));
  db.pragma('cache_size = 0');
  db.pragma('shrink_memory');
  expect(await store.quickCheck()).toMatch(/./);
  await expect(store.statuses()).rejects.toThrow(
    /failed: it is damaged\. Move it away and restore a backup, or start with an empty store\.$/,
  );
  expect((await store.probes('s1', ALL)).items).toHaveLength(1);
});

test('a folder in which nothing may be written is told with what to do, before anything is made', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o500);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const opening = (): Promise<Store> => open(`sqlite:${join(folder, 'alivemcp.db')}`);
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await expect(opening()).rejects.toThrow(
      /alivemcp\.db cannot be written \(EACCES\)\. Make the folder .* writable for the user that runs AliveMCP, or choose another path with --store\.$/,
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
});
