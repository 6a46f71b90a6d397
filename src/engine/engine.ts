import type { CheckedChannel, CheckedPage, CheckedServer, CheckedWindow, EntryRules } from '../core/entries.ts';
import type { Monitor, MonitorFigures, ReloadResult } from '../core/monitor.ts';
import type { Channel, Clock, Log, Lookout, Prober } from '../core/ports.ts';
import type { ServerStatus } from '../core/status.ts';
import type { ProbeCommit, Store } from '../core/store.ts';
import { createAdmission } from './admission.ts';
import { createBaselines } from './baselines.ts';
import type { Bus } from './bus.ts';
import { createBus } from './bus.ts';
import { createCatalog } from './catalog.ts';
import { createChannelList } from './channel-list.ts';
import type { Courier } from './courier.ts';
import type { Cron } from './cron.ts';
import { calendar, createCron } from './cron.ts';
import { createCycle } from './cycle.ts';
import { createDeliveries } from './deliveries.ts';
import { watchDisk } from './disk-watch.ts';
import { createGate, type GateLimits } from './gate.ts';
import { createHeartbeat, type Heartbeat, type HeartbeatRule } from './heartbeat.ts';
import { createIds } from './ids.ts';
import { createTurns } from './in-turn.ts';
import { createLoopDelay } from './loop-delay.ts';
import { type LoopLag, steadyLoop } from './loop-lag.ts';
import { createMaintenance } from './maintenance.ts';
import { createMarking } from './marking.ts';
import type { MonitorParts } from './monitor.ts';
import { createMonitor } from './monitor.ts';
import { createNetwork } from './network.ts';
import { createPageList } from './page-list.ts';
import { createPauses } from './pauses.ts';
import { createPoolWatch } from './pool-watch.ts';
import { retire } from './retire.ts';
import { createRoster, type Roster } from './roster.ts';
import { createScheduler } from './scheduler.ts';
import { createSelf, type Self, type SelfOptions } from './self.ts';
import { createToolWatch } from './tool-watch.ts';
import type { Watchdog } from './watchdog.ts';
import { createWatchdog } from './watchdog.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly prober: Prober;
  readonly rules: EntryRules;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly version: string;
  readonly publicUrl: string;
  readonly concurrency: GateLimits;
  readonly lookout: Lookout;
  /** The address that answers whenever our own network is there, as it is configured now; null: none. */
  readonly controlUrl: () => string | null;
  /** The dead man's switch; null: there is none. */
  readonly heartbeat: HeartbeatRule | null;
  readonly demoUrl: string | null;
  readonly testChannel: MonitorParts['testChannel'];
  /** Left out: the loop is taken to be steady. */
  readonly lag?: LoopLag;
}

/** What makes things happen. Nothing is watched before the first `takeOver`, nothing sent before `start`. */
export interface Engine {
  readonly monitor: Monitor;
  readonly cron: Cron;
  readonly courier: Courier;
  /** Watches what the file says now, beside what was entered in the browser. */
  takeOver(file: {
    readonly channels: readonly CheckedChannel[];
    readonly servers: readonly CheckedServer[];
    readonly maintenance: readonly CheckedWindow[];
    readonly statusPages: readonly CheckedPage[];
  }): Promise<void>;
  /** Shown as the last reload. */
  noteReload(result: ReloadResult): void;
  isRunning(): boolean;
  /** Sends what waits in the outbox, from here on. */
  start(): void;
  /** Starts nothing new and waits until what runs has ended, some seconds at most. */
  stop(): Promise<void>;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { store, prober, rules, clock, log, publicUrl, testChannel } = options;
  const bus = createBus({ log });
  const newId = createIds(clock);
  const cron = createCron({ clock, log });
  const watchdog = watchTime({ cron, clock, log });
  const gate = createGate(options.concurrency, clock);
  const baselines = createBaselines({ store, clock, log });
  const roster = createRoster({ store, clock, log, baselines });
  const inTurn = createTurns();
  const channels = await createChannelList({ store, rules, inTurn, log });
  const routes = (): readonly Channel[] => [...channels.byId().values()];
  const self = selfOf({ ...options, routes, newId, bus, wake: () => courier.wake() }, cron);
  const deliveries = await createDeliveries({ store, channels: channels.byId, clock, log, bus, self, publicUrl });
  const { courier } = deliveries;
  const onCommitted = (commit: ProbeCommit, before: ServerStatus): void =>
    announce({ bus, courier, heartbeat }, commit, before);
  const tools = await createToolWatch(store);
  const maintenance = await createMaintenance({ ...options, roster, calendar, inTurn, bus, wake: courier.wake });
  const pools = createPoolWatch({ store, clock });
  const network = createNetwork({ ...options, roster, self });
  const heartbeat = createHeartbeat({ ...options, roster, network });
  const probing = { prober: markingOf(options, roster), roster, gate, tools, pools, maintenance, watchdog, network };
  const cycle = createCycle({ ...probing, onCommitted, store, clock, log, routes, publicUrl, newId });
  const scheduler = createScheduler({ roster, cycle, cron, clock });
  const pauses = await createPauses({ store, roster, scheduler, clock, bus, log });
  const { catalog, pages } = await openLists(options, { roster, scheduler, pauses, bus, channels, inTurn });
  const loop = createLoopDelay();
  const state: { lastReload: ReloadResult | null; isRunning: boolean } = { lastReload: null, isRunning: false };
  const kept = { roster, catalog, pauses, channels, deliveries, tools, pools, maintenance, pages };
  const parts = { ...kept, network, heartbeat, scheduler, gate, prober, cron, store, clock, bus, loop, rules };
  const monitor = createMonitor({ ...parts, testChannel, reload: () => state.lastReload, facts: factsOf(options) });
  return {
    monitor,
    cron,
    courier,
    takeOver: (file) => takeOver(kept, file, state.isRunning),
    noteReload: (result) => {
      state.lastReload = result;
      bus.emit({ kind: 'config' });
    },
    isRunning: () => state.isRunning,
    start: () => {
      state.isRunning = true;
      for (const part of [network, heartbeat]) part.start();
      courier.wake();
    },
    stop: async () => {
      state.isRunning = false;
      for (const part of [watchdog, heartbeat, network, scheduler, pauses, maintenance, cron, loop, roster])
        part.stop();
      await cycle.stop();
      await courier.stop();
    },
  };
}

