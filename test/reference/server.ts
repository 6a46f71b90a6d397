import { setTimeout as sleep } from 'node:timers/promises';
import { answerJson, createListener, readBody } from '../../src/demo/listener.ts';
import { createMcpEndpoint } from '../../src/demo/mcp-endpoint.ts';
import { createFaults, FaultOrder } from './faults.ts';
import { answerHealth } from './health.ts';
import { createLimiter } from './limiter.ts';
import type { ReferenceOptions } from './options.ts';
import { openOrdersDatabase } from './orders-database.ts';
import { ordersMcp } from './orders-mcp.ts';

/** An MCP server on a real PostgreSQL, written as server authors are taught. */
export interface ReferenceServer {
  readonly origin: string;
  /** `POST` switches faults: see `FaultOrder`. */
  readonly controlOrigin: string;
  /** Out of rotation first, then no more connections, then the end. */
  drain(): Promise<void>;
}

const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: (fields: object, message: string) => console.error(message, fields) };

export async function startReferenceServer(options: ReferenceOptions): Promise<ReferenceServer> {
  const database = openOrdersDatabase(options);
  const limit = createLimiter(options.perCaller);
  const faults = createFaults({ database, limit, options });
  let isDraining = false;

  const endpoint = createMcpEndpoint({
    createMcp: () => ordersMcp({ database, limit, options, pass: faults.pass }),
    jsonAnswers: false,
    beforeInitialize: async () => undefined,
    monotonic: () => performance.now(),
  });
  const listener = createListener({
    host: '127.0.0.1',
    port: options.port,
    log,
    async handle(request, response, path) {
      if (path === '/mcp') await endpoint.handle(request, response);
      else if (!(await answerHealth(path, response, { database, isDraining: () => isDraining })))
        answerJson(response, 404, { error: 'There is nothing at this path.' });
    },
  });
  const control = createListener({
    host: '127.0.0.1',
    port: 0,
    log,
    async handle(request, response) {
      await faults.set(FaultOrder.parse(JSON.parse(await readBody(request, 10_000))));
      answerJson(response, 200, { pool: database.figures() });
    },
  });
  await listener.start();
  await control.start();
  return {
    origin: listener.origin(),
    controlOrigin: control.origin(),
    async drain() {
      isDraining = true;
      await sleep(options.drainMs);
      await listener.stop();
      await endpoint.endSessions();
      await Promise.race([database.close(), sleep(1000, undefined, { ref: false })]);
    },
  };
}
