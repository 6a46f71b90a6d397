import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { open, temporaryFolder } from './folder.ts';
import { commit, NOON } from './samples.ts';

const SERVERS = Array.from({ length: 2000 }, (_, at) => `server-${at}`);

/** Transactions in a write-ahead log: the frames that end one say how large the file is then (sqlite.org/fileformat2.html#walformat). */
function transactionsIn(wal: string): number {
  const bytes = readFileSync(wal);
  const [header, frame] = [32, 24 + bytes.readUInt32BE(8)];
  const starts = Array.from({ length: (bytes.length - header) / frame }, (_, at) => header + at * frame);
  return starts.filter((start) => bytes.readUInt32BE(start + 4) > 0).length;
}

test('first results that come together share one transaction, and so one sync', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  const store = await open(`sqlite:${file}`);
  await store.numbers(SERVERS);
  await store.commit(commit('server-0', 1, NOON));
  const before = transactionsIn(`${file}-wal`);
  await Promise.all(SERVERS.slice(1).map((id) => store.commit(commit(id, 1, NOON))));
  expect(transactionsIn(`${file}-wal`) - before).toBe(1);
  expect(await store.probeCount(NOON)).toBe(SERVERS.length);
});
