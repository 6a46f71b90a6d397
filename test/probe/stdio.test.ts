import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { maskCommand, type StdioTarget } from '../../src/core/target.ts';
import { aServer, type ServerChanges } from '../fixtures/facts.ts';
import { ended, pidsIn, STDIO_SERVER } from '../fixtures/processes.ts';
import { aTool, failure, faults, probe, stepOf } from './support.ts';

const STEP_MS = 1000;
/** What starting Node may take on a busy machine, beside the steps. */
const START_MS = 2500;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alivemcp-stdio-'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 }));

function aProcess(command: readonly string[], changes: Partial<StdioTarget> = {}): ServerChanges {
  return { target: { kind: 'stdio', command, shown: maskCommand(command), env: {}, protocol: 'auto', ...changes } };
}

const OWN = { HOME: '/home/me', PATH: process.env['PATH'] ?? '', ALIVEMCP_PASSWORD: 'hunter2hunter2' };

interface Visited {
  readonly report: ProbeReport;
  readonly ms: number;
  readonly pids: readonly number[];
}

let count = 0;
async function visit(mode: string, changes: ServerChanges = {}, target: Partial<StdioTarget> = {}): Promise<Visited> {
  count += 1;
  const pidFile = join(folder, String(count));
  const from = performance.now();
  const entry = {
    ...aProcess([process.execPath, STDIO_SERVER, mode, pidFile], target),
    timeoutMs: STEP_MS,
    ...changes,
  };
  const report = await probe(entry, { env: OWN });
  const ms = performance.now() - from;
  return { report, ms, pids: await pidsIn(pidFile) };
}

test('a server over stdio is probed step by step and ended', async () => {
  const { report, pids } = await visit('good', { timeoutMs: 5000, canaries: [aTool('environment')] });
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect ok',
    'initialize ok',
    'initialized ok',
    'tools_list ok',
    'canary ok',
    'close ok',
  ]);
  expect(report).toMatchObject({
    protocolVersion: '2025-06-18',
    serverInfo: { name: 'good', version: '1' },
    tools: { count: 1 },
    tls: null,
  });
  await ended(pids);
});

test('a server gets what is configured and a little of our own environment, and never our secrets', async () => {
  const env = { LOG_LEVEL: 'error' };
  const { report } = await visit('good', { timeoutMs: 5000, canaries: [aTool('environment')] }, { env });
  const [{ answer } = { answer: null }] = report.canaries;
  const given = answer?.kind === 'result' ? answer.json : null;
  expect(given).toEqual({ LOG_LEVEL: 'error', HOME: '/home/me', PATH: OWN.PATH });
});

test('what is secret in its environment and its command line is in no report', async () => {
  const env = { API_TOKEN: 'tok-12345', LOG_LEVEL: 'error' };
  const secret = 'postgresql://me:p4ssw0rd@db/orders';
  const command = [process.execPath, '-e', 'console.error(process.argv, process.env.API_TOKEN)', '--', secret];
  const report = await probe({ ...aProcess([...command, '--key=k-98765'], { env }), timeoutMs: STEP_MS });
  const text = JSON.stringify(report);
  expect(failure(report)?.message).toContain('[secret]');
  expect(text).not.toMatch(/tok-12345|p4ssw0rd|k-98765/);
});

const GOOD_LIMIT = START_MS + 2 * STEP_MS;

test.each([
  ['noise-but-good', 'writes a little to stdout that is no message'],
  ['asks-first', 'waits for answers to its own requests'],
  ['stderr-flood-but-good', 'writes to stderr without end'],
])('%s: a server that %s is up', async (mode) => {
  const { report, pids } = await visit(mode, { timeoutMs: 5000 });
  expect(failure(report)).toBeNull();
  expect(judge(report, aServer()).state).toBe('up');
  await ended(pids);
});

