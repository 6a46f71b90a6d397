import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Json } from '../core/json.ts';
import type { Log } from '../core/ports.ts';
import type { PoolFigures } from './connection-pool.ts';
import { createFlag, createGate, type Fault, flagFault } from './fault.ts';
import { answerJson, createListener } from './listener.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';

/** An entry of the configuration file's `servers` list. */
export type DemoEntry = { readonly id: string; readonly name: string; readonly url: string } & Readonly<
  Record<string, Json>
>;

/** What the faults do to one tool of a server. */
export interface ToolFaults {
  isDropped(): boolean;
  /** Waits while the tool hangs. */
  pass(signal: AbortSignal): Promise<void>;
}

/** One MCP server to run: what it offers, and what can be made to go wrong with it beyond what every server has. */
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

export const DEFAULT_LATENCY_MS = 1_500;

export async function startDemoServer(
  plan: DemoServerPlan,
  { host, port, log }: { host: '127.0.0.1'; port: number; log: Log },
): Promise<DemoServer> {
  const dropped = createFlag();
  const hanging = createGate();
  const failing = createFlag();
  let latencyMs = 0;

  const endpoint = createMcpEndpoint({
    createMcp: () => plan.createMcp({ isDropped: dropped.isOn, pass: hanging.pass }),
    jsonAnswers: plan.jsonAnswers,
    beforeInitialize: async (signal) => {
      const ms = plan.initializeMs + latencyMs;
      if (ms > 0) await sleep(ms, undefined, { signal });
    },
  });
  const listener = createListener({
    host,
    port,
    log,
    async handle(request, response, path) {
      if (path !== '/mcp') {
        if (request.method === 'GET' && (await plan.answer(path, response))) return;
        answerJson(response, 404, { error: 'There is nothing at this path.' });
      } else if (failing.isOn()) {
        answerJson(response, 500, { error: 'internal server error' });
      } else {
        await endpoint.handle(request, response);
      }
    },
  });

  const common: readonly Fault[] = [
    flagFault(hanging, {
      name: 'hang_tool',
      label: `Hang ${plan.tool}`,
      effect: 'Calls get no answer while tools/list stays fast.',
    }),
    flagFault(dropped, {
      name: 'drop_tool',
      label: `Drop ${plan.tool}`,
      effect: 'New sessions no longer list the tool.',
    }),
    {
      name: 'add_latency',
      label: 'Add latency',
      effect: `initialize takes ${DEFAULT_LATENCY_MS} ms longer.`,
      standing: () => ({ on: latencyMs > 0, detail: latencyMs > 0 ? `+${latencyMs} ms` : null }),
      async set(on, ms = DEFAULT_LATENCY_MS) {
        latencyMs = on ? ms : 0;
      },
    },
    flagFault(failing, {
      name: 'answer_500',
      label: 'Answer 500',
      effect: 'Every request to /mcp is answered with HTTP 500.',
    }),
    {
      name: 'stop_listening',
      label: 'Stop listening',
      effect: 'The port is closed and all sessions end: connections are refused.',
      standing: () => ({ on: !listener.isListening(), detail: null }),
      async set(on) {
        if (!on) return listener.start();
        await listener.stop();
        await endpoint.endSessions();
      },
    },
  ];

  await listener.start();
  return {
    id: plan.id,
    summary: plan.summary,
    entry: {
      id: plan.id,
      name: plan.name,
      url: `${listener.origin()}/mcp`,
      interval: '5s',
      confirm: { down: 2, up: 2, recheck: '2s' },
      tags: ['demo'],
      ...plan.entry(listener.origin()),
    },
    faults: [...plan.faults, ...common],
    isListening: listener.isListening,
    sessionCount: endpoint.sessionCount,
    figures: plan.figures,
    async close() {
      await listener.stop();
      await endpoint.endSessions();
      await plan.close();
    },
  };
}
