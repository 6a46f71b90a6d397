import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import type { Log } from '../../src/core/ports.ts';
import { type Demo, startDemo } from '../../src/demo/demo.ts';

export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The demo for one test, ended after it. */
export async function withDemo(run: (demo: Demo) => Promise<void>): Promise<void> {
  const demo = await startDemo({ host: '127.0.0.1', log: quiet });
  try {
    await run(demo);
  } finally {
    await demo.close();
  }
}

/** Runs `run` in a session of the SDK's own client, and ends the session. */
export async function withSession<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'test', version: '0.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  try {
    return await run(client);
  } finally {
    await transport.terminateSession();
    await client.close();
  }
}

export function urlOf(demo: Demo, id: string): string {
  const entry = demo.servers.find((server) => server.id === id);
  if (entry === undefined) throw new Error(`no demo server ${id}`);
  return entry.url;
}

export const figures = z.strictObject({
  total: z.number(),
  idle: z.number(),
  used: z.number(),
  waiting: z.number(),
  max: z.literal(10),
  utilization: z.number().min(0).max(1),
});

const result = z.object({
  isError: z.boolean().default(false),
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
});

/** One tool call in a session of its own: the text of its one block, and whether the tool says it failed. */
export async function call(
  url: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ isError: boolean; text: string }> {
  return withSession(url, async (client) => {
    const { isError, content } = result.parse(await client.callTool({ name, arguments: args }));
    return { isError, text: content[0].text };
  });
}

const health = z.strictObject({ ok: z.boolean(), error: z.string().optional(), pool: figures });

/** `health_check` of the pooled server. */
export async function healthCheck(demo: Demo): Promise<{ isError: boolean } & z.output<typeof health>> {
  const { isError, text } = await call(urlOf(demo, 'pooled'), 'health_check');
  return { isError, ...health.parse(JSON.parse(text)) };
}

export async function toolNames(url: string): Promise<readonly string[]> {
  return withSession(url, async (client) => (await client.listTools()).tools.map(({ name }) => name));
}

/** GET beside the pooled server's /mcp. */
export async function get(demo: Demo, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(path, urlOf(demo, 'pooled')));
  return { status: response.status, body: await response.json() };
}

export function poolOf(demo: Demo): z.output<typeof figures> {
  return figures.parse(stateOf(demo, 'pooled').pool);
}

export function stateOf(demo: Demo, id: string): ReturnType<Demo['faults']['state']>[number] {
  const state = demo.faults.state().find((server) => server.id === id);
  if (state === undefined) throw new Error(`no demo server ${id}`);
  return state;
}
