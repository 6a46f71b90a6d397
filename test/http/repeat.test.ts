import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { Probe } from '../../src/http/schema-probe.ts';
import { aCanary, aFailure, anAnswer, aReport, callTool } from '../fixtures/facts.ts';
import { start } from './start.ts';

const URL = 'http://127.0.0.1:9999/mcp';
const run = promisify(execFile);

/** What curl would be given, by a shell whose curl answers with a session and notes its words. */
async function wordsOf(command: string): Promise<string[][]> {
  const script = `curl() { { printf '%s\\036' "$@"; printf '\\035'; } >&2; printf 'HTTP/1.1 200 OK\\r\\nMcp-Session-Id: s-1\\r\\n'; }\n${command}`;
  const { stderr } = await run('sh', ['-c', script]);
  return stderr
    .split('\x1d')
    .slice(0, -1)
    .map((call) => call.split('\x1e').slice(0, -1));
}

async function repeatOf(
  changes: Parameters<Awaited<ReturnType<typeof start>>['monitor']['watch']>,
  seen: Parameters<Awaited<ReturnType<typeof start>>['monitor']['willSee']>[0],
) {
  const { call, get, monitor } = await start();
  monitor.watch(...changes);
  monitor.willSee(seen);
  const { id } = Probe.parse((await call('POST', '/api/v1/servers/orders/probe')).json);
  const answer = await get(`/api/v1/servers/orders/probes/${id}`);
  expect(answer.text).not.toContain('s3cret');
  return Probe.parse(answer.json).repeat;
}

test('a call that failed is repeated within a session of its own, with what was written in the entry', async () => {
  const args = { query: "it's $HOME", key: 's3cret' };
  const repeat = await repeatOf(
    [
      { id: 'orders', auth: { type: 'bearer', token: 's3cret' }, canaries: [{ ...callTool, arguments: args }] },
      null,
      { id: 'orders', url: URL, canary: { tool: 'health_check', arguments: { ...args, key: '${KEY}' } } },
    ],
    aCanary({ kind: 'result', isError: true, text: 'no', json: undefined }),
  );
  const [open, call] = await wordsOf(repeat ?? '');
  expect(open).toEqual(expect.arrayContaining(['-isS', URL, 'authorization: Bearer …']));
  expect(JSON.parse(open?.at(-1) ?? '')).toMatchObject({
    method: 'initialize',
    params: { protocolVersion: '2025-11-25' },
  });
  expect(call).toContain('mcp-session-id: s-1');
  expect(JSON.parse(call?.at(-1) ?? '')).toMatchObject({
    method: 'tools/call',
    params: { name: 'health_check', arguments: { query: "it's $HOME", key: '${KEY}' } },
  });
});

test('a server that could not be reached is only asked to initialize', async () => {
  const repeat = await repeatOf([{ id: 'orders' }], aFailure(reason('tcp_refused', 'connect')));
  const [open, ...others] = await wordsOf(repeat ?? '');
  expect(others).toEqual([]);
  expect(JSON.parse(open?.at(-1) ?? '')).toMatchObject({ method: 'initialize' });
});

test('a health URL is simply fetched', async () => {
  const ready = 'http://127.0.0.1:9999/ready?token=s3cret';
  const repeat = await repeatOf(
    [{ id: 'orders', healthUrl: { ready, live: null, headers: {}, expectStatus: null } }],
    aReport({ health: { ready: { ...anAnswer(503), url: ready }, live: null } }),
  );
  expect(await wordsOf(repeat ?? '')).toEqual([['-i', 'http://127.0.0.1:9999/ready?token=***']]);
});

test('what was good needs no repeating', async () => {
  expect(await repeatOf([{ id: 'orders' }], aReport())).toBeNull();
});
