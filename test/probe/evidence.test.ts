import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../src/core/server.ts';
import type { ServerChanges } from '../fixtures/facts.ts';
import { type Hostile, startHostile } from '../fixtures/targets/hostile.ts';
import type { RowName } from '../fixtures/targets/rows.ts';
import { ANYWHERE, aTool, failure, faults, probe } from './support.ts';

let target: Hostile;
beforeAll(async () => {
  target = await startHostile();
});
afterAll(() => target.close());

const ask = (row: RowName, changes: ServerChanges = {}) => probe({ url: target.url(row), timeoutMs: 400, ...changes });

test.each<[RowName, string]>([
  ['status-502', 'HTTP 502 from nginx/1.25: 502 Bad Gateway'],
  ['status-400', 'HTTP 400: no such thing'],
  ['status-404', 'HTTP 404: Not here'],
  ['status-503-wait', 'HTTP 503: maintenance'],
  [
    'status-401',
    'The server wants credentials and none are configured: HTTP 401. It asks for Bearer (error “invalid_token”). It publishes no OAuth metadata.',
  ],
  ['status-403', 'The server forbids this request: HTTP 403: host not allowed'],
  ['redirect-away', 'HTTP 302. It redirects to https://login.example.com/start, where a session may not follow.'],
  [
    'login-page',
    'The answer is text/html; charset=utf-8, neither JSON nor an event stream. It is a page with the title “Sign in”.',
  ],
  ['gzip', 'The answer is encoded as gzip although we asked for none.'],
  ['bad-json', 'The answer is not JSON. It starts with: {"jsonrpc": "2.0",'],
  ['not-rpc', 'The answer is JSON, but not JSON-RPC 2.0. It starts with: { ok }'],
  ['wrong-id', 'The request had the id 0, the answer has 4711.'],
  ['rpc-error', 'The server answered initialize with an error: database is down (JSON-RPC error -32603).'],
  ['version-unknown', 'The server chose a protocol revision we do not speak: 1999-01-01.'],
  [
    'init-empty',
    'The result of initialize has not the shape the protocol gives it: protocolVersion: Invalid input: expected string, received undefined',
  ],
  ['initialized-500', 'The server refused notifications/initialized: HTTP 500: boom'],
  ['session-long', 'The session id is longer than 1 KiB.'],
  ['tools-hang', 'tools_list was not answered within 400 ms.'],
])('%s: %s', async (row, message) => {
  expect(failure(await ask(row))?.message).toBe(message);
});

test('text of a target comes without control, bidi and invisible characters, and short', async () => {
  const [dirty] = (await ask('canary-dirty', { canaries: [aTool('check')] })).canaries;
  expect(dirty?.answer).toMatchObject({ text: '[31mred <script>' });
  const [huge] = (await ask('canary-huge-text', { canaries: [aTool('check')] })).canaries;
  expect(huge?.answer.kind === 'result' && huge.answer.text?.length).toBe(500);
  const [broken] = (await ask('bad-utf8', { canaries: [aTool('check')] })).canaries;
  expect(broken?.answer).toMatchObject({ text: 'a\ufffd\ufffdb \ufffd' });
});

test('what a server calls itself comes clean and short', async () => {
  expect((await ask('init-dirty')).serverInfo).toEqual({ name: '[31m<script> name', version: '1' });
  const { serverInfo } = await ask('init-huge-name', { timeoutMs: 5000 });
  expect(serverInfo?.name.length).toBeLessThanOrEqual(100);
  expect(serverInfo?.name).not.toContain('\u202e');
});

test('JSON of a target reaches no prototype, and what nests too deep or holds too much is not kept', async () => {
  const [canary] = (await ask('canary-pollutes', { canaries: [aTool('check')] })).canaries;
  expect(canary?.answer).toMatchObject({ json: { ok: true, pool: { total: 1 } } });
  expect(Object.keys(canary?.answer.kind === 'result' ? Object(canary.answer.json) : {})).toEqual(['ok', 'pool']);
  const [many] = (await ask('canary-many-keys', { canaries: [aTool('check')] })).canaries;
  expect(many?.answer).toMatchObject({ kind: 'result', json: undefined });
  const [deep] = (await ask('canary-deep-text', { canaries: [aTool('check')] })).canaries;
  expect(deep?.answer).toMatchObject({ kind: 'result', json: undefined });
});

test('a secret that a target echoes stands nowhere in the report', async () => {
  const report = await ask('canary-echoes', {
    auth: { type: 'bearer', token: 'tok-123456' },
    headers: { 'x-api-key': 'key-123456' },
    canaries: [aTool('check')],
  });
  expect(JSON.stringify(report)).not.toMatch(/tok-123456|key-123456/);
  expect(report.canaries).toMatchObject([{ answer: { text: 'you sent Bearer [secret] and [secret]' } }]);
});

