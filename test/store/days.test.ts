import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/store/connection.ts';
import { migrations } from '../../src/store/migrations/list.ts';
import { toRow } from '../../src/store/probe-row.ts';
import { open, temporaryFolder } from './folder.ts';
import { commit, judgement, NOON, report } from './samples.ts';

const all = { limit: 100, cursor: null };

/** A store as schema 6 left it: one probe of one server, at noon. */
async function olderStore(): Promise<string> {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const db = await connect(file, migrations.slice(0, 6), async () => undefined);
  const { durations, numbers, seen } = toRow({ report: report('orders', NOON), judgement: judgement() }, NOON);
  db.exec(`
    INSERT INTO server (n, id) VALUES (0, 'orders');
    CREATE TABLE probe_20260506 (
      server INTEGER NOT NULL, at INTEGER NOT NULL, connect INTEGER, initialize INTEGER, tools_list INTEGER,
      canary INTEGER, health_url INTEGER, seen INTEGER NOT NULL, said INTEGER, numbers BLOB NOT NULL,
      PRIMARY KEY (server, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE text_20260506 (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT`);
  db.prepare('INSERT INTO text_20260506 (id, body) VALUES (1, ?)').run(seen);
  const { connect: dialled, initialize, tools_list: listed, canary, health_url: asked } = durations;
  db.prepare('INSERT INTO probe_20260506 VALUES (0, ?, ?, ?, ?, ?, ?, 1, NULL, ?)').run(
    ...[NOON, dialled, initialize, listed, canary, asked, numbers],
  );
  db.close();
  return file;
}

test('the days of earlier versions are read, added to and dropped as they are', async () => {
  const file = await olderStore();
  const store = await open(`sqlite:${file}`);
  await store.commit(commit('orders', 1, NOON + 1));
  await store.commit(commit('orders', 2, NOON + 86_400_000));
  const starts = (await store.probes('orders', all)).items.map(({ report: seen }) => seen.startedAt - NOON);
  expect(starts).toEqual([86_400_000, 1, 0]);
  expect(await store.probe('orders', String(NOON))).toMatchObject({ report: report('orders', NOON) });
  expect(await store.latency('orders', 'initialize', NOON, NOON + 9)).toHaveLength(2);
  expect(await store.probeCount(NOON)).toBe(3);
  while (await store.rollUp(NOON + 2 * 86_400_000, 0));
  expect(await store.prune(NOON + 86_400_000)).toBe(1);
  expect((await store.probes('orders', all)).items).toHaveLength(1);
});

test('a dropped day is gone at once; its rows are removed bit by bit, also by the next run', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const first = await open(`sqlite:${file}`);
  await first.commit(commit('orders', 1, NOON));
  await first.commit(commit('orders', 2, NOON + 86_400_000));
  await first.close();
  const db = new Database(file);
  onTestFinished(() => void db.close());
  db.exec(`
    WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 4999)
    INSERT INTO probes_20260506 SELECT id + n, connect, initialize, tools_list, canary, health_url, seen, said, numbers
    FROM probes_20260506, more`);
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE name GLOB '*_20260506' ORDER BY name")
    .pluck();
  const left = (): unknown => db.prepare('SELECT count(*) FROM dropped_probes_20260506').pluck().get();
  const second = await open(`sqlite:${file}`);
  while (await second.rollUp(NOON + 2 * 86_400_000, 0));
  expect(await second.prune(NOON + 86_400_000)).toBe(1);
  expect((await second.probes('orders', all)).items).toHaveLength(1);
  expect(await second.clear()).toBe(true);
  expect([tables.all(), left()]).toEqual([['dropped_probes_20260506', 'dropped_text_20260506'], 3000]);
  await second.close();
  const third = await open(`sqlite:${file}`);
  expect((await third.probes('orders', all)).items).toHaveLength(1);
  expect(await third.prune(NOON + 86_400_000)).toBe(0);
  while (await third.clear());
  expect(tables.all()).toEqual([]);
  expect(await third.quickCheck()).toBeNull();
});

test('what was said leaves the file with the detail', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const store = await open(`sqlite:${file}`);
  for (let minute = 0; minute < 60; minute += 1) {
    const answer = { kind: 'result', isError: false, text: `answer ${minute}`, json: undefined } as const;
    const canaries = [{ canary: { kind: 'tool', tool: 'a' }, ms: 1, answer, sessionSurvived: null }] as const;
    const record = { report: report('orders', NOON + minute * 60_000, { canaries }), judgement: judgement() };
    await store.commit(commit('orders', minute + 1, NOON + minute * 60_000, { record }));
  }
  while (await store.rollUp(NOON + 3_600_000, 0));
  await store.close();
  const db = new Database(file, { readonly: true });
  const texts = db.prepare('SELECT count(*) FROM text_20260506').pluck().get();
  db.close();
  // Twenty answers, what was seen of these probes and of the others.
  expect(texts).toBe(22);
});
