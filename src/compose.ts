import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config, LoadedConfig } from './config/config.ts';
import { readPasted } from './config/pasted.ts';
import type { CheckedServer, EntryRules } from './core/entries.ts';
import { asEntry } from './core/entries.ts';
import type { Monitor, ReloadResult } from './core/monitor.ts';
import type { Channel, Clock, HttpPost, Log } from './core/ports.ts';
import type { Store } from './core/store.ts';
import { STDIO_ORIGIN } from './core/target.ts';
import type { Demo } from './demo/demo.ts';
import { keepNewest } from './engine/backups.ts';
import { calendar } from './engine/cron.ts';
import type { Engine } from './engine/engine.ts';
import { createEngine } from './engine/engine.ts';
import { createTurns } from './engine/in-turn.ts';
import { startJanitor } from './engine/janitor.ts';
import { createLoopLag } from './engine/loop-lag.ts';
import { createExports, type Exports } from './exports.ts';
import { createApp } from './http/app.ts';
import type { ChannelSpec } from './notify/channel.ts';
import { openChannel } from './notify/channel.ts';
import { LIMITS } from './notify/define.ts';
import { previewers } from './notify/previewers.ts';
import { notifierKinds } from './notify/registry.ts';
import { testChannel } from './notify/test-channel.ts';
import { createHttpPost } from './probe/http-post.ts';
import { createLookout } from './probe/lookout.ts';
import { createProber } from './probe/prober.ts';
import { reload } from './reload.ts';
import { channelFromFile, createRules, fromFile } from './rules.ts';
import { openStore } from './store/open.ts';

export interface ComposeOptions {
  readonly config: Config;
  /** Reads the configuration anew. */
  readonly readConfig: () => Promise<LoadedConfig>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built dashboard. */
  readonly webRoot: string;
  /** `ALIVEMCP_SECRET_KEY` */
  readonly secretKey: string | undefined;
  /** Of this process; servers that are started get a little of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the system's resolver. */
  readonly lookup?: NonNullable<Parameters<typeof createProber>[0]['lookup']>;
}

/** The whole monitor, running. */
export interface Running {
  /** Where the dashboard is. */
  readonly url: string;
  readonly monitor: Monitor;
  /** Takes the configuration over again; a file with a mistake changes nothing. */
  reload(): Promise<ReloadResult>;
  /** Stops in reverse order: nothing new, then what runs, then the store. */
  close(): Promise<void>;
}

type Closers = (() => Promise<unknown>)[];

/**
 * Builds the monitor from its rooms and starts it. Rejects with a StoreError, or with the listener's error, and has then
 * closed whatever was open.
 */
