import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Agent, request } from 'undici';
import type { Server } from '../src/core/server.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { createProber } from '../src/probe/prober.ts';

/** Ways to do the five requests of a probe, each on a connection of its own: initialize, initialized, tools/list, tools/call, DELETE. */
export type Contender = (url: string) => Promise<void>;

/** The cheapest way there is: the same requests, and the answers parsed. */
export const bare: Contender = async (url) => {
  const dispatcher = new Agent({ connections: 1 });
  let session: Record<string, string> = {};
  const post = async (message: object): Promise<void> => {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session };
    const { headers: received, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers,
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
    const text = await body.text();
    if (text !== '') JSON.parse(text.slice(text.indexOf('data: ') + 6));
    const id = received['mcp-session-id'];
    if (typeof id === 'string') session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  };
  const clientInfo = { name: 'bare', version: '1' };
  await post({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
  await post({ method: 'notifications/initialized' });
  await post({ id: 1, method: 'tools/list' });
  await post({ id: 2, method: 'tools/call', params: { name: 'tool_0', arguments: { query: 'x' } } });
  const { body } = await request(url, { dispatcher, method: 'DELETE', headers: session });
  await body.dump();
  await dispatcher.destroy();
};

/** The SDK as its documentation has it. It keeps connections from probe to probe. */
export const stock: Contender = async (url) => {
  const client = new Client({ name: 'stock', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  await client.listTools();
  await client.callTool({ name: 'tool_0', arguments: { query: 'x' } });
  await transport.terminateSession();
  await client.close();
};

const prober = createProber({
  location: 'bench',
  version: '0.0.0',
  clock: systemClock,
  network: { mode: 'private', allow: [], deny: [] },
  log: { info: () => undefined, warn: () => undefined, error: (fields, message) => console.error(message, fields) },
});

export const ours: Contender = async (url) => {
  const { steps } = await prober.probe({
    server: serverAt(url),
    scheduledAt: Date.now(),
    signal: new AbortController().signal,
  });
  const failed = steps.find(({ status }) => status === 'failed');
  if (failed) throw new Error(`A probe failed at ${failed.name}: ${failed.error?.message}`);
};

function serverAt(url: string): Server {
  return {
    id: 'canned',
    name: 'canned',
    source: { kind: 'ui' },
    target: { kind: 'http', url, transport: 'auto', protocol: 'auto' },
    headers: {},
    auth: null,
    clientName: 'AliveMCP',
    canaries: [
      {
        kind: 'tool',
        tool: 'tool_0',
        arguments: { query: 'x' },
        timeoutMs: 12_000,
        expect: [],
        allowDestructive: false,
      },
    ],
    healthUrl: null,
    schedule: { kind: 'interval', everyMs: 60_000 },
    timeoutMs: 10_000,
    confirm: { down: 3, up: 2, recheckMs: 20_000 },
    latencyRules: [],
    announceFirst: false,
    isPublic: false,
    channels: [],
    tags: [],
    watchesPool: true,
    reminderMs: null,
    tlsWarnings: [],
    watchesTools: true,
    paused: false,
  };
}
