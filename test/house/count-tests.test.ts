import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../scripts/count-tests.mjs');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alivemcp-count-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A result file as vitest writes it: per test file, the standing of each of its tests. */
async function results(name: string, files: readonly { status: string; tests: readonly string[] }[]): Promise<string> {
  const testResults = files.map(({ status, tests }) => ({
    name: 'some.test.ts',
    status,
    message: 'it does not parse',
    assertionResults: tests.map((one, at) => ({
      status: one,
      fullName: `test ${at + 1}`,
      failureMessages: one === 'failed' ? ['expected 1 to be 2'] : [],
    })),
  }));
  const file = join(folder, name);
  await writeFile(file, JSON.stringify({ testResults }));
  return file;
}

function count(...files: readonly string[]): Promise<{ code: number; line: string; before: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...files], (_error, stdout) => {
      const lines = stdout.trim().split('\n');
      resolve({ code: child.exitCode ?? -1, line: lines.at(-1) ?? '', before: lines.slice(0, -1).join('\n') });
    });
  });
}

test('the gate sums what all runs passed and skipped', async () => {
  const one = await results('one.json', [{ status: 'passed', tests: ['passed', 'passed', 'pending'] }]);
  const two = await results('two.json', [{ status: 'passed', tests: ['passed'] }]);
  expect(await count(one, two)).toEqual({ code: 0, line: '3 passed, 0 failed, 1 skipped', before: '' });
});

test('a failed test fails the gate and is named with what was wrong', async () => {
  const file = await results('failed.json', [{ status: 'failed', tests: ['passed', 'failed'] }]);
  expect(await count(file)).toEqual({
    code: 1,
    line: '1 passed, 1 failed, 0 skipped',
    before: 'FAILED some.test.ts: test 2\n  expected 1 to be 2',
  });
});

test('a file that did not load counts as failed', async () => {
  const file = await results('unloaded.json', [{ status: 'failed', tests: [] }]);
  expect(await count(file)).toEqual({
    code: 1,
    line: '0 passed, 1 failed, 0 skipped',
    before: 'FAILED some.test.ts: it does not parse',
  });
});

test('a run that left no result counts as failed', async () => {
  const file = await results('good.json', [{ status: 'passed', tests: ['passed'] }]);
  expect(await count(file, join(folder, 'never-written.json'))).toEqual({
    code: 1,
    line: '1 passed, 1 failed, 0 skipped',
    before: `FAILED ${join(folder, 'never-written.json')} was not written`,
  });
});
