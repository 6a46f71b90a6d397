import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProbeReport } from '../../src/core/probe.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { createProber } from '../../src/probe/prober.ts';
import { aServer, aTarget } from '../fixtures/facts.ts';
import { closedPort } from '../fixtures/targets/deaf.ts';
import { startModern } from '../fixtures/targets/modern.ts';
import { type SseRow, type SseTarget, startSse } from '../fixtures/targets/sse-server.ts';
import { until } from '../fixtures/until.ts';
import { ANYWHERE, aTool, BUSY_MS, eventually, failure, faults, probe } from './support.ts';

let target: SseTarget;
beforeAll(async () => {
  target = await startSse();
});
afterAll(() => target.close());

const STEP_MS = 500;
const pinned = (row: SseRow, canaries = [aTool('check')]): Promise<ProbeReport> =>
  probe({ target: aTarget(target.url(row), { transport: 'sse' }), timeoutMs: STEP_MS, canaries });

test('a server of HTTP+SSE is found by the refusal of its first POST, and probed step by step', async () => {
  const report = await probe({ url: target.url('good'), canaries: [aTool('check')] });
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect ok',
    'initialize ok',
    'initialized ok',
    'tools_list ok',
    'canary ok',
    'close ok',
  ]);
  expect(report).toMatchObject({
    // Of the stream, not of the refused POST that led to it.
    httpStatus: 200,
    protocolVersion: '2024-11-05',
    serverInfo: { name: 'older', version: '1' },
    tools: { count: 1 },
    canaries: [{ answer: { kind: 'result', json: { ok: true } } }],
  });
  expect(target.requests('good')).toEqual([
    'POST initialize',
    'GET',
    'POST initialize',
    'POST notifications/initialized',
    'POST tools/list',
    'POST tools/call',
  ]);
  await eventually(() => target.connections() === 0, 'both connections are closed');
});

test('what was found is remembered by the prober', async () => {
  const own = await startSse();
  const prober = createProber({
    location: 'here',
    version: '0.0.1',
    clock: systemClock,
    network: ANYWHERE,
    log: { info: () => undefined, warn: () => undefined, error: (fields) => void faults.push(fields) },
  });
  const server = aServer({ url: own.url('good') });
  const once = () => prober.probe({ server, scheduledAt: 0, signal: new AbortController().signal });
  try {
    expect(failure(await once())).toBeNull();
    const asked = own.requests('good').length;
    expect(failure(await once())).toBeNull();
    expect(own.requests('good').slice(asked)).toEqual([
      'GET',
      'POST initialize',
      'POST notifications/initialized',
      'POST tools/list',
    ]);
  } finally {
    await own.close();
  }
});

test.each<[SseRow, string]>([
  ['redirected', 'redirects the stream within its origin'],
  ['late-202', 'answers before it has accepted the request'],
  ['chatty', 'says other things in between'],
])('%s: a server that %s is up', async (row) => {
  expect(failure(await pinned(row))).toBeNull();
});