export async function compose(options: ComposeOptions): Promise<Running> {
  const closers: Closers = [];
  const close = (): Promise<void> => closeAll(closers);
  try {
    return { ...(await start(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each is closed, whatever the others do; rejects with the first fault. */
async function closeAll(closers: Closers): Promise<void> {
  const faults: unknown[] = [];
  for (const closer of closers.splice(0).reverse()) await closer().catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults[0];
}

async function start(given: ComposeOptions, closers: Closers): Promise<Omit<Running, 'close'>> {
  const options = { ...given, config: await withPort(given.config) };
  const { config, clock, log } = options;
  const store = await openStore({ url: storeUrl(config), clock, log, secretKey: options.secretKey });
  closers.push(() => store.close());
  const exports = createExports({ store, path: config.monitor.store.path, clock, log });
  closers.push(exports.close);
  await store.freeLeases();
  const demo = config.monitor.demo
    ? await (await import('./demo/demo.ts')).startDemo({ host: '127.0.0.1', log })
    : null;
  if (demo !== null) closers.push(() => demo.close());

  const current = { config };
  const { engine, open, rules } = await engineOf(options, { store, demo, current });
  closers.push(() => engine.stop());
  const url = await serve(options, { store, exports, engine }, closers);

  const takeOver = (next: Config): Promise<void> => {
    current.config = next;
    const channels = next.channels.map((channel) =>
      channelFromFile(channel, { openChannel: open, calendar, file: next.file }),
    );
    return engine.takeOver({
      channels,
      servers: [...next.servers.map(fromFile), ...demoServers(demo, rules, next)],
      maintenance: next.maintenance,
      statusPages: next.statusPages,
    });
  };
  await takeOver(config);
  engine.start();
  const retentionMs = (): number => current.config.monitor.retentionProbesMs;
  const rollupsMs = (): number => current.config.monitor.retentionRollupsMs;
  startJanitor({ store, cron: engine.cron, clock, retentionMs, rollupsMs, backups: backupsOf(config) });
  const inTurn = createTurns();
  return {
    url,
    monitor: engine.monitor,
    reload: () => inTurn(() => reload({ ...given, takeOver, note: engine.noteReload })),
  };
}

interface Inside {
  readonly store: Store;
  readonly demo: Demo | null;
  /** The configuration as it is now. */
  readonly current: { readonly config: Config };
}

async function engineOf(options: ComposeOptions, { store, demo, current }: Inside) {
  const { clock, log, version, config, lookup, env = {} } = options;
  const { network, location, concurrency } = config.monitor;
  const wayOut = { network, clock, ...(lookup === undefined ? {} : { lookup }) };
  const post: HttpPost = createHttpPost(wayOut);
  const prober = createProber({ ...wayOut, location, log, version, env });
  const open = (spec: ChannelSpec): Channel => openChannel(spec, { post, clock, limits: LIMITS });
  const lookout = createLookout({ ...wayOut, version });
  const rules = createRules({ config: () => current.config, calendar, channelKinds: notifierKinds, openChannel: open });
  const publicUrl = publicUrlOf(config);
  const engine = await createEngine({
    store,
    prober,
    rules,
    clock,
    log,
    location,
    version,
    publicUrl,
    concurrency: { ...concurrency, ofOrigin: { [STDIO_ORIGIN]: PROCESSES_PER_CORE * availableParallelism() } },
    lag: createLoopLag(),
    lookout,
    controlUrl: () => current.config.monitor.controlUrl,
    heartbeat: config.monitor.heartbeat,
    demoUrl: demo?.controlUrl ?? null,
    testChannel: (channel) =>
      testChannel(channel, { clock, publicUrl, location, signal: AbortSignal.timeout(TEST_MS) }),
  });
  return { engine, open, rules };
}

/** A server that is started as a process costs this machine's own time. */
const PROCESSES_PER_CORE = 2;

/** A mail server may take its time; nobody waits longer than this for a test. */
const TEST_MS = 45_000;

/** Resolves with where the dashboard is. */
async function serve(
  options: ComposeOptions,
  { store, exports, engine }: { readonly store: Store; readonly exports: Exports; readonly engine: Engine },
  closers: Closers,
): Promise<string> {
  const { clock, log, version, webRoot, config } = options;
  const { listen, password } = config.monitor;
  const app = await createApp({
    monitor: engine.monitor,
    store,
    exportProbes: exports.probes,
    clock,
    log,
    version,
    webRoot,
    listenHost: listen.host,
    publicUrl: publicUrlOf(config),
    password,
    previewers: previewers(),
    channelForms: [...notifierKinds.values()].map(({ form }) => form),
    readPasted,
    isScheduling: engine.isRunning,
  });
  closers.push(() => app.close());
  await app.listen({ host: listen.host, port: listen.port });
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port;
  return addressOf(listen.host, port);
}

/** The bundled servers, checked by the rules for every other entry. They belong to the file that switched them on. */
function demoServers(demo: Demo | null, rules: EntryRules, config: Config): readonly CheckedServer[] {
  const taken = new Set(config.servers.map(({ server }) => server.id));
  const free = (demo?.servers ?? []).filter(({ id }) => typeof id !== 'string' || !taken.has(id));
  const channelIds = config.channels.map(({ id }) => id);
  return free.map((entry) => {
    const checked = rules.server(asEntry(entry, 'server'), channelIds);
    return { ...checked, server: { ...checked.server, source: { kind: 'config', file: config.file, line: 1 } } };
  });
}

function storeUrl({ monitor }: Config): string {
  return `${monitor.store.kind}:${monitor.store.path}`;
}

function backupsOf({ monitor }: Config): Parameters<typeof startJanitor>[0]['backups'] {
  const { path } = monitor.store;
  return path === ':memory:' ? null : { folder: join(dirname(path), 'backups'), keep: keepNewest };
}

/** Port 0 is any free one. It is chosen before anything is built: links name it. */
async function withPort(config: Config): Promise<Config> {
  const { listen } = config.monitor;
  if (listen.port !== 0) return config;
  const probe = createServer().listen({ host: listen.host, port: 0 });
  await once(probe, 'listening');
  const bound = probe.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  await new Promise((resolve) => probe.close(resolve));
  return { ...config, monitor: { ...config.monitor, listen: { ...listen, port } } };
}

function publicUrlOf({ monitor }: Config): string {
  return monitor.publicUrl ?? addressOf(monitor.listen.host, monitor.listen.port);
}

function addressOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
