import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { FaultOrder } from './faults.ts';
import type { ReferenceOptions } from './options.ts';

/** A reference server that runs in another process. */
export interface Reference {
  /** Keys of its entry in the monitor's configuration. The same after a restart. */
  readonly entry: { readonly url: string; readonly health_url: { readonly ready: string; readonly live: string } };
  fault(order: FaultOrder): Promise<void>;
}

/** A process that runs reference servers, each with its own pool. */
export interface ReferenceProcess {
  readonly servers: readonly Reference[];
  /** SIGTERM: they drain and the process ends. Resolves once it has ended. */
  drain(): Promise<void>;
  /** Starts it again, at the same ports, after it has ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export type ReferenceOptionsInput = z.input<typeof ReferenceOptions>;

const ENTRY = fileURLToPath(new URL('./process.ts', import.meta.url));
const Places = z.array(z.object({ origin: z.string(), controlOrigin: z.string() }));

export async function startReferences(given: readonly ReferenceOptionsInput[]): Promise<ReferenceProcess> {
  let running = await launch(given);
  const origins = running.places.map(({ origin }) => origin);

  const fault = async (at: number, order: FaultOrder): Promise<void> => {
    const answer = await fetch(running.places[at]?.controlOrigin ?? '', {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(20_000),
    });
    if (!answer.ok) throw new Error(`the reference server answered ${answer.status}: ${await answer.text()}`);
  };
  return {
    servers: origins.map((origin, at) => ({
      entry: { url: `${origin}/mcp`, health_url: { ready: `${origin}/ready`, live: `${origin}/live` } },
      fault: (order) => fault(at, order),
    })),
    drain: () => end(running.child, 'SIGTERM'),
    async restart() {
      running = await launch(given.map((one, at) => ({ ...one, port: Number(new URL(origins[at] ?? '').port) })));
    },
    close: () => end(running.child, 'SIGKILL'),
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly places: z.output<typeof Places>;
}

async function launch(options: readonly ReferenceOptionsInput[]): Promise<Launched> {
  const child = fork(ENTRY, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  const [said] = await Promise.race([
    once(child, 'message', { signal: AbortSignal.timeout(60_000) }),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the reference servers ended with code ${code} before they were ready`);
    }),
  ]);
  return { child, places: Places.parse(said) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
