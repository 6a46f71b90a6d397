import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchConfig } from '../../src/config/watch.ts';
import { realClock } from '../fixtures/clock.ts';

/** A watched file. `changes` counts what was told. */
async function watched() {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-watch-'));
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'monitor:\n');
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await rm(folder, { recursive: true, force: true });
  });
  let changes = 0;
  // The product's waits, shortened: what is tested is the order of things.
  const clock = { after: (ms: number, run: () => void) => realClock.after(ms === 200 ? 1 : 20, run) };
  await watchConfig({ file, onChange: () => (changes += 1), signal: stop.signal, clock });
  return { folder, file, changes: () => changes };
}

test('a file that is written is told', async () => {
  const { file, changes } = await watched();
  await writeFile(file, 'monitor: { demo: true }\n');
  await vi.waitUntil(() => changes() >= 1, { timeout: 30_000 });
});

test('a file that is replaced, as editors do, is told, again and again', async () => {
  const { folder, file, changes } = await watched();
  for (const round of [1, 2, 3]) {
    await writeFile(join(folder, 'config.yaml~'), `# ${'x'.repeat(round)}\n`);
    await rename(join(folder, 'config.yaml~'), file);
    await vi.waitUntil(() => changes() >= round, { timeout: 30_000 });
  }
});

test('a file that vanishes says nothing until it is back', async () => {
  const { file, changes } = await watched();
  await unlink(file);
  await writeFile(file, 'monitor: { demo: false }\n');
  await vi.waitUntil(() => changes() >= 1, { timeout: 30_000 });
});

test('a change that the folder does not report, as behind a link or a mount, is seen by the regular look', async () => {
  const { folder, file, changes } = await watched();
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, 'real.yaml'), 'monitor:\n');
  await unlink(file);
  await symlink(join(elsewhere, 'real.yaml'), file);
  await vi.waitUntil(() => changes() >= 1, { timeout: 30_000 });
  await writeFile(join(elsewhere, 'real.yaml'), 'monitor: { location: elsewhere }\n');
  await vi.waitUntil(() => changes() >= 2, { timeout: 30_000 });
});

test('after the end nothing is told and nothing is left running', async () => {
  const timers = new Set<() => void>();
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-watch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  const stop = new AbortController();
  const clock = {
    after: (_ms: number, run: () => void) => {
      timers.add(run);
      return () => timers.delete(run);
    },
  };
  await watchConfig({ file, onChange: () => expect.unreachable(), signal: stop.signal, clock });
  expect(timers.size).toBe(1);
  stop.abort();
  expect(timers.size).toBe(0);
});
