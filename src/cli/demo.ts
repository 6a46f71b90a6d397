import { loadConfig } from '../config/load.ts';
import { report } from './check-config.ts';
import { EXIT, err } from './io.ts';
import { loadDeps } from './load-deps.ts';
import { readArgs } from './options.ts';
import { runMonitor } from './serve.ts';

export const DEMO_HELP = `alivemcp demo [--listen HOST:PORT]

Runs the monitor with three bundled MCP servers, probed every 5 s, whose faults can be switched on from a page of their own: 
exhaust the pool, hang a tool, add latency. Nothing is kept: the store is in memory.

Exit code: 0 it was told to stop, 1 it cannot run.
`;

/** What the demo would be as a file. */
const DEMO_CONFIG = 'monitor: { demo: true, store: "sqlite::memory:" }\n';

/** `alivemcp demo`. */
export async function demoCommand(args: readonly string[]): Promise<number> {
  const { values } = readArgs('demo', { args: [...args], options: { listen: { type: 'string' } } });
  const deps = { ...loadDeps(), readFile: async () => DEMO_CONFIG, overrides: { listen: values.listen } };
  const read = () => loadConfig('demo', deps);
  const loaded = await read();
  if (!loaded.ok) {
    err(report('demo', loaded));
    return EXIT.usage;
  }
  return runMonitor({ config: loaded.config, readConfig: read, watched: null });
}
