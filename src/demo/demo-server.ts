import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Json } from '../core/json.ts';
import type { Log } from '../core/ports.ts';
import type { PoolFigures } from './connection-pool.ts';
import type { Fault } from './fault.ts';
import { answerJson, createListener, type Listener } from './listener.ts';
import { createMcpEndpoint, type McpEndpoint } from './mcp-endpoint.ts';
import { createServerFaults, type ServerFaults, type ToolFaults } from './server-faults.ts';

/** An entry of the configuration file's `servers` list. */
export type DemoEntry = { readonly id: string; readonly name: string; readonly url: string } & Readonly<
  Record<string, Json>
>;

/** One MCP server to run: what it offers, and what can go wrong with it beyond what every server has. */
export interface DemoServerPlan {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  /** The tool that `hang_tool` and `drop_tool` take. */
  readonly tool: string;
  /** How long every `initialize` takes, faults aside. */
  readonly initializeMs: number;
  readonly jsonAnswers: boolean;
  createMcp(faults: ToolFaults): McpServer;
  /** Keys of its entry beside id, name, url, interval, confirm and tags; `origin` has no slash at the end. */
  entry(origin: string): Readonly<Record<string, Json>>;
  /** Plain HTTP beside /mcp. False: there is nothing at that path. */
  answer(path: string, response: ServerResponse): Promise<boolean>;
  figures(): PoolFigures | null;
  readonly faults: readonly Fault[];
  /** Called once, after the last session has ended. */
  close(): Promise<void>;
}

/** A bundled MCP server, listening. */
export interface DemoServer {
  readonly id: string;
  readonly summary: string;
  readonly entry: DemoEntry;
  readonly faults: readonly Fault[];
  isListening(): boolean;
  sessionCount(): number;
  figures(): PoolFigures | null;
  close(): Promise<void>;
}

/** Rejects when the port is taken; the plan is then still open. */
export async function startDemoServer(
  plan: DemoServerPlan,
  { host, port, log }: { host: '127.0.0.1'; port: number; log: Log },
): Promise<DemoServer> {
  const common: ServerFaults = createServerFaults(plan.tool, () => ({ ...listener, stop }));
  const endpoint = createMcpEndpoint({
    createMcp: () => plan.createMcp(common.tool),
    jsonAnswers: plan.jsonAnswers,
    monotonic: () => performance.now(),
    async beforeInitialize(signal) {
      const ms = plan.initializeMs + common.latencyMs();
      if (ms > 0) await sleep(ms, undefined, { signal });
    },
  });
  const listener = createListener({
    host,
    port,
    log,
    async handle(request, response, path) {
      if (path !== '/mcp') await answerBeside(plan, path, response);
      else if (common.isFailing()) answerJson(response, 500, { error: 'internal server error' });
      else await endpoint.handle(request, response);
    },
  });
  const stop = () => endAll(listener, endpoint);

  await listener.start();
  return {
    id: plan.id,
    summary: plan.summary,
    entry: entryOf(plan, listener.origin()),
    faults: [...plan.faults, ...common.faults],
    isListening: listener.isListening,
    sessionCount: endpoint.sessionCount,
    figures: plan.figures,
    async close() {
      await stop();
      await plan.close();
    },
  };
}

/** As a process that dies: the port is free, and no session survives. */
async function endAll(listener: Listener, endpoint: McpEndpoint): Promise<void> {
  await listener.stop();
  await endpoint.endSessions();
}

async function answerBeside(plan: DemoServerPlan, path: string, response: ServerResponse): Promise<void> {
  if (!(await plan.answer(path, response))) answerJson(response, 404, { error: 'There is nothing at this path.' });
}

/** Short intervals, so that whoever switches a fault sees the monitor turn within seconds. */
function entryOf(plan: DemoServerPlan, origin: string): DemoEntry {
  const { id, name } = plan;
  const pace = { interval: '5s', confirm: { down: 2, up: 2, recheck: '2s' } };
  return { id, name, url: `${origin}/mcp`, ...pace, tags: ['demo'], ...plan.entry(origin) };
}