test.each<[row: SseRow, code: string, step: string, message: RegExp]>([
  ['no-endpoint', 'sse_no_endpoint', 'initialize', /did not say in time/],
  ['ends-at-once', 'sse_no_endpoint', 'initialize', /ended before/],
  ['foreign', 'sse_no_endpoint', 'initialize', /names http:\/\/127\.0\.0\.2:9 for messages/],
  ['unreadable', 'sse_no_endpoint', 'initialize', /cannot be read/],
  ['headers-hang', 'timeout', 'initialize', /within 500 ms/],
  ['a-page', 'wrong_content_type', 'initialize', /is text\/html, not an event stream/],
  ['not-found', 'http_client_error', 'initialize', /HTTP 404/],
  ['broken', 'http_server_error', 'initialize', /HTTP 500: database is down/],
  ['walled', 'auth_required', 'initialize', /HTTP 401/],
  ['post-400', 'http_client_error', 'initialize', /HTTP 400: no such session/],
  ['post-500', 'http_server_error', 'initialize', /HTTP 500: database is down/],
  ['post-hangs', 'timeout', 'initialize', /within 500 ms/],
  ['post-reset', 'connection_reset', 'initialize', /cut the connection/],
  ['never-answers', 'timeout', 'initialize', /within 500 ms/],
  ['refuses-initialized', 'initialized_rejected', 'initialized', /HTTP 400: not now/],
  ['cut-after-hello', 'stream_ended', 'tools_list', /ended before the answer/],
  ['reset-after-hello', 'connection_reset', 'tools_list', /cut the connection/],
  ['forgets', 'session_lost', 'tools_list', /HTTP 404/],
  ['bad-event', 'stream_bad_event', 'initialize', /not valid JSON-RPC/],
  ['flood', 'server_flood', 'initialize', /500 messages/],
  ['endless-event', 'response_too_large', 'initialize', /4 MiB/],
])('%s is %s at %s', async (row, code, step, message) => {
  const from = performance.now();
  expect(failure(await pinned(row))).toMatchObject({ code, step, message: expect.stringMatching(message) });
  expect(performance.now() - from).toBeLessThan(2 * STEP_MS + BUSY_MS);
  await eventually(() => target.connections() === 0, 'no connection is left');
});

test('a session that is lost is opened anew, with a stream of its own, once', async () => {
  const before = target.requests('forgets').length;
  await pinned('forgets');
  expect(target.requests('forgets').slice(before)).toEqual([
    ...['GET', 'POST initialize', 'POST notifications/initialized', 'POST tools/list'],
    ...['GET', 'POST initialize', 'POST notifications/initialized', 'POST tools/list'],
  ]);
});

test.each<[SseRow, string]>([
  ['no-endpoint', 'sends no endpoint'],
  ['a-page', 'shows a page instead'],
  ['headers-hang', 'answers nothing'],
  ['not-found', 'refuses that, too'],
])('where the address is not one of MCP and GET %s, the reason is that of the first initialize', async (row) => {
  const report = await probe({ url: target.url(row), timeoutMs: STEP_MS });
  expect(failure(report)).toMatchObject({ step: 'initialize', code: 'http_client_error', message: /HTTP 404/ });
});

test('transport: http never asks for a stream', async () => {
  const own = await startSse();
  try {
    const report = await probe({ target: aTarget(own.url('good'), { transport: 'http' }) });
    expect(failure(report)).toMatchObject({ step: 'initialize', code: 'http_client_error' });
    expect(own.requests('good')).not.toContain('GET');
  } finally {
    await own.close();
  }
});

test('a server that only speaks 2026-07-28 is not taken for one of HTTP+SSE', async () => {
  const modern = await startModern();
  try {
    expect(await probe({ url: modern.url })).toMatchObject({ protocolVersion: '2026-07-28' });
  } finally {
    await modern.close();
  }
});

test('the published everything server over HTTP+SSE is up', async () => {
  const port = await closedPort();
  const server = startEverything(port);
  const url = `http://127.0.0.1:${port}/sse`;
  try {
    await until(async () => failure(await probe({ url }))?.code !== 'tcp_refused', { what: 'it listens', ms: 60_000 });
    for (const transport of ['auto', 'sse'] as const) {
      const canaries = [aTool('echo', { arguments: { message: 'are you there?' } })];
      const report = await probe({ target: aTarget(url, { transport }), canaries });
      expect(failure(report)).toBeNull();
      expect(report.tools?.count).toBeGreaterThan(5);
      expect(report.canaries).toMatchObject([{ answer: { kind: 'result', text: 'Echo: are you there?' } }]);
    }
  } finally {
    server.kill();
    await once(server, 'exit');
  }
});

function startEverything(port: number): ChildProcess {
  const root = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json'));
  return spawn(process.execPath, [join(root, 'dist/index.js'), 'sse'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
}

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
