import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { migrations } from '../../src/store/migrations/list.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { until } from '../fixtures/until.ts';
import { open, temporaryFolder } from './folder.ts';
import { keepingLog } from './quiet.ts';
import { commit, incident, NOON, opening } from './samples.ts';

const COMMITTER = fileURLToPath(new URL('./committer.ts', import.meta.url));
const fileIn = (...path: string[]) => join(temporaryFolder(), ...path, 'alivemcp.db');

test('folder and file are made, private', async () => {
  const file = fileIn('a', 'b');
  await open(`sqlite:${file}`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
});

test('what was stored is there after the next start, versions of plain results too', async () => {
  const file = fileIn();
  const first = await open(`sqlite:${file}`);
  for (const version of [1, 2, 3]) await first.commit(commit('orders', version, NOON + version));
  await first.close();
  const second = await open(`sqlite:${file}`);
  expect((await second.statuses()).get('orders')?.version).toBe(3);
  await second.commit(commit('orders', 4, NOON + 3));
  const starts = (await second.probes('orders', { limit: 9, cursor: null })).items.map(
    (record) => record.report.startedAt - NOON,
  );
  expect(starts).toEqual([3, 3, 2, 1]);
});

test.each([
  ['postgres://host/db', 'PostgreSQL is not in this version; use sqlite:PATH.'],
  ['data/alivemcp.db', '"data/alivemcp.db" is not a store; use sqlite:PATH, such as sqlite:data/alivemcp.db.'],
])('%s is refused in words', async (url, message) => {
  await expect(open(url)).rejects.toMatchObject({ name: 'StoreError', message });
});

test('a folder that cannot be made is told with what to do', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(open(`sqlite:${join(folder, 'file', 'alivemcp.db')}`)).rejects.toThrow(
    /alivemcp\.db cannot be written \(E[A-Z]+\)\. Make the folder .* writable .*--store\.$/,
  );
  await expect(open(`sqlite:${folder}`)).rejects.toThrow(
    /It is a folder: name a file, such as .*alivemcp\.db with --store\.$/,
  );
});

test('a file that is no database is refused and left as it was', async () => {
  const file = fileIn();
  writeFileSync(file, 'notes of a person, long enough to be read as the header of a database file, or so it seems');
  const before = readFileSync(file);
  await expect(open(`sqlite:${file}`)).rejects.toThrow(/it is not a SQLite database\. Choose another path/);
  expect(readFileSync(file)).toEqual(before);
});

test('a database of another program is refused and left as it was', async () => {
  const file = fileIn();
  const other = new Database(file);
  other.exec('CREATE TABLE recipe (id)');
  other.close();
  const before = readFileSync(file);
  await expect(open(`sqlite:${file}`)).rejects.toThrow('is a database of another program');
  expect(readFileSync(file)).toEqual(before);
});

test('a store of a newer version is refused and left as it was', async () => {
  const file = fileIn();
  await (await open(`sqlite:${file}`)).close();
  const newer = new Database(file);
  newer.pragma('user_version = 99');
  newer.pragma('journal_mode = DELETE');
  newer.close();
  const before = readFileSync(file);
  await expect(open(`sqlite:${file}`)).rejects.toThrow(
    `This store was written by a newer AliveMCP (schema 99; this version knows ${migrations.length}). Start that version, or restore a backup.`,
  );
  expect(readFileSync(file)).toEqual(before);
});

test('a damaged page is found at the start', async () => {
  const file = fileIn();
  const store = await open(`sqlite:${file}`);
  for (let version = 1; version < 200; version += 1) await store.commit(commit(`server-${version}`, 1, NOON + version));
  await store.close();
  const bytes = readFileSync(file);
  const page = Math.floor(bytes.length / 4096 / 2) * 4096;
  writeFileSync(file, bytes.fill(0x5a, page, page + 64));
  await expect(open(`sqlite:${file}`)).rejects.toThrow(/damaged.*restore a backup/);
});

test('a second instance in the same process is refused until the first has closed', async () => {
  const file = fileIn();
  const first = await open(`sqlite:${file}`);
  await expect(open(`sqlite:${file}`)).rejects.toThrow(
    `is in use by another AliveMCP (process ${process.pid}). Stop that one, or give this one another store with --store.`,
  );
  await first.close();
  await open(`sqlite:${file}`);
});

test('another process holding the store is named, and one that was killed leaves nothing in the way', async () => {
  const file = fileIn();
  const holder = spawn(process.execPath, ['--import', 'tsx', COMMITTER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    holder.kill('SIGKILL');
  });
  await once(holder.stdout, 'data');
  await expect(open(`sqlite:${file}`)).rejects.toThrow(`(process ${holder.pid})`);
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  const store = await open(`sqlite:${file}`);
  expect(await store.quickCheck()).toBeNull();
});

