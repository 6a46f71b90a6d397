import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/store/connection.ts';
import { migrations } from '../../src/store/migrations/list.ts';
import { open, temporaryFolder } from '../store/folder.ts';
import { commit, NOON } from '../store/samples.ts';
import { statementsOf } from '../store/statements.ts';

const MIGRATOR = fileURLToPath(new URL('../store/migrator.ts', import.meta.url));

/** Everything that makes a schema, in order; a file without one has no servers. */
function shapeOf(file: string): readonly unknown[] {
  const db = new Database(file);
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const objects = db
      .prepare("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'probe_%' ORDER BY name")
      .all();
    const schema = db.pragma('user_version', { simple: true });
    return [schema, objects, schema === 0 ? [] : db.prepare('SELECT id FROM server').pluck().all()];
  } finally {
    db.close();
  }
}

/** A store of that schema with a server in it; 0: an empty file. */
async function storeOf(schema: number): Promise<string> {
  const file = join(temporaryFolder(), 'alivemcp.db');
  if (schema === 0) {
    writeFileSync(file, '');
    return file;
  }
  const db = await connect(file, migrations.slice(0, schema), async () => undefined);
  db.exec("INSERT INTO server (n, id) VALUES (0, 'orders')");
  db.close();
  return file;
}

test.each(migrations)(
  'killed within the migration to schema $schema, after each of its statements, the store is the old one and can be brought up to date',
  async ({ schema, sql }) => {
    const old = await storeOf(schema - 1);
    const before = shapeOf(old);
    const statements = statementsOf(sql).length;
    expect(statements).toBeGreaterThan(0);
    for (let after = 0; after <= statements; after += 1) {
      const file = join(temporaryFolder(), 'alivemcp.db');
      copyFileSync(old, file);
      const args = ['--import', 'tsx', MIGRATOR, file, String(schema), String(after)];
      const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect([signal, stderr], `after ${after} statements`).toEqual(['SIGKILL', '']);
      expect(shapeOf(file), `after ${after} statements`).toEqual(before);
      const store = await open(`sqlite:${file}`);
      onTestFinished(() => store.close());
      expect((await store.size()).schema).toBe(migrations.length);
      await store.commit(commit('orders', 1, NOON));
      expect([...(await store.statuses()).keys()]).toEqual(['orders']);
      await store.close();
    }
  },
);
