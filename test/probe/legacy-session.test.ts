import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolResultSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Conversation } from '../../src/probe/conversation.ts';
import { isObject } from '../../src/probe/json.ts';
import { createLegacySession } from '../../src/probe/legacy-session.ts';

const ME = { name: 'monitor', version: '1.2.3' };
const { signal } = new AbortController();

type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const WELL: Answers = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'a', version: '1' } },
  'tools/list': { tools: [{ name: 'health_check', inputSchema: { type: 'object' } }], nextCursor: 'more' },
  'tools/call': { content: [{ type: 'text', text: 'ok' }], structuredContent: { ok: true } },
};

/** What a session of ours says, and what comes of opening it, asking for tools and calling one. */
async function ours(answers: Answers) {
  const said: unknown[] = [];
  const conversation: Conversation = {
    async ask(message) {
      said.push(message);
      const result = 'method' in message ? answers[message.method] : undefined;
      return { kind: 'result', result: { ...result } };
    },
    async tell(message) {
      said.push(message);
    },
    agreeOn: (version) => void said.push({ agreedOn: version }),
    end: async () => true,
  };
  const session = createLegacySession(ME, { connect: () => conversation, onRefused: async (error) => error });
  const came = await session
    .open(() => signal)
    .then(async ({ protocolVersion, serverInfo, hasTools }) => {
      const { next } = await session.listTools(null, signal);
      await session.listTools(next, signal);
      const { isError, text, structured } = await session.callTool('health_check', { deep: true }, signal);
      return { protocolVersion, serverInfo, hasTools, next, isError, text, structured };
    })
    .catch(() => 'refused');
  return { said, came };
}

/** The same of the SDK's own Client. */
async function theSdks(answers: Answers) {
  const said: unknown[] = [];
  const transport: Transport = {
    start: async () => undefined,
    close: async () => transport.onclose?.(),
    setProtocolVersion: (version) => void said.push({ agreedOn: version }),
    async send(message: JSONRPCMessage) {
      said.push(message);
      if (!('id' in message && 'method' in message)) return;
      transport.onmessage?.({ jsonrpc: '2.0', id: message.id, result: { ...answers[message.method] } });
      if (unread !== null) throw unread;
    },
  };
  const client = new Client(ME, { capabilities: {} });
  let unread: Error | null = null;
  client.onerror = (error) => {
    unread = error;
  };
  const came = await client
    .connect(transport)
    .then(async () => {
      const info = client.getServerVersion();
      const { nextCursor: next } = await client.listTools();
      await client.listTools({ cursor: String(next) });
      const call = { method: 'tools/call' as const, params: { name: 'health_check', arguments: { deep: true } } };
      const { content, isError, structuredContent: structured } = await client.request(call, CallToolResultSchema);
      const text = content.find((block) => block.type === 'text')?.text ?? null;
      const serverInfo = { name: info?.name, version: info?.version };
      const hasTools = client.getServerCapabilities()?.tools !== undefined;
      return { protocolVersion: '2025-06-18', serverInfo, hasTools, next, isError: isError === true, text, structured };
    })
    .catch(() => 'refused');
  return { said, came };
}

test('a session says what the SDK’s Client says, in its order, and reads the same in the answers', async () => {
  const [mine, its] = [await ours(WELL), await theSdks(WELL)];
  expect(mine).toEqual(its);
  expect(mine.said).toHaveLength(6);
});

test('a result of any shape is refused by a session where the SDK’s Client refuses it, and taken where it takes it', async () => {
  const outcomes = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('initialize', 'tools/call'), changes(), async (method, changed) => {
      const answers = { ...WELL, [method]: { ...WELL[method], ...changed } };
      const [mine, its] = [await ours(answers), await theSdks(answers)];
      outcomes.add(mine.came === 'refused');
      expect(mine.came === 'refused').toBe(its.came === 'refused');
    }),
    { numRuns: 300 },
  );
  expect([...outcomes].sort()).toEqual([false, true]);
});

/** Fields that a result has, or may have, with anything in them. */
function changes(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const likely = fc.constantFrom(
    {},
    [],
    null,
    true,
    'x',
    '2025-11-25',
    '2026-07-28',
    { listChanged: 1 },
    { tools: true },
    { name: 'a' },
    { name: 'a', version: '1', title: 3 },
    { progressToken: {} },
    [{ type: 'text' }],
    [{ type: 'text', text: 'x', annotations: { priority: 2 } }],
    [{ type: 'resource_link', uri: 'x', name: 'y' }],
    [{ type: 'unheard-of' }],
  );
  const keys = [
    '_meta',
    'protocolVersion',
    'capabilities',
    'serverInfo',
    'instructions',
    'content',
    'isError',
    'structuredContent',
  ];
  const any = fc.dictionary(fc.constantFrom(...keys), fc.oneof(likely, fc.jsonValue()), { minKeys: 1, maxKeys: 2 });
  return any.filter(isObject);
}
