import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { aServer, type ServerChanges } from '../fixtures/facts.ts';
import { type Hostile, startHostile } from '../fixtures/targets/hostile.ts';
import type { RowName } from '../fixtures/targets/rows.ts';
import { LEGACY, startScripted } from '../fixtures/targets/scripted.ts';
import { aTool, failure, faults, probe, stepOf } from './support.ts';

let target: Hostile;
beforeAll(async () => {
  target = await startHostile();
});
afterAll(() => target.close());

const STEP_MS = 600;
const ask = (row: RowName, changes: ServerChanges = {}) =>
  probe({ url: target.url(row), timeoutMs: STEP_MS, ...changes });

test.each<[row: RowName, what: string, changes?: ServerChanges]>([
  ['http-1.0', 'answers in HTTP/1.0'],
  ['text-id', 'gives the id back as text'],
  ['batch-of-one', 'answers with a batch of one'],
  ['after-chatter', 'says other things before the answer'],
  ['stream-left-open', 'leaves the stream open after the answer'],
  ['stream-twice', 'repeats answers in a stream'],
  ['old-revision', 'speaks the revision of 2024-11-05'],
  ['no-session', 'keeps no sessions'],
  ['redirect-home', 'redirects within its origin'],
  ['initialized-streams', 'answers a notification with a stream'],
  ['initialized-200', 'answers a notification with an object'],
  ['tools-null-cursor', 'sends a null cursor'],
  ['tools-heavy-schema', 'lists a schema that takes seconds to compile'],
  ['tools-none-offered', 'offers no tools'],
  ['close-each', 'closes the connection after each answer'],
  ['session-changing', 'gives another session id with each answer'],
  ['tools-twice', 'lists a tool twice'],
  ['tools-broken-schema', 'lists a schema that is none'],
  ['canary-nothing', 'answers a call with nothing', { canaries: [aTool('check')] }],
  ['delete-refused', 'does not offer DELETE'],
  ['delete-500', 'fails at DELETE'],
  ['delete-hangs', 'hangs at DELETE'],
])('%s: a server that %s is up', async (row, _what, changes) => {
  const report = await ask(row, changes);
  expect(failure(report)).toBeNull();
  expect(judge(report, aServer()).state).toBe('up');
});

test('a tool that cannot be read is named, and the others count', async () => {
  expect((await ask('tools-some-invalid')).tools).toMatchObject({
    count: 1,
    invalid: ['no-schema', 'tool 3', 'tool 4', 'odd name'],
  });
});

test('an empty cursor is a cursor', async () => {
  expect((await ask('tools-empty-cursor')).tools).toMatchObject({ count: 2 });
});

test('without the tools capability tools/list is skipped', async () => {
  const report = await ask('tools-none-offered');
  expect(stepOf(report, 'tools_list')).toEqual({ name: 'tools_list', status: 'skipped', ms: null, error: null });
  expect(report).toMatchObject({ hasTools: false, tools: null });
});

test('an empty list of tools is a warning: tools_list_empty', async () => {
  const report = await ask('tools-empty');
  expect(judge(report, aServer())).toMatchObject({
    state: 'degraded',
    reason: { code: 'tools_list_empty' },
  });
});

test('closing is a step of its own: skipped without a session, failed without harm', async () => {
  expect(stepOf(await ask('no-session'), 'close').status).toBe('skipped');
  expect(stepOf(await ask('delete-refused'), 'close').status).toBe('ok');
  expect(stepOf(await ask('delete-500'), 'close')).toMatchObject({
    status: 'failed',
    error: { code: 'http_server_error' },
  });
  expect(stepOf(await ask('delete-hangs'), 'close')).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
});

test('a primed stream is taken up again after its last event, no earlier than the server asked', async () => {
  const report = await ask('stream-resumed', { canaries: [aTool('check')] });
  expect(report.canaries).toMatchObject([{ answer: { text: 'after a-1' } }]);
  expect(stepOf(report, 'canary').ms).toBeGreaterThanOrEqual(19);
});

test('what a server gets: session and revision after initialize, no Origin, no encoding', async () => {
  await ask('good', { headers: { 'X-Api-Key': 'k-1' }, auth: { type: 'basic', username: 'me', password: 'secret' } });
  const [first, second] = target.headers('good');
  expect(first).toMatchObject({
    'x-api-key': 'k-1',
    authorization: `Basic ${btoa('me:secret')}`,
    'accept-encoding': 'identity',
    accept: 'application/json, text/event-stream',
  });
  expect(first).not.toHaveProperty('mcp-session-id');
  expect(first).not.toHaveProperty('origin');
  expect(second).toMatchObject({ 'mcp-session-id': 'session-1', 'mcp-protocol-version': '2025-11-25' });
});

test('a server is offered nothing it could ask of us, and no stream of its own is opened', async () => {
  const scripted = await startScripted({ ...LEGACY, GET: () => ({ status: 405 }) });
  const report = await probe({ url: scripted.url, timeoutMs: STEP_MS, canaries: [aTool('check')] });
  await scripted.close();
  expect(failure(report)).toBeNull();
  expect(scripted.requests[0]?.params).toEqual({
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'AliveMCP', version: '0.0.1' },
  });
  expect(scripted.asked).toContain('POST tools/call');
  expect(scripted.asked).not.toContain('GET');
});

test('a wall clock that is set changes no duration', async () => {
  let jumps = 0;
  const now = (): number => systemClock.now() + (jumps++ % 2 === 0 ? 3_600_000 : -3_600_000);
  const report = await probe({ url: target.url('good'), timeoutMs: STEP_MS }, { clock: { ...systemClock, now } });
  expect(failure(report)).toBeNull();
  for (const ms of [report.durationMs, ...report.steps.map((step) => step.ms ?? 0)]) {
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThan(STEP_MS);
  }
});

test('after a red canary a ping tells whether the session survived', async () => {
  const red = { canaries: [aTool('check', { timeoutMs: 200 })] };
  expect((await ask('canary-error', red)).canaries).toMatchObject([{ sessionSurvived: true }]);
  expect((await ask('canary-hangs', red)).canaries).toMatchObject([{ sessionSurvived: true }]);
  expect((await ask('good', red)).canaries).toMatchObject([{ sessionSurvived: null }]);
  expect(target.requests('canary-hangs').slice(-3)).toEqual(['POST notifications/cancelled', 'POST ping', 'DELETE']);
});

test('a ping that is not answered either says that the session did not survive', async () => {
  const report = await ask('canary-hangs-dead', { canaries: [aTool('check', { timeoutMs: 200 }), aTool('check')] });
  expect(report.canaries).toMatchObject([{ answer: { reason: { code: 'canary_timeout' } }, sessionSurvived: false }]);
  expect(report.steps.filter(({ name }) => name === 'canary').map(({ status }) => status)).toEqual([
    'failed',
    'skipped',
  ]);
});

test('a tool that says it is destructive is called when that is allowed, and one that is missing never', async () => {
  const allowed = await ask('canary-destructive', { canaries: [aTool('check', { allowDestructive: true })] });
  expect(failure(allowed)).toBeNull();
  await ask('no-session', { canaries: [aTool('other')] });
  expect(target.requests('no-session')).not.toContain('POST tools/call');
});

test('Retry-After is kept, up to ten minutes', async () => {
  expect((await ask('status-429')).retryAfterMs).toBe(30_000);
  expect((await ask('status-503-wait')).retryAfterMs).toBe(120_000);
  expect((await ask('status-429-years')).retryAfterMs).toBe(600_000);
  expect((await ask('good')).retryAfterMs).toBeNull();
});

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
