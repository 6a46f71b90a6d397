import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { expect, test } from 'vitest';
import { createListener } from '../../src/demo/listener.ts';
import { createMcpEndpoint, IDLE_MS, MAX_SESSIONS, type McpEndpoint } from '../../src/demo/mcp-endpoint.ts';
import { quiet } from './support.ts';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
};

interface Bench {
  readonly endpoint: McpEndpoint;
  /** Opens a session and leaves it open; resolves with its id. */
  open(): Promise<string>;
  /** The status of a ping in that session. */
  ping(session: string): Promise<number>;
  post(body: unknown): Promise<Response>;
  pass(ms: number): void;
}

async function withEndpoint(run: (bench: Bench) => Promise<void>): Promise<void> {
  let now = 0;
  const endpoint = createMcpEndpoint({
    createMcp: () => new McpServer({ name: 'bench', version: '0' }),
    jsonAnswers: true,
    beforeInitialize: async () => undefined,
    monotonic: () => now,
  });
  const listener = createListener({ host: '127.0.0.1', port: 0, handle: endpoint.handle, log: quiet });
  await listener.start();
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(listener.origin(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    });
  try {
    await run({
      endpoint,
      post,
      open: async () => (await post(INITIALIZE)).headers.get('mcp-session-id') ?? '',
      ping: async (session) =>
        (await post({ jsonrpc: '2.0', id: 2, method: 'ping' }, { 'mcp-session-id': session })).status,
      pass(ms) {
        now += ms;
      },
    });
  } finally {
    await listener.stop();
    await endpoint.endSessions();
  }
}

test('a client that never says goodbye is forgotten once it has been idle', () =>
  withEndpoint(async ({ endpoint, open, ping, pass }) => {
    const first = await open();
    const second = await open();
    pass(IDLE_MS);
    expect(await ping(second)).toBe(200);
    pass(1);
    const third = await open();
    expect(endpoint.sessionCount()).toBe(2);
    expect(await ping(first)).toBe(404);
    expect(await ping(second)).toBe(200);
    expect(await ping(third)).toBe(200);
  }));

test('there are never more sessions than the limit, and the one unused for longest goes first', () =>
  withEndpoint(async ({ endpoint, open, ping, pass }) => {
    const oldest = await open();
    for (let n = 1; n < MAX_SESSIONS; n += 1) {
      pass(1);
      await open();
    }
    expect(endpoint.sessionCount()).toBe(MAX_SESSIONS);
    await open();
    expect(endpoint.sessionCount()).toBe(MAX_SESSIONS);
    expect(await ping(oldest)).toBe(404);
  }));

test('an initialize that the protocol refuses leaves no session behind', () =>
  withEndpoint(async ({ endpoint, post }) => {
    const refused = await post([INITIALIZE, { ...INITIALIZE, id: 2 }]);
    expect(refused.status).toBe(400);
    expect(endpoint.sessionCount()).toBe(0);
  }));
