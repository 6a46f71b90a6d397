import type { Log } from '../core/ports.ts';
import type { PoolFigures } from './connection-pool.ts';
import type { DemoServer } from './demo-server.ts';
import type { Fault, FaultName, FaultStanding } from './fault.ts';

/** One server as the control page shows it. */
export interface DemoServerState {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly summary: string;
  readonly listening: boolean;
  readonly sessions: number;
  readonly pool: PoolFigures | null;
  readonly faults: readonly (Pick<Fault, 'name' | 'label' | 'effect' | 'addsUp'> & FaultStanding)[];
}

/** Where the faults of all bundled servers are switched. */
export interface FaultDesk {
  state(): readonly DemoServerState[];
  /**
   * Switches one fault; `ms` is the amount of `add_latency`. Rejects with UnknownFaultError where there is no such
   * server or fault, and with the server's own error where it cannot be done (no connection left to leak, port taken).
   */
  set(server: string, fault: FaultName, on: boolean, ms?: number): Promise<void>;
  /** Switches everything off, of one server or of all. */
  reset(server?: string): Promise<void>;
}

/** There is no such server, or it has no such fault. */
export class UnknownFaultError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnknownFaultError';
  }
}

export function createFaultDesk(servers: readonly DemoServer[], log: Log): FaultDesk {
  function find(id: string): DemoServer {
    const found = servers.find((server) => server.id === id);
    if (found !== undefined) return found;
    throw new UnknownFaultError(
      `There is no demo server "${id}". There are: ${servers.map((server) => server.id).join(', ')}.`,
    );
  }

  return {
    state: () => servers.map(stateOf),
    async set(id, name, on, ms) {
      const server = find(id);
      const fault = server.faults.find((candidate) => candidate.name === name);
      if (fault === undefined) {
        throw new UnknownFaultError(
          `${id} has no fault "${name}". It has: ${server.faults.map((candidate) => candidate.name).join(', ')}.`,
        );
      }
      await fault.set(on, ms);
      log.info({ server: id, fault: name, on }, 'a demo fault was switched');
    },
    async reset(id) {
      for (const server of id === undefined ? servers : [find(id)]) {
        for (const fault of server.faults) await fault.set(false);
      }
      log.info({ server: id ?? 'all' }, 'the demo faults were switched off');
    },
  };
}

function stateOf(server: DemoServer): DemoServerState {
  const { name, url } = server.entry;
  return {
    id: server.id,
    name,
    url,
    summary: server.summary,
    listening: server.isListening(),
    sessions: server.sessionCount(),
    pool: server.figures(),
    faults: server.faults.map(({ name: fault, label, effect, addsUp, standing }) => ({
      name: fault,
      label,
      effect,
      addsUp,
      ...standing(),
    })),
  };
}