/** What tells of the monitor itself, and what it watches of it. */
function selfOf(options: SelfOptions & Pick<EngineOptions, 'store'>, cron: Cron): Self {
  const self = createSelf(options);
  watchDisk({ ...options, self, cron });
  return self;
}

/** What is watched, with what follows where it changes, and where everybody may see it. */
async function openLists(
  { store, rules, clock, log }: EngineOptions,
  {
    channels,
    inTurn,
    ...others
  }: Pick<MonitorParts, 'roster' | 'scheduler' | 'pauses' | 'bus' | 'channels'> & {
    readonly inTurn: ReturnType<typeof createTurns>;
  },
): Promise<Pick<MonitorParts, 'catalog' | 'pages'>> {
  const { roster, bus } = others;
  const admission = createAdmission({ ...others, store, clock });
  const channelIds = (): readonly string[] => [...channels.byId().keys()];
  const forget = (isGone: Parameters<typeof retire>[1]): Promise<void> => retire({ store, clock, bus }, isGone);
  const own = { store, roster, rules, inTurn, log };
  const catalog = await createCatalog({ ...own, admission, channelIds, retire: forget });
  return { catalog, pages: await createPageList({ ...own, bus }) };
}

function markingOf({ prober, lag = steadyLoop }: EngineOptions, roster: Roster): Prober {
  return createMarking({ prober, lag, lastOf: (id) => roster.get(id)?.last?.report ?? null });
}

/** The channels first: servers name them. */
async function takeOver(
  {
    channels,
    deliveries,
    catalog,
    maintenance,
    pages,
  }: Pick<MonitorParts, 'channels' | 'deliveries' | 'catalog' | 'maintenance' | 'pages'>,
  file: Parameters<Engine['takeOver']>[0],
  isRunning: boolean,
): Promise<void> {
  channels.applyFile(file.channels);
  await deliveries.changed(file.channels.map(({ channel }) => channel.id));
  if (isRunning) deliveries.courier.wake();
  await maintenance.applyFile(file.maintenance, () => catalog.applyFile(file.servers));
  pages.applyFile(file.statusPages);
}

interface Ears {
  readonly bus: Bus;
  readonly courier: Courier;
  readonly heartbeat: Heartbeat;
}

/** Tells browsers, the courier and the heartbeat what a commit has made true. */
function announce({ bus, courier, heartbeat }: Ears, commit: ProbeCommit, before: ServerStatus): void {
  const { status, incidents, notices } = commit;
  heartbeat.note(commit);
  const stateChanged = status.state !== before.state || status.reason?.code !== before.reason?.code;
  bus.emit({ kind: 'server', id: status.serverId, stateChanged: stateChanged || incidents.length > 0 });
  for (const incident of incidents) bus.emit({ kind: 'incident', incident });
  if (notices.length > 0) courier.wake();
}

/** node-cron stops ticking when the wall clock steps back; probes run on the monotonic clock and need nothing. */
function watchTime({ cron, clock, log }: { readonly cron: Cron; readonly clock: Clock; readonly log: Log }): Watchdog {
  return createWatchdog({
    clock,
    onJump: (byMs) => {
      const fields = { byMs: Math.round(byMs) };
      log.warn(fields, 'the wall clock jumped, or the machine slept; jobs by wall clock are armed anew');
      cron.restart();
    },
    onStandstill: (forMs) =>
      log.warn({ forMs: Math.round(forMs) }, 'the process stood still: stopped, or kept from the processor'),
  });
}

function factsOf({
  version,
  location,
  demoUrl,
  clock,
}: EngineOptions): MonitorParts['facts'] & Pick<MonitorFigures, 'version'> {
  return { version, location, demoUrl, startedAt: clock.now() };
}