const health = (row: RowName, changes: Partial<NonNullable<Server['healthUrl']>> = {}): ServerChanges => ({
  healthUrl: { ready: target.url(row), live: null, headers: {}, expectStatus: null, ...changes },
});

test('a health URL is an answer, whatever its status', async () => {
  const report = await ask(
    'good',
    health('health-503', { live: target.url('health-200'), headers: { 'X-Health': 'yes' } }),
  );
  expect(report.health).toMatchObject({
    ready: { kind: 'answer', status: 503, json: { reason: 'connection_pool_backlog', pool: { waiting: 3 } } },
    live: { kind: 'answer', status: 200, json: { status: 'ok' } },
  });
  expect(failure(report)).toEqual({
    step: 'health_url',
    code: 'health_status',
    message: 'The health URL answered 503: connection_pool_backlog.',
  });
  expect(target.headers('health-503')[0]).toMatchObject({ 'x-health': 'yes' });
});

test('a redirect of the health URL is an answer too, and is not followed', async () => {
  expect((await ask('good', health('health-302'))).health?.ready).toMatchObject({ kind: 'answer', status: 302 });
});

test('a health URL that hangs or cannot be reached is health_unreachable, beside a probe that goes on', async () => {
  const hanging = await ask('good', health('health-hangs'));
  expect(failure(hanging)).toEqual({
    step: 'health_url',
    code: 'health_unreachable',
    message: 'The health URL was not answered within 400 ms.',
  });
  const refused = await ask('good', health('good', { ready: 'http://127.0.0.1:1/' }));
  expect(failure(refused)).toMatchObject({
    step: 'health_url',
    code: 'health_unreachable',
    message: 'Nothing listens on 127.0.0.1:1 (ECONNREFUSED).',
  });
});

test.each<[RowName, RegExp]>([
  ['reset-at-once', /cut the connection/],
  ['banner', /not HTTP/],
  ['bad-chunk', /not HTTP/],
  ['long-header', /headers exceed 16 KiB/],
  ['interim-flood', /interim answers/],
  ['header-drip', /not answered within/],
  ['headers-then-silence', /not answered within/],
])('a health URL that does as %s is health_unreachable, with what happened', async (row, message) => {
  const report = await ask('good', health(row));
  expect(failure(report)).toMatchObject({
    step: 'health_url',
    code: 'health_unreachable',
    message: expect.stringMatching(message),
  });
});

test('a health URL whose name or certificate is wrong is health_unreachable, too', async () => {
  const nowhere = { lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) };
  const lost = await probe({ url: target.url('good'), ...health('good', { ready: 'http://ready.test/' }) }, nowhere);
  expect(failure(lost)).toMatchObject({
    code: 'health_unreachable',
    message: 'ready.test does not exist (ENOTFOUND).',
  });
  const plain = target.url('good').replace('http:', 'https:');
  expect(failure(await ask('good', health('good', { ready: plain })))).toMatchObject({ code: 'health_unreachable' });
});

test('of a health body that is packed nothing is read', async () => {
  const report = await ask('good', health('gzip-bomb'));
  expect(report.health?.ready).toMatchObject({ kind: 'answer', status: 200, text: null, json: undefined });
  expect(failure(report)).toBeNull();
});

test('of a health body without end only the beginning is read', async () => {
  const report = await ask('good', health('health-endless'));
  expect(report.health?.ready).toMatchObject({
    kind: 'answer',
    status: 200,
    text: expect.stringContaining('all is well'),
  });
});

test('the health URL is asked also when the session cannot be opened', async () => {
  const report = await ask('status-502', health('health-200'));
  expect(report.health?.ready).toMatchObject({ kind: 'answer', status: 200 });
});

test('our own rules are blocked, not a failure of the server: of the server and of the health URL', async () => {
  const rules = { network: { ...ANYWHERE, mode: 'public' } } as const;
  const report = await probe({ url: target.url('good'), ...health('health-200') }, rules);
  expect(
    report.steps.filter(({ status }) => status === 'failed').map(({ name, error }) => [name, error?.code]),
  ).toEqual([
    ['connect', 'blocked'],
    ['health_url', 'blocked'],
  ]);
});

test('what we got wrong ourselves is monitor_fault, and is logged without the secret', async () => {
  const report = await ask('good', { headers: { 'x-token': 'line\nbreak-secret' } });
  expect(failure(report)).toMatchObject({ code: 'monitor_fault' });
  expect(JSON.stringify(faults)).not.toContain('break-secret');
  expect(faults.splice(0)).toHaveLength(1);
});