test.concurrent.each<[mode: string, code: string, step: string, message: RegExp, limitMs: number]>([
  ['silent', 'timeout', 'initialize', /within 1 s/, 2000 + GOOD_LIMIT],
  ['garbage', 'stdout_noise', 'initialize', /It starts with: listening on port 3000$/, 2000 + GOOD_LIMIT],
  ['json-logs', 'stdout_noise', 'initialize', /"level":"info"/, GOOD_LIMIT],
  ['exits-at-once', 'process_exited', 'initialize', /exit code 3 .* Error: DATABASE_URL is not set$/, GOOD_LIMIT],
  ['killed-at-once', 'process_exited', 'initialize', /by SIGKILL before it answered initialize/, GOOD_LIMIT],
  ['usage-on-stdout', 'process_exited', 'initialize', /It wrote to stdout: Usage: server FOLDER/, GOOD_LIMIT],
  ['exits-later', 'process_exited', 'tools_list', /exit code 7 before it answered tools\/list/, GOOD_LIMIT],
  ['stdout-flood', 'response_too_large', 'initialize', /4 MiB/, GOOD_LIMIT],
  ['stdout-one-line', 'response_too_large', 'initialize', /4 MiB/, GOOD_LIMIT],
  ['message-flood', 'server_flood', 'initialize', /500 messages/, GOOD_LIMIT],
  ['stderr-flood', 'timeout', 'initialize', /Its stderr ends with: …xxx/, 2000 + GOOD_LIMIT],
  ['deep-json', 'json_too_deep', 'initialize', /64 levels/, 2000 + GOOD_LIMIT],
  ['ignores-everything', 'timeout', 'initialize', /within 1 s/, 4000 + GOOD_LIMIT],
])('%s is %s at %s, and nothing of it is left', async (mode, code, step, message, limitMs) => {
  const { report, ms, pids } = await visit(mode);
  expect(failure(report)).toMatchObject({ code, step, message: expect.stringMatching(message) });
  expect(ms).toBeLessThan(limitMs);
  await ended(pids);
});

test('a call that hangs is told from a server that is gone', async () => {
  const hanging = { ...aTool('environment'), timeoutMs: STEP_MS };
  const { report, pids } = await visit('call-hangs', { timeoutMs: 5000, canaries: [hanging] });
  expect(failure(report)).toMatchObject({ step: 'canary', code: 'canary_timeout' });
  expect(report.canaries).toMatchObject([{ sessionSurvived: true }]);
  await ended(pids);
});

test('a server that stays is killed, which its closing step tells and no other', async () => {
  const { report, ms, pids } = await visit('good-but-stays', { timeoutMs: 5000 });
  expect(failure(report)).toBeNull();
  expect(stepOf(report, 'close')).toMatchObject({ status: 'failed', error: { message: /was killed/ } });
  expect(ms).toBeLessThan(4000 + START_MS);
  await ended(pids);
});

test('what a server has started ends with it, however deaf it is', async () => {
  const { report, ms, pids } = await visit('leaves-a-child', { timeoutMs: 5000 });
  expect(failure(report)).toBeNull();
  expect(pids).toHaveLength(2);
  expect(ms).toBeLessThan(4000 + START_MS);
  await ended(pids);
});

test('a probe that is called off ends its process', async () => {
  const pidFile = join(folder, 'called-off');
  const controller = new AbortController();
  const entry = aProcess([process.execPath, STDIO_SERVER, 'silent', pidFile]);
  const pending = probe(entry, { env: OWN }, controller.signal);
  await expect.poll(() => pidsIn(pidFile), { timeout: 30_000, interval: 10 }).not.toEqual([]);
  controller.abort(new Error('stopping'));
  expect(failure(await pending)).toMatchObject({ code: 'not_monitored' });
  await ended(await pidsIn(pidFile));
});

test('a command that cannot be started says why and what to do', async () => {
  const plain = join(folder, 'plain.txt');
  await writeFile(plain, 'no program', { mode: 0o644 });
  const said = async (program: string) => failure(await probe(aProcess([program]), { env: { PATH: '/usr/bin:/bin' } }));
  expect(await said('no-such-server')).toEqual({
    step: 'connect',
    code: 'spawn_failed',
    message: 'There is no program no-such-server in PATH (/usr/bin:/bin). Give its full path, or set PATH under `env`.',
  });
  expect(await said('./no/such')).toMatchObject({ code: 'spawn_failed', message: /Check the path/ });
  expect(await said(plain)).toMatchObject({ code: 'spawn_failed', message: /may not be executed \(EACCES\)/ });
});

test('the published everything server over stdio is up: handshake, all tools, a tool that answers', async () => {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('@modelcontextprotocol/server-everything/package.json'));
  const command = [process.execPath, join(root, 'dist/index.js'), 'stdio'];
  const canaries = [aTool('echo', { arguments: { message: 'are you there?' } })];
  const report = await probe({ ...aProcess(command), canaries }, { env: OWN });
  expect(failure(report)).toBeNull();
  expect(report.tools?.count).toBeGreaterThan(5);
  expect(report.canaries).toMatchObject([{ answer: { kind: 'result', isError: false, text: 'Echo: are you there?' } }]);
});

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