test('a refused start leaves neither lock nor handle behind', async () => {
  const file = fileIn();
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(join(file, '..', 'alivemcp.key'), 'short');
  await expect(open(`sqlite:${file}`)).rejects.toThrow(/^The key file .* must be 32 bytes/);
  writeFileSync(join(file, '..', 'alivemcp.key'), Buffer.alloc(32, 1).toString('base64'));
  chmodSync(join(file, '..', 'alivemcp.key'), 0o600);
  await open(`sqlite:${file}`);
});

test('a backup is one private file that opens as a store with everything in it', async () => {
  const folder = temporaryFolder();
  const store = await open(`sqlite:${join(folder, 'alivemcp.db')}`);
  for (const version of [1, 2, 3]) await store.commit(commit('orders', version, NOON + version));
  const copy = join(folder, 'copies', 'alivemcp.db');
  await store.backup(copy);
  await store.backup(copy);
  expect(readdirSync(join(folder, 'copies'))).toEqual(['alivemcp.db']);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  // The header's bytes for a database without a write-ahead log: it can be read from a read-only disk.
  expect([...readFileSync(copy).subarray(18, 20)]).toEqual([1, 1]);
  const restored = await open(`sqlite:${copy}`);
  const all = { limit: 9, cursor: null };
  expect(await restored.probes('orders', all)).toEqual(await store.probes('orders', all));
});

test('a backup onto the store itself is refused', async () => {
  const file = fileIn();
  const store = await open(`sqlite:${file}`);
  await expect(store.backup(file)).rejects.toThrow('is the store itself');
  expect(await store.quickCheck()).toBeNull();
});

test('results go on while a backup runs, and closing ends it', async () => {
  const folder = temporaryFolder();
  const store = await open(`sqlite:${join(folder, 'alivemcp.db')}`);
  for (let at = 0; at < 4000; at += 1) await store.commit(commit(`s${at % 40}`, Math.floor(at / 40) + 1, NOON + at));
  await store.flush();
  const ended = expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(
    'The backup was ended because the store is closing',
  );
  await store.commit(commit('s0', 101, NOON + 9000));
  await store.close();
  await ended;
  expect(existsSync(join(folder, 'copy.db'))).toBe(false);
  expect(existsSync(join(folder, 'copy.db.part'))).toBe(false);
});

test('what stands in the write-ahead log is moved to its place by a thread of its own, not by who writes', async () => {
  const file = fileIn();
  const store = await open(`sqlite:${file}`);
  const other = new Database(file);
  onTestFinished(() => {
    other.close();
  });
  const moved = () =>
    z.tuple([z.object({ checkpointed: z.int() })]).parse(other.pragma('wal_checkpoint(NOOP)'))[0].checkpointed;
  const entry = { name: 'x'.repeat(200_000) };
  for (let at = 0; at < 50; at += 1) await store.saveServer({ id: `s${at}`, entry, secrets: [] });
  expect(moved()).toBe(0);
  await store.commit(commit('orders', 1, NOON));
  await until(() => moved() > 2000, { what: 'the log is moved', ms: 60_000 });
});

test('while another program holds the write lock, plain results wait and reading goes on', async () => {
  const file = fileIn();
  const clock = createFakeClock(NOON);
  const log = keepingLog();
  const store = await open(`sqlite:${file}`, { clock, log });
  const all = { limit: 9, cursor: null };
  await store.commit(commit('orders', 1, NOON));
  const other = new Database(file);
  onTestFinished(() => {
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  await store.commit(commit('orders', 2, NOON + 1));
  expect((await store.probes('orders', all)).items).toHaveLength(1);
  expect((await store.probes('orders', all)).items).toHaveLength(1);
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toContain('the store refuses to write: results wait in memory');
  await store.commit(commit('orders', 3, NOON + 2));
  await expect(store.commit(opening(incident('orders', 'i1'), 4, NOON + 3, ['ops']))).rejects.toThrow(
    /failed: another program holds its write lock\. Close the program that has the file open\.$/,
  );
  other.exec('COMMIT');
  clock.advance(1000);
  expect((await store.probes('orders', all)).items).toHaveLength(3);
  await store.commit(opening(incident('orders', 'i1'), 4, NOON + 3, ['ops']));
  expect((await store.outbox()).pending).toBe(1);
});

test('its size and schema are told', async () => {
  const store = await open(`sqlite:${fileIn()}`);
  const size = await store.size();
  expect(size.schema).toBe(migrations.length);
  expect(size.bytes).toBeGreaterThan(4096);
});
