import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { snapshotStore } from '../../src/store/snapshot.ts';
import { open, temporaryFolder } from './folder.ts';

const COMMITTER = fileURLToPath(new URL('./committer.ts', import.meta.url));

/** Another process that writes to the store without pause; resolves after its first commits, with the number acknowledged so far. */
async function writer(file: string): Promise<() => number> {
  const child = spawn(process.execPath, ['--import', 'tsx', COMMITTER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let lines = 0;
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lines += text.split('\n').length - 1;
      if (lines > 30) resolve();
    });
  });
  return () => lines;
}

test('a copy made while another process writes is whole: every commit acknowledged before it began is in it', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'alivemcp.db');
  const acknowledged = await writer(file);
  for (let round = 1; round <= 3; round += 1) {
    const before = acknowledged();
    const copy = join(folder, `copy-${round}`, 'alivemcp.db');
    await snapshotStore(`sqlite:${file}`, copy);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const store = await open(`sqlite:${copy}`);
    const versions = [...(await store.statuses()).values()].map(({ version }) => version);
    expect(versions.reduce((sum, version) => sum + version, 0)).toBeGreaterThanOrEqual(before);
    expect(await store.quickCheck()).toBeNull();
  }
});

test('a store that is not there, the store itself and another program’s file are refused, and nothing is written', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'alivemcp.db');
  await expect(snapshotStore(`sqlite:${file}`, join(folder, 'copy.db'))).rejects.toThrow(
    /There is no store at .*alivemcp\.db\. Name the one the monitor uses with --store\./,
  );
  await (await open(`sqlite:${file}`)).close();
  await expect(snapshotStore(`sqlite:${file}`, file)).rejects.toThrow('is the store itself');
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'notes of a person, long enough to be read as the header of a database file, or so it seems');
  await expect(snapshotStore(`sqlite:${notes}`, join(folder, 'copy.db'))).rejects.toThrow(/not a SQLite database/);
  expect(existsSync(join(folder, 'copy.db'))).toBe(false);
  await expect(snapshotStore(`sqlite:${file}`, notes)).rejects.toThrow(/notes\.txt is there already and is no backup/);
  expect(readFileSync(notes, 'utf8')).toMatch(/^notes of a person/);
  await expect(snapshotStore(`sqlite:${file}`, folder)).rejects.toThrow('is a folder; name a file in it');
  const copy = join(folder, 'copy.db');
  await snapshotStore(`sqlite:${file}`, copy);
  await snapshotStore(`sqlite:${file}`, copy);
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
});
