import type { CheckedServer, EntryRules } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { Monitor, MonitorFigures, ReloadResult } from '../core/monitor.ts';
import type { Channel, Clock, Log, ProbeCommit, Prober, Store } from '../core/ports.ts';
import { createAdmission } from './admission.ts';
import type { Bus } from './bus.ts';
import { createBus } from './bus.ts';
import type { Catalog } from './catalog.ts';
import { createCatalog } from './catalog.ts';
import type { ChannelList } from './channel-list.ts';
import { createChannelList } from './channel-list.ts';
import type { Courier } from './courier.ts';
import { createCourier } from './courier.ts';
import type { Cron } from './cron.ts';
import { createCron } from './cron.ts';
import { createCycle } from './cycle.ts';
import { createGate, type GateLimits } from './gate.ts';
import { createIds } from './ids.ts';
import { createLoopDelay } from './loop-delay.ts';
import type { MonitorParts } from './monitor.ts';
import { createMonitor } from './monitor.ts';
import { createPauses } from './pauses.ts';
import { createRoster } from './roster.ts';
import { createScheduler } from './scheduler.ts';
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
  readonly demoUrl: string | null;
  readonly testChannel: MonitorParts['testChannel'];
}

/** What makes things happen. Nothing is probed or sent before `start`. */
export interface Engine {
  readonly monitor: Monitor;
  readonly catalog: Catalog;
  readonly channels: ChannelList;
  readonly cron: Cron;
  readonly courier: Courier;
  /** Checks a server's entry by the rules; throws InvalidEntryError. */
  check(entry: Json): CheckedServer;
  /** Shown as the last reload. */
  noteReload(result: ReloadResult): void;
  isRunning(): boolean;
  /** Sends what waits in the outbox, from here on. */
  start(): void;
  /** Starts nothing new and waits until what runs has ended. */
  stop(): Promise<void>;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { store, prober, rules, clock, log, publicUrl } = options;
  const bus = createBus({ log });
  const newId = createIds(clock);
  const cron = createCron({ clock, log });
  const gate = createGate(options.concurrency);
  const roster = await createRoster({ store, clock });
  const channels = await createChannelList({ store, rules, log });
  const courier = createCourier({
    store,
    channels: channels.byId,
    clock,
    log,
    random: Math.random,
    onSettled: ({ channel }, { kind }) => bus.emit({ kind: 'delivery', channel, result: kind }),
  });
  const routes = (): readonly Channel[] => [...channels.byId().values()];
  const onCommitted = (commit: ProbeCommit): void => announce(commit, bus, courier);
  const cycle = createCycle({ roster, gate, prober, store, clock, log, routes, publicUrl, newId, onCommitted });
  const scheduler = createScheduler({ roster, cycle, cron, clock });
  const pauses = await createPauses({ store, roster, scheduler, clock, bus });
  const admission = createAdmission({ store, roster, scheduler, pauses, clock, bus });
  const channelIds = (): readonly string[] => [...channels.byId().keys()];
  const catalog = await createCatalog({ store, roster, admission, rules, channelIds, log });
  const loop = createLoopDelay();
  const watchdog = createWatchdog({ clock, onJump: (byMs) => restartCron(byMs, cron, log) });
  const reloads: { last: ReloadResult | null } = { last: null };
  const parts = { roster, catalog, pauses, channels, scheduler, gate, prober, cron, store, clock, bus, loop };
  const { testChannel } = options;
  const monitor = createMonitor({ ...parts, testChannel, reload: () => reloads.last, facts: factsOf(options) });
  const running = { is: false };
  return {
    monitor,
    catalog,
    channels,
    cron,
    courier,
    check: (entry) => rules.server(entry, channelIds()),
    noteReload: (result) => {
      reloads.last = result;
      bus.emit({ kind: 'config' });
    },
    isRunning: () => running.is,
    start: () => {
      running.is = true;
      courier.wake();
    },
    stop: async () => {
      running.is = false;
      for (const part of [watchdog, scheduler, pauses, cron, loop]) part.stop();
      await cycle.stop();
      await courier.stop();
    },
  };
}

/** Tells browsers and the courier what a commit has made true. */
function announce({ status, incidents, notices, record }: ProbeCommit, bus: Bus, courier: Courier): void {
  const stateChanged = status.since >= record.report.startedAt || incidents.length > 0;
  bus.emit({ kind: 'server', id: status.serverId, stateChanged });
  for (const incident of incidents) bus.emit({ kind: 'incident', incident });
  if (notices.length > 0) courier.wake();
}

/** node-cron stops ticking when the wall clock steps back; probes run on the monotonic clock and need nothing. */
function restartCron(byMs: number, cron: Cron, log: Log): void {
  log.warn(
    { byMs: Math.round(byMs) },
    'the wall clock jumped, or the machine slept; jobs by wall clock are armed anew',
  );
  cron.restart();
}

function factsOf({
  version,
  location,
  demoUrl,
  clock,
}: EngineOptions): MonitorParts['facts'] & Pick<MonitorFigures, 'version'> {
  return { version, location, demoUrl, startedAt: clock.now() };
}
