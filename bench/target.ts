import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * A server that answers a probe with canned event streams and keeps no sessions, so that next to nothing of the measured
 * time is its own. With a certificate in the environment it speaks TLS 1.3. Says its URL first; ends with its input. GET
 * tells how many probes it saw.
 */
const TOOLS = Array.from({ length: 10 }, (_, at) => ({
  name: `tool_${at}`,
  description: 'Looks something up and gives it back as text.',
  inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
}));

const RESULTS: Readonly<Record<string, unknown>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'canned', version: '1' },
  },
  'tools/list': { tools: TOOLS },
  'tools/call': { content: [{ type: 'text', text: '{"ok":true}' }] },
};

let probes = 0;
const { BENCH_KEY: key, BENCH_CERT: cert } = process.env;
const isSecure = key !== undefined && cert !== undefined;
const server = isSecure ? createSecureServer({ key, cert, minVersion: 'TLSv1.3' }, answer) : createServer(answer);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(isSecure ? `https://localhost:${port}/mcp` : `http://127.0.0.1:${port}/mcp`);
});
process.stdin.on('end', () => process.exit()).resume();

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET') return void response.end(String(probes));
  if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { id, method } = JSON.parse(body);
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') probes += 1;
    const session = method === 'initialize' ? { 'mcp-session-id': 'canned-1' } : {};
    response.writeHead(200, { 'content-type': 'text/event-stream', ...session });
    response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: RESULTS[method] })}\n\n`);
  });
}
