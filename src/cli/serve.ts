import { fileURLToPath } from 'node:url';
import type { Running } from '../compose.ts';
import { compose } from '../compose.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { watchConfig } from '../config/watch.ts';
import type { Log } from '../core/ports.ts';
import { StoreError } from '../core/store.ts';
import { systemClock } from '../engine/system-clock.ts';
import { keepYoungSpace } from '../heap.ts';
import { createLog } from '../log.ts';
import { ROOT } from '../root.ts';
import { report } from './check-config.ts';
import { defaultFile, EXIT, err, version } from './io.ts';
import { loadDeps } from './load-deps.ts';
import { readArgs } from './options.ts';

export const SERVE_HELP = `alivemcp serve [--config FILE] [--listen HOST:PORT] [--store URL]

Runs the monitor and serves its dashboard until it is told to stop (SIGTERM, SIGINT).

  --config FILE       the configuration; default ./config.yaml, else ./config.example.yaml
  --listen HOST:PORT  in place of monitor.listen
  --store URL         in place of monitor.store, such as sqlite:data/alivemcp.db

The file is watched: a change takes effect without a restart, also on SIGHUP; a file with a mistake changes nothing.
ALIVEMCP_SECRET_KEY (32 bytes, base64 or hexadecimal) seals secrets in place of the key file beside the store.

Exit code: 0 it was told to stop, 2 the configuration has mistakes, 1 it cannot run.
`;

/** `alivemcp serve`. Resolves with the exit code once it was told to stop. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const { values } = readArgs('serve', {
    args: [...args],
    options: { config: { type: 'string' }, listen: { type: 'string' }, store: { type: 'string' } },
  });
  const file = values.config ?? defaultFile('; name the configuration with --config');
  const overrides = { listen: values.listen, store: values.store };
  const read = () => loadConfig(file, { ...loadDeps(), overrides });
  const loaded = await read();
  if (!loaded.ok) {
    err(report(file, loaded));
    return EXIT.usage;
  }
  return runMonitor({ config: loaded.config, readConfig: read, watched: file });
}

/** Builds the monitor, says where it is and runs until a signal. `watched` null: no file to watch. */
export async function runMonitor(options: {
  readonly config: Config;
  readonly readConfig: Parameters<typeof compose>[0]['readConfig'];
  readonly watched: string | null;
}): Promise<number> {
  const { config, readConfig, watched } = options;
  const log = createLog({ isTerminal: process.stdout.isTTY === true });
  const stopped = untilSignal();
  const running = await compose({
    config,
    readConfig,
    clock: systemClock,
    log,
    version: version(),
    webRoot: fileURLToPath(new URL('dist/web', ROOT)),
    secretKey: process.env['ALIVEMCP_SECRET_KEY'],
    env: process.env,
  }).catch((error: unknown) => {
    throw readable(error, config);
  });
  keepYoungSpace();
  const servers = running.monitor.servers().length;
  log.info({ config: config.file, servers }, `AliveMCP ${version()} is running. Dashboard: ${running.url}`);
  const ending = new AbortController();
  await followFile(watched, running, ending.signal, log);
  log.info({ signal: await stopped }, 'stopping');
  ending.abort();
  await running.close();
  return EXIT.ok;
}

async function followFile(file: string | null, running: Running, signal: AbortSignal, log: Log): Promise<void> {
  if (file === null) return;
  const onChange = (): void => {
    running.reload().catch((error: unknown) => log.error({ error }, 'the configuration could not be taken over'));
  };
  process.on('SIGHUP', onChange);
  signal.addEventListener('abort', () => process.off('SIGHUP', onChange));
  await watchConfig({ file, onChange, signal, clock: systemClock });
}

/** A second signal ends the process at once. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(EXIT.failed));
        resolve(name);
      });
    }
  });
}

/** The listener's errors in words; a StoreError has them already. */
function readable(error: unknown, { monitor: { listen } }: Config): unknown {
  if (error instanceof StoreError || !(error instanceof Error) || !('code' in error)) return error;
  const where = `${listen.host}:${listen.port}`;
  const next = `Choose another address with --listen, such as --listen ${listen.host}:${listen.port + 1}.`;
  if (error.code === 'EADDRINUSE') return new Error(`${where} is in use by another program. ${next}`, { cause: error });
  if (error.code === 'EACCES') return new Error(`this user may not listen on ${where}. ${next}`, { cause: error });
  if (error.code === 'EADDRNOTAVAIL')
    return new Error(`${listen.host} is no address of this machine. ${next}`, { cause: error });
  return error;
}
