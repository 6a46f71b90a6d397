import { beats } from '../core/beats.ts';
import { conclude } from '../core/conclude.ts';
import type { Monitor, MonitorFigures, ReloadResult, WatchedServer } from '../core/monitor.ts';
import type { Channel, Clock, Prober } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import { newStatus } from '../core/state.ts';
import type { StopSignal } from '../core/stop.ts';
import type { Store } from '../core/store.ts';
import { originOf } from '../core/target.ts';
import { acceptTools } from './accept-tools.ts';
import type { Bus } from './bus.ts';
import type { Catalog } from './catalog.ts';
import { createChannelDesk } from './channel-desk.ts';
import type { ChannelList } from './channel-list.ts';
import type { Cron } from './cron.ts';
import type { Deliveries } from './deliveries.ts';
import type { Gate } from './gate.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { LoopDelay } from './loop-delay.ts';
import type { Maintenance } from './maintenance.ts';
import type { Network } from './network.ts';
import type { PageList } from './page-list.ts';
import type { Pauses } from './pauses.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { Member, Roster } from './roster.ts';
import { latencyOf } from './roster.ts';
import type { Scheduler } from './scheduler.ts';
import type { ToolWatch } from './tool-watch.ts';

const HOUR_MS = 3_600_000;

export interface MonitorParts {
  readonly roster: Roster;
  readonly catalog: Catalog;
  readonly pauses: Pauses;
  readonly channels: ChannelList;
  readonly deliveries: Deliveries;
  readonly tools: ToolWatch;
  readonly maintenance: Maintenance;
  readonly pools: PoolWatch;
  readonly pages: PageList;
  readonly scheduler: Scheduler;
  readonly gate: Gate;
  readonly network: Pick<Network, 'figures'>;
  readonly heartbeat: Pick<Heartbeat, 'figures'>;
  readonly prober: Prober;
  readonly cron: Cron;
  readonly store: Store;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly loop: LoopDelay;
  readonly testChannel: (
    channel: Channel,
  ) => Promise<{ readonly ok: boolean; readonly answer: string; readonly ms: number }>;
  readonly reload: () => ReloadResult | null;
  readonly facts: Pick<MonitorFigures, 'version' | 'location' | 'startedAt' | 'demoUrl'>;
}

/** The running monitor as the HTTP interface sees it. */
export function createMonitor(parts: MonitorParts): Monitor {
  const { roster, catalog, pauses, tools, maintenance, scheduler, store, clock, bus } = parts;

  // Made of all servers at once: written out, as spreading a member takes five times as long.
  const watchedOf = ({ server, entry, status, pause, last, samples, spans }: Member): WatchedServer => ({
    server,
    entry,
    status,
    pause,
    last,
    tools: tools.standing(server.id),
    maintenanceUntil: maintenance.until(server.id),
    nextProbeAt: () => scheduler.nextAt(server.id),
    latency: () => latencyOf(samples),
    beats: () => beats(spans, clock.now()),
  });
  const server = (id: string): WatchedServer | null => {
    const member = roster.get(id);
    return member === null ? null : watchedOf(member);
  };
  const shown = (id: string): WatchedServer => {
    const found = server(id);
    if (found === null) throw new Error(`${id} is not watched`);
    return found;
  };

  /** Asks anew who is in maintenance. */
  const covered = async <T>(changing: Promise<T>): Promise<T> => {
    const changed = await changing;
    await maintenance.refresh();
    return changed;
  };

  return {
    servers: () => roster.all().map(watchedOf),
    server,
    addServer: async (entry) => shown(await covered(catalog.add(entry))),
    changeServer: async (id, patch) => ((await covered(catalog.change(id, patch))) ? shown(id) : null),
    removeServer: (id) => removeServer(parts, id),
    pause: async (id, until) => ((await pauses.pause(id, until)) ? shown(id) : null),
    resume: async (id) => ((await pauses.resume(id)) ? shown(id) : null),
    probeNow: async (id) => {
      const record = await scheduler.probeNow(id);
      // What was answered is never forgotten.
      await store.flush();
      return record;
    },
    acceptTools: async (id, hash) => ((await acceptTools(parts, { id, hash })) ? shown(id) : null),
    tryEntry: async (entry, onStep, signal) => tryEntry(parts, { server: catalog.check(entry), onStep, signal }),
    acknowledge: async (incidentId, note) => {
      const incident = await store.acknowledge(incidentId, clock.now(), note);
      if (incident === null) return null;
      roster.setIncident(incident);
      bus.emit({ kind: 'incident', incident });
      return incident;
    },

    ...createChannelDesk(parts),
    ...windowMethods(maintenance),
    ...pageMethods(parts.pages),
    figures: () => figuresOf(parts),
    subscribe: bus.subscribe,
  };
}

/** Removes a server, and what is held of it in memory. */
async function removeServer({ catalog, tools, pools }: MonitorParts, id: string): Promise<boolean> {
  const isGone = await catalog.remove(id);
  if (isGone) for (const watch of [tools, pools]) watch.forget(id);
  return isGone;
}

function windowMethods({
  all,
  add,
  change,
  remove,
}: Maintenance): Pick<Monitor, 'windows' | 'addWindow' | 'changeWindow' | 'removeWindow'> {
  return { windows: all, addWindow: add, changeWindow: change, removeWindow: remove };
}

function pageMethods({
  all,
  add,
  change,
  remove,
}: PageList): Pick<Monitor, 'statusPages' | 'addStatusPage' | 'changeStatusPage' | 'removeStatusPage'> {
  return { statusPages: all, addStatusPage: add, changeStatusPage: change, removeStatusPage: remove };
}

/** One probe outside the schedule, judged as the first of a server nobody knows. Nothing is stored or announced. */
async function tryEntry(
  { prober, clock, gate }: MonitorParts,
  request: {
    readonly server: Server;
    readonly onStep: NonNullable<Parameters<Prober['probe']>[0]['onStep']>;
    readonly signal: StopSignal;
  },
): ReturnType<Monitor['tryEntry']> {
  const { server, onStep, signal } = request;
  const leave = await gate.enter(originOf(server), signal);
  const report = await prober
    .probe({ server, scheduledAt: clock.now(), signal, onStep, knownToolHashes: [] })
    .finally(leave);
  const status = newStatus(server.id, clock.now());
  const unused = { open: [], samplesOf: () => [], routes: [], publicUrl: '', at: clock.now(), newId: () => 'unsaved' };
  // The report as it came: with the list of tools, which no stored one has.
  return { ...conclude({ server, report, status, ...unused }).record, report };
}

async function figuresOf({
  network,
  heartbeat,
  scheduler,
  gate,
  cron,
  store,
  clock,
  loop,
  reload,
  facts,
}: MonitorParts): Promise<MonitorFigures> {
  const [probesLastHour, size, outbox] = await Promise.all([
    store.probeCount(clock.now() - HOUR_MS),
    store.size(),
    store.outbox(),
  ]);
  return {
    ...facts,
    ...scheduler.figures(),
    probesRunning: gate.running,
    probesWaiting: gate.waiting,
    probesLastHour,
    eventLoopMs: loop.read(),
    rssBytes: process.memoryUsage.rss(),
    store: size,
    outbox,
    network: network.figures(),
    heartbeat: heartbeat.figures(),
    reload: reload(),
    cron: cron.jobs(),
  };
}
