import type { Log } from '../core/ports.ts';
import { archivePlan } from './archive.ts';
import { startControl } from './control.ts';
import { type DemoEntry, type DemoServer, type DemoServerPlan, startDemoServer } from './demo-server.ts';
import { createFaultDesk, type FaultDesk } from './fault-desk.ts';
import { ordersPlan } from './orders.ts';
import { weatherPlan } from './weather.ts';

/** The bundled MCP servers, running. */
export interface Demo {
  /** Entries as they would stand under `servers:` in the configuration file. */
  readonly servers: readonly DemoEntry[];
  /** The page on which the faults are switched. */
  readonly controlUrl: string;
  readonly faults: FaultDesk;
  /** Ends everything that was started and removes the demo's database. */
  close(): Promise<void>;
}

export interface DemoPorts {
  readonly steady: number;
  readonly slow: number;
  readonly pooled: number;
  readonly control: number;
}

/** Starts three MCP servers and their control page on loopback. Ports that are left out or 0 are any free ones. Rejects when a port is taken. */
export async function startDemo({
  host,
  ports = {},
  log,
}: {
  host: '127.0.0.1';
  ports?: Partial<DemoPorts>;
  log: Log;
}): Promise<Demo> {
  const running: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const part of running.splice(0).reverse()) await part.close();
  };
  const start = async (plan: DemoServerPlan, port: number): Promise<DemoServer> => {
    try {
      const server = await startDemoServer(plan, { host, port, log });
      running.push(server);
      return server;
    } catch (error) {
      await plan.close();
      throw error;
    }
  };

  try {
    const steady = await start(weatherPlan(), ports.steady ?? 0);
    const slow = await start(archivePlan(), ports.slow ?? 0);
    const pooled = await start(ordersPlan(), ports.pooled ?? 0);
    // The control page shows the one with the most to break first.
    const faults = createFaultDesk([pooled, steady, slow], log);
    const control = await startControl({ host, port: ports.control ?? 0, desk: faults, log });
    running.push(control);
    return { servers: [steady.entry, slow.entry, pooled.entry], controlUrl: control.url, faults, close };
  } catch (error) {
    await close();
    throw error;
  }
}
