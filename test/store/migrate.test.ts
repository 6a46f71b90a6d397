import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { copyStore } from '../../src/store/backup.ts';
import { connect } from '../../src/store/connection.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/list.ts';
import { open, temporaryFolder } from './folder.ts';
import { commit, NOON } from './samples.ts';

const newest = migrations.length;
const next = { schema: newest + 1, sql: 'ALTER TABLE pause ADD COLUMN note TEXT' };
const broken = {
  schema: newest + 2,
  sql: 'CREATE TABLE half (id INTEGER) STRICT; INSERT INTO half VALUES (1); INSERT INTO nowhere VALUES (1)',
};

async function storedFile(): Promise<string> {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const store = await open(`sqlite:${file}`);
  await store.commit(commit('orders', 1, NOON));
  await store.close();
  return file;
}

async function connected(file: string, list: readonly Migration[]): Promise<Database.Database> {
  const db = await connect(file, list, (old, schema) =>
    copyStore(old, `${file}.schema-${schema}.backup`, new AbortController().signal),
  );
  onTestFinished(() => {
    db.close();
  });
  return db;
}

const schemaOf = (file: string) => {
  const db = new Database(file, { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
};

test('an older store is copied, then brought up to date with its rows', async () => {
  const file = await storedFile();
  const db = await connected(file, [...migrations, next]);
  expect(db.pragma('user_version', { simple: true })).toBe(newest + 1);
  expect(db.prepare('SELECT count(*) FROM status').pluck().get()).toBe(1);
  expect(db.prepare('SELECT note FROM pause').all()).toEqual([]);
  const copy = `${file}.schema-${newest}.backup`;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const restored = await open(`sqlite:${copy}`);
  expect([...(await restored.statuses()).keys()]).toEqual(['orders']);
});

test('a migration that fails leaves the schema before it, and the copy', async () => {
  const file = await storedFile();
  await expect(connected(file, [...migrations, next, broken])).rejects.toThrow();
  expect(schemaOf(file)).toBe(newest + 1);
  const db = await connected(file, [...migrations, next]);
  expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").all()).toEqual([]);
  expect(existsSync(`${file}.schema-${newest}.backup`)).toBe(true);
});

test('a store of each older schema is brought up to date', async () => {
  for (const { schema } of migrations) {
    const file = join(temporaryFolder(), 'alivemcp.db');
    (await connected(file, migrations.slice(0, schema))).close();
    const store = await open(`sqlite:${file}`);
    await store.commit(commit('orders', 1, NOON));
    expect(await store.toolStandings()).toEqual(new Map());
    expect((await store.size()).schema).toBe(newest);
  }
});

test('a new store and one that is up to date are not copied', async () => {
  const file = await storedFile();
  await (await open(`sqlite:${file}`)).close();
  expect(readdirSync(join(file, '..')).filter((name) => name.includes('backup'))).toEqual([]);
});

test('the migrations are numbered 1, 2, 3 … without a gap', () => {
  expect(migrations.map(({ schema }) => schema)).toEqual(migrations.map((_, at) => at + 1));
});

test('a store is durable and strict: WAL, full sync, foreign keys, no trusted schema', async () => {
  const db = await connected(await storedFile(), migrations);
  const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'cell_size_check', 'busy_timeout'];
  expect(settings.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 1, 0, 1, 250]);
  const lax = db
    .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
    .all();
  expect(lax).toEqual([]);
});
