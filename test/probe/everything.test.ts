import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closedPort } from '../fixtures/targets/deaf.ts';
import { aResource, aTool, failure, probe } from './support.ts';

let child: ChildProcess;
let url = '';

beforeAll(async () => {
  const port = await closedPort();
  url = `http://127.0.0.1:${port}/mcp`;
  const folder = dirname(
    createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json'),
  );
  child = spawn(process.execPath, [join(folder, 'dist/index.js'), 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const isUp = async () => failure(await probe({ url }))?.code !== 'tcp_refused';
  await vi.waitUntil(isUp, { timeout: 60_000, interval: 50 });
});

afterAll(async () => {
  child.kill();
  await once(child, 'exit');
});

test('the published everything server is up: handshake, all tools, a tool that answers', async () => {
  const report = await probe({ url, canaries: [aTool('echo', { arguments: { message: 'are you there?' } })] });
  expect(failure(report)).toBeNull();
  expect(report.tools?.count).toBeGreaterThan(5);
  expect(report.canaries).toMatchObject([{ answer: { kind: 'result', isError: false, text: 'Echo: are you there?' } }]);
});

test('a tool with wrong arguments is red, and the session survives it', async () => {
  const report = await probe({ url, canaries: [aTool('get-sum', { arguments: { a: 'one' } })] });
  expect(report.canaries).toMatchObject([{ sessionSurvived: true }]);
  expect(failure(report)).toMatchObject({ step: 'canary', code: expect.stringMatching(/canary_(is_error|rpc_error)/) });
});

test('a resource it does not have is a JSON-RPC error', async () => {
  expect(failure(await probe({ url, canaries: [aResource('nothing://here')] }))).toMatchObject({
    step: 'canary',
    code: 'canary_rpc_error',
  });
});
