import type { ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts';
import { type Connection, createDatabase, ORDER_STATUSES } from './database.ts';
import type { DemoServerPlan } from './demo-server.ts';
import { answerHealth, checked } from './orders-health.ts';
import { exhaustFault, killFault, leakFault } from './pool-faults.ts';
import type { ToolFaults } from './server-faults.ts';
import { textResult } from './tool-result.ts';

const MAX_CONNECTIONS = 10;
/** Upper end of what server authors are taught (3–5 s): a call that finds no connection fails after this. */
const ACQUIRE_TIMEOUT_MS = 5_000;
export const POOL_RESOURCE = 'db://health/pool';

/** `pooled`: its tools, health check, resource and health URLs sit on a real pool of real database connections. */
export function ordersPlan(): DemoServerPlan {
  const database = createDatabase();
  const pool = createConnectionPool({
    connect: database.connect,
    max: MAX_CONNECTIONS,
    acquireTimeoutMs: ACQUIRE_TIMEOUT_MS,
  });
  const faults = [exhaustFault(pool), leakFault(pool), killFault(database)];
  return {
    id: 'pooled',
    name: 'Orders MCP',
    summary: `Tools over a real pool of ${MAX_CONNECTIONS} database connections.`,
    tool: 'health_check',
    initializeMs: 0,
    jsonAnswers: false,
    entry: (origin) => ({
      canary: { tool: 'health_check', timeout: '12s', expect: [{ path: 'ok', equals: true }] },
      health_url: { ready: `${origin}/ready`, live: `${origin}/live` },
    }),
    answer: (path, response: ServerResponse) => answerHealth(path, response, pool),
    figures: pool.figures,
    faults,
    createMcp: (toolFaults) => ordersMcp(pool, toolFaults),
    async close() {
      for (const fault of faults) await fault.set(false);
      await pool.close();
      database.close();
    },
  };
}

function ordersMcp(pool: ConnectionPool, toolFaults: ToolFaults): McpServer {
  const mcp = new McpServer({ name: 'orders', version: '2.3.1' });
  const annotations = { readOnlyHint: true, openWorldHint: false };
  if (!toolFaults.isDropped()) {
    mcp.registerTool(
      'health_check',
      { description: 'Runs one query and reports the connection pool.', annotations },
      async ({ signal }) => {
        await toolFaults.pass(signal);
        return healthCheck(pool, signal);
      },
    );
  }
  mcp.registerTool(
    'find_order',
    { description: 'One order by its number.', inputSchema: { id: z.number().int().positive() }, annotations },
    ({ id }, { signal }) => query(pool, signal, (connection) => connection.findOrder(id) ?? `There is no order ${id}.`),
  );
  mcp.registerTool(
    'list_orders',
    {
      description: 'Orders, oldest first, all or those of one status.',
      inputSchema: { status: z.enum(ORDER_STATUSES).optional(), limit: z.number().int().min(1).max(100).default(20) },
      annotations,
    },
    ({ status, limit }, { signal }) =>
      query(pool, signal, (connection) => connection.listOrders(status ?? null, limit)),
  );
  mcp.registerResource(
    'pool',
    POOL_RESOURCE,
    {
      title: 'Connection pool',
      description: 'Figures of the connection pool, taken without a connection.',
      mimeType: 'application/json',
    },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ pool: pool.figures() }) }],
    }),
  );
  return mcp;
}

/** Figures of a failed check are those of the moment it failed. */
async function healthCheck(pool: ConnectionPool, signal: AbortSignal): Promise<CallToolResult> {
  try {
    const figures = await pool.use((connection) => checked(connection, pool), signal);
    return textResult({ ok: true, pool: figures });
  } catch (error) {
    return textResult({ ok: false, error: messageOf(error), pool: pool.figures() }, true);
  }
}

/** A failing query is a result with `isError`, not a failing session: this is how a broken server stays green outside. */
async function query(
  pool: ConnectionPool,
  signal: AbortSignal,
  work: (connection: Connection) => unknown,
): Promise<CallToolResult> {
  try {
    return textResult(await pool.use(work, signal));
  } catch (error) {
    return textResult(messageOf(error), true);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
