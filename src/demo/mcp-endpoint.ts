import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { answerJson, readBody } from './listener.ts';

/** The Streamable HTTP endpoint of one MCP server: stateful sessions, each with its own `McpServer`. */
export interface McpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  sessionCount(): number;
  /** Ends every session, as a process that dies does. The endpoint stays usable. */
  endSessions(): Promise<void>;
}

interface Session {
  readonly mcp: McpServer;
  readonly transport: StreamableHTTPServerTransport;
  openRequests: number;
  usedAt: number;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Clients that never send DELETE must not grow the process (0.15 MB a session were measured with this SDK). */
export const MAX_SESSIONS = 200;
export const IDLE_MS = 120_000;

/**
 * `createMcp` is called once per session: an `McpServer` shared between clients mixes up their answers
 * (CVE-2026-25536). `beforeInitialize` may delay the handshake; its signal ends when the client goes away.
 */
export function createMcpEndpoint({
  createMcp,
  jsonAnswers,
  beforeInitialize,
  monotonic,
}: {
  createMcp: () => McpServer;
  /** true: answers are plain JSON; false: one-event streams, the SDK's default. */
  jsonAnswers: boolean;
  beforeInitialize: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds that never jump. */
  monotonic: () => number;
}): McpEndpoint {
  const sessions = new Map<string, Session>();

  /** Ends idle sessions, and the one unused for longest when there are too many. */
  async function makeRoom(): Promise<void> {
    const now = monotonic();
    for (const session of sessions.values()) {
      if (session.openRequests === 0 && now - session.usedAt > IDLE_MS) await session.mcp.close();
    }
    const [oldest] = [...sessions.values()].sort((a, b) => a.usedAt - b.usedAt);
    if (sessions.size >= MAX_SESSIONS && oldest !== undefined) await oldest.mcp.close();
  }

  async function open(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    await beforeInitialize(endOf(response));
    await makeRoom();
    const mcp = createMcp();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: jsonAnswers,
      onsessioninitialized: (id) => {
        sessions.set(id, { mcp, transport, openRequests: 0, usedAt: monotonic() });
        mcp.server.onclose = () => sessions.delete(id);
      },
    });
    try {
      await mcp.connect(transport);
      await transport.handleRequest(request, response, body);
    } finally {
      // Refused: nobody holds an id by which this session could ever be ended.
      if (transport.sessionId === undefined) await mcp.close();
    }
  }

  async function use(
    session: Session,
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    session.openRequests += 1;
    response.once('close', () => {
      session.openRequests -= 1;
      session.usedAt = monotonic();
    });
    await session.transport.handleRequest(request, response, body);
  }

  return {
    async handle(request, response) {
      const body = request.method === 'POST' ? parse(await readBody(request, MAX_BODY_BYTES)) : undefined;
      if (request.method === 'POST' && body === undefined) return refuse(response, 400, -32700, 'Parse error');
      const id = request.headers['mcp-session-id'];
      if (id === undefined) {
        if (isInitializeRequest(body)) return open(request, response, body);
        return refuse(response, 400, -32000, 'Bad Request: no Mcp-Session-Id, and this is not an initialize request');
      }
      const session = sessions.get(String(id));
      return session === undefined
        ? refuse(response, 404, -32001, 'Session not found')
        : use(session, request, response, body);
    },
    sessionCount: () => sessions.size,
    async endSessions() {
      await Promise.all([...sessions.values()].map(({ mcp }) => mcp.close()));
    },
  };
}

function endOf(response: ServerResponse): AbortSignal {
  const end = new AbortController();
  response.once('close', () => end.abort());
  return end.signal;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  answerJson(response, status, { jsonrpc: '2.0', error: { code, message }, id: null });
}
