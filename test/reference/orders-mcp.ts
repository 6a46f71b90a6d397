import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { type Limiter, TooManyCallsError } from './limiter.ts';
import type { ReferenceOptions } from './options.ts';
import type { OrdersDatabase } from './orders-database.ts';

export const POOL_RESOURCE = 'db://health/pool';

interface Parts {
  readonly database: OrdersDatabase;
  readonly limit: Limiter;
  readonly options: ReferenceOptions;
  /** What every call passes first; a fault may hold it there. */
  readonly pass: () => Promise<void>;
}

/** Headers of a call, as the SDK hands them to a tool. */
interface Extra {
  readonly requestInfo?: { readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> };
}

export function ordersMcp(parts: Parts): McpServer {
  const { database, limit } = parts;
  const mcp = new McpServer({ name: 'orders-reference', version: '1.4.0' });
  const annotations = { readOnlyHint: true, openWorldHint: false };
  const call = (extra: Extra, work: () => Promise<unknown>): Promise<CallToolResult> =>
    answered(parts, () =>
      limit(callerOf(extra), async () => {
        await parts.pass();
        return work();
      }),
    );

  mcp.registerTool(
    'health_check',
    { description: 'Runs one query and reports the connection pool.', annotations },
    (extra) =>
      call(extra, async () => {
        const held: ReturnType<typeof pooled>[] = [];
        await database.run('SELECT id FROM orders LIMIT 1', [], () => held.push(pooled(database)));
        const counted = parts.options.counts === 'holding' ? held[0] : pooled(database);
        const lag = database.hasReplica ? { replica: { lag_seconds: await lagOf(database) } } : {};
        return { ok: true, ...counted, ...lag };
      }),
  );
  mcp.registerTool(
    'get_order',
    { description: 'One order by its number.', inputSchema: { id: z.int().positive() }, annotations },
    ({ id }, extra) => call(extra, () => database.run('SELECT * FROM orders WHERE id = $1', [id])),
  );
  mcp.registerTool(
    'search_orders',
    { description: 'Orders of a customer.', inputSchema: { customer: z.string() }, annotations },
    ({ customer }, extra) =>
      call(extra, () => database.run('SELECT * FROM orders WHERE customer = $1 LIMIT 50', [customer])),
  );
  mcp.registerResource(
    'pool',
    POOL_RESOURCE,
    { description: 'Figures of the connection pool, taken without a connection.', mimeType: 'application/json' },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(database.figures() ?? {}) }],
    }),
  );
  return mcp;
}

/** null: it is not known, which its readers must take as bad. */
export async function lagOf(database: OrdersDatabase): Promise<number | null> {
  return database.lagSeconds().catch(() => null);
}

/** A failure is a result with `isError`: neither the session nor the HTTP status says anything of it. */
async function answered({ database, options }: Parts, work: () => Promise<unknown>): Promise<CallToolResult> {
  try {
    return text(JSON.stringify(await work()), false);
  } catch (error) {
    const said = messageOf(error, options);
    if (options.figures === 'none' || options.errors === 'vague') return text(said, true);
    return text(JSON.stringify({ ok: false, error: said, ...pooled(database) }), true);
  }
}

function messageOf(error: unknown, { errors }: ReferenceOptions): string {
  const message = error instanceof Error ? error.message : String(error);
  if (errors === 'driver' || error instanceof TooManyCallsError) return message;
  return errors === 'wrapped' ? `pool_exhausted: ${message}` : 'database unavailable';
}

function pooled(database: OrdersDatabase): { readonly pool?: Readonly<Record<string, number>> } {
  const pool = database.figures();
  return pool === null ? {} : { pool };
}

function callerOf({ requestInfo }: Extra): string {
  return String(requestInfo?.headers['x-api-key'] ?? 'anonymous');
}

function text(said: string, isError: boolean): CallToolResult {
  return { content: [{ type: 'text', text: said }], ...(isError ? { isError } : {}) };
}
