import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { listOf } from './contract-tools.ts';
import { open, temporaryFolder } from './folder.ts';
import { commit, NOON } from './samples.ts';

test('a list is on disk once however many servers have it, and goes with the last of them', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const store = await open(`sqlite:${file}`);
  const first = (serverId: string, hash: string) => {
    const known = { hash, at: NOON };
    const standing = { serverId, accepted: known, current: known, drift: null, candidate: null, changedAt: null };
    return { tools: { standing, list: listOf(hash), change: null } };
  };
  const reader = new Database(file, { readonly: true });
  const count = () => reader.prepare('SELECT count(*) FROM tool_list').pluck().get();
  for (const id of ['a', 'b', 'c']) await store.commit(commit(id, 1, NOON, first(id, 'same')));
  await store.commit(commit('d', 1, NOON, first('d', 'other')));
  expect(count()).toBe(2);
  await store.removeServer('d');
  await store.removeServer('a');
  expect(count()).toBe(1);
  await store.removeServer('b');
  await store.removeServer('c');
  expect(count()).toBe(0);
  reader.close();
});
