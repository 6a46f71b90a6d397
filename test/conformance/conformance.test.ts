import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const suite = (year: 2025 | 2026): string => join(repository, `node_modules/mcp-conformance-${year}/dist/index.js`);

/** The last version of the suite that loads on Node 20 knows revisions up to 2025-11-25. */
const OLDER = [suite(2025)];
const NEWER = ['--import', join(import.meta.dirname, 'globsync.mjs'), suite(2026)];

const MODERN = ['--spec-version', '2026-07-28'];

/** Scenario, the suite that has it, and what that is to be told besides. */
const SCENARIOS = [
  ['initialize', OLDER, []],
  ['tools_call', OLDER, []],
  ['sse-retry', OLDER, []],
  ['tools_call', NEWER, MODERN],
  ['request-metadata', NEWER, MODERN],
  ['http-standard-headers', NEWER, MODERN],
  ['http-custom-headers', NEWER, MODERN],
  ['json-schema-ref-no-deref', NEWER, MODERN],
  ['auth/client-credentials-basic', NEWER, []],
  ['auth/client-credentials-jwt', NEWER, []],
] as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 }));

// A scenario that does not apply exits with 0 as well, so that its checks passed has to be read.
test.each(SCENARIOS)('the protocol’s own suite is content with us: %s', async (scenario, harness, options) => {
  const command = `${process.execPath} --import tsx ${join(import.meta.dirname, 'client.ts')}`;
  const args = ['client', '--command', command, '--scenario', scenario, '--timeout', '60000', '-o', folder, ...options];
  const said = await run(process.execPath, [...harness, ...args]);
  expect(said).toMatch(/Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/);
  expect(said).toContain('OVERALL: PASSED');
});

/** All it printed, whatever its exit code. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: repository, timeout: 90_000 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}
