import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { aTarget } from '../fixtures/facts.ts';
import { startModern } from '../fixtures/targets/modern.ts';
import {
  type Act,
  MODERN,
  refusal,
  result,
  type ScriptedRequest,
  startScripted,
} from '../fixtures/targets/scripted.ts';
import { aTool, failure, faults, probe } from './support.ts';

const opened: { close(): Promise<void> }[] = [];
async function open<T extends { close(): Promise<void> }>(target: Promise<T>): Promise<T> {
  opened.push(await target);
  return target;
}
afterEach(async () => {
  for (const target of opened.splice(0)) await target.close();
});
afterAll(() => expect(faults).toEqual([]));

const pinned = (url: string) => ({ target: aTarget(url, { protocol: '2026-07-28' }) });

test('each of its requests says what it is, in its headers and in itself', async () => {
  const target = await open(startModern());
  const canaries = [
    aTool('echo', { arguments: { message: 'hi' } }),
    { kind: 'resource', resource: 'db://health/pool', timeoutMs: 2000, expect: [] },
    { kind: 'resource', resource: 'db://größe', timeoutMs: 2000, expect: [] },
  ] as const;
  const report = await probe({ ...pinned(target.url), clientName: 'Watcher', canaries });
  expect(report.canaries).toMatchObject([
    { answer: { text: 'hi' } },
    { answer: { text: '{"total":2,"idle":1}', json: { total: 2, idle: 1 } } },
    { answer: { text: 'groß' } },
  ]);
  expect(target.asked.map(({ headers }) => [headers['mcp-method'], headers['mcp-name']])).toEqual([
    ['server/discover', undefined],
    ['tools/list', undefined],
    ['tools/call', 'echo'],
    ['resources/read', 'db://health/pool'],
    ['resources/read', `=?base64?${Buffer.from('db://größe').toString('base64')}?=`],
  ]);
  for (const { headers, params } of target.asked) {
    expect(headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28' });
    expect(headers).not.toHaveProperty('mcp-session-id');
    expect(params['_meta']).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'Watcher', version: '0.0.1' },
    });
  }
});

test('the revisions a newer server names besides are told', async () => {
  const discovered = { resultType: 'complete', supportedVersions: ['2025-11-25', '2026-07-28', 'x'], capabilities: {} };
  const target = await open(startScripted({ ...MODERN, 'server/discover': ({ id }) => result(id, discovered) }));
  expect(await probe(pinned(target.url))).toMatchObject({ alsoSpeaks: ['2025-11-25'], hasTools: false });
});

const modernList = (tools: unknown, more: object = {}) => ({
  ...MODERN,
  'tools/list': ({ id }: ScriptedRequest) =>
    result(id, { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools, ...more }),
});

test('a tool that cannot be read is named and the others count, and a null cursor is none', async () => {
  const tools = [{ name: 'check', inputSchema: { type: 'object' } }, { name: 'bad' }, { inputSchema: {} }];
  const target = await open(startScripted(modernList(tools, { nextCursor: null })));
  const report = await probe(pinned(target.url));
  expect(failure(report)).toBeNull();
  expect(report.tools).toMatchObject({ count: 1, invalid: ['bad', 'tool 3'] });
});

const call = (act: Act) => ({ ...MODERN, 'tools/call': act });

test('a session id has no meaning in 2026-07-28: it is neither sent nor given back', async () => {
  const target = await open(
    startScripted({
      ...MODERN,
      'server/discover': async (request) => ({
        ...(await MODERN['server/discover']?.(request)),
        headers: { 'mcp-session-id': 'not one' },
      }),
    }),
  );
  expect(failure(await probe(pinned(target.url)))).toBeNull();
  expect(target.asked).toEqual(['POST server/discover', 'POST tools/list']);
  expect(target.requests[1]?.headers).not.toHaveProperty('mcp-session-id');
});

test.each<[string, unknown, object, string]>([
  ['no list', 7, {}, 'tools_list_invalid'],
  ['no type of result', [], { resultType: undefined }, 'tools_list_invalid'],
  ['the same cursor again and again', [], { nextCursor: 'a' }, 'pagination_loop'],
])('tools/list of 2026-07-28 with %s is told as of any revision', async (_, tools, more, code) => {
  const target = await open(startScripted(modernList(tools, more)));
  expect(failure(await probe(pinned(target.url)))).toMatchObject({ code, step: 'tools_list' });
});

test.each<[string, Act, string]>([
  ['wants input', ({ id }) => result(id, { resultType: 'input_required', requestState: 's' }), 'canary_invalid_result'],
  ['has a type nobody knows', ({ id }) => result(id, { resultType: 'later' }), 'canary_invalid_result'],
  ['has no content', ({ id }) => result(id, { resultType: 'complete' }), 'canary_invalid_result'],
  ['is an error', ({ id }) => result(id, { resultType: 'complete', content: [], isError: true }), 'canary_is_error'],
  ['is refused', ({ id }) => refusal(400, -32602, id), 'canary_rpc_error'],
  ['does not come', () => null, 'canary_timeout'],
])('a canary of 2026-07-28 whose answer %s is red, and no session is asked after', async (_, act, code) => {
  const target = await open(startScripted(call(act)));
  const report = await probe({
    ...pinned(target.url),
    canaries: [aTool('check', { timeoutMs: 200 })],
  });
  expect(failure(report)).toMatchObject({ code, step: 'canary' });
  expect(report.canaries).toMatchObject([{ sessionSurvived: null }]);
  expect(target.asked).toEqual(['POST server/discover', 'POST tools/list', 'POST tools/call']);
});

test('over stdio as well', async () => {
  const command = [process.execPath, fileURLToPath(new URL('../fixtures/targets/stdio-modern.mjs', import.meta.url))];
  const report = await probe({
    target: { kind: 'stdio', command, shown: command, env: {}, protocol: 'auto' },
    canaries: [aTool('echo', { arguments: { message: 'hi' } })],
  });
  expect(failure(report)).toBeNull();
  expect(report).toMatchObject({ protocolVersion: '2026-07-28', canaries: [{ answer: { text: 'hi' } }] });
});

test('what a tool wants repeated in headers is repeated, and nothing else', async () => {
  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      nested: { type: 'object', properties: { deep: { type: 'boolean', 'x-mcp-header': 'Deep' } } },
      bad: { type: 'string', 'x-mcp-header': 'no token' },
      none: { type: 'string', 'x-mcp-header': 'None' },
      plain: { type: 'string' },
    },
  };
  const target = await open(startScripted(modernList([{ name: 'check', inputSchema }])));
  const given = { region: 'Zürich', nested: { deep: true }, bad: 'x', none: null, plain: 'y' };
  await probe({ ...pinned(target.url), canaries: [aTool('check', { arguments: given })] });
  const { headers = {} } = target.requests[2] ?? {};
  expect(Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('mcp-param-')))).toEqual({
    'mcp-param-region': `=?base64?${Buffer.from('Zürich').toString('base64')}?=`,
    'mcp-param-deep': 'true',
  });
});
