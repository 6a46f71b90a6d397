import type { Incident } from '../../src/core/incident.ts';
import type { Json } from '../../src/core/json.ts';
import { judge } from '../../src/core/judge.ts';
import {
  type ChannelStanding,
  ConflictError,
  InvalidEntryError,
  type ListedChannel,
  type ListedPage,
  type ListedWindow,
  type Monitor,
  type MonitorEvent,
  type MonitorFigures,
  type WatchedServer,
} from '../../src/core/monitor.ts';
import type { Clock, Notifier } from '../../src/core/ports.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import type { Server } from '../../src/core/server.ts';
import { advance, newStatus } from '../../src/core/state.ts';
import type { StatusPage } from '../../src/core/status-page.ts';
import type { StopSignal } from '../../src/core/stop.ts';
import type { ProbeRecord } from '../../src/core/store.ts';
import { acceptCurrent } from '../../src/core/tools.ts';
import { aReport, aServer, type ServerChanges } from '../fixtures/facts.ts';
import type { Memory } from './fake-store.ts';

type Entry = Readonly<Record<string, Json>>;

export interface FakeMonitor extends Monitor {
  /** Watches a server as if it had been configured, with the probe it last had. */
  watch(server: ServerChanges, last?: ProbeReport | null, entry?: Entry): WatchedServer;
  plan(
    window: Partial<ListedWindow['window']>,
    entry?: Entry,
    times?: Partial<Pick<ListedWindow, 'openUntil' | 'next'>>,
  ): ListedWindow;
  publish(page: Partial<StatusPage>, entry?: Entry): ListedPage;
  /** Puts a server into maintenance. */
  maintains(id: string, until: number): void;
  listen(channel: Partial<ListedChannel['channel']>, entry: Entry): void;
  emit(event: MonitorEvent): void;
  fares(channel: string, standing: ChannelStanding): void;
  figuresAre(changes: Partial<MonitorFigures>): void;
  /** What the next probes see. */
  willSee(report: ProbeReport): void;
  /** Holds `tryEntry` after its first step until called. */
  holdTries(): () => void;
  /** Makes `tryEntry` break after its first step. */
  willFailTries(error: Error): void;
}

const isEntry = (json: Json): json is Entry => typeof json === 'object' && json !== null && !Array.isArray(json);

export function createFakeMonitor(clock: Clock, memory: Memory): FakeMonitor {
  const servers = new Map<string, WatchedServer>();
  const channels = new Map<string, ListedChannel>();
  const standings = new Map<string, ChannelStanding>();
  const windows = new Map<string, ListedWindow>();
  const pages = new Map<string, ListedPage>();
  const listeners = new Set<(event: MonitorEvent) => void>();
  let report = aReport();
  let figures: MonitorFigures = figuresOf(clock.now());
  let held: Promise<void> = Promise.resolve();
  let broken: Error | null = null;
  let probes = 0;

  function put(server: Server, last: ProbeReport | null, entry: Entry): WatchedServer {
    const record = last === null ? null : recordOf(last, server);
    const fresh = newStatus(server.id, clock.now());
    const status =
      record === null ? fresh : advance(fresh, record.judgement, server.confirm, last?.startedAt ?? 0).status;
    const watched: WatchedServer = {
      server,
      entry: masked(entry),
      status,
      pause: null,
      last: record,
      nextProbeAt: () => clock.now() + 30_000,
      maintenanceUntil: null,
      tools: memory.tools.get(server.id)?.standing ?? null,
      latency: () => ({ p50Ms: 80, p95Ms: 120, p99Ms: 150, samples: 60 }),
      beats: () => 'u'.repeat(48),
    };
    servers.set(server.id, watched);
    return watched;
  }

  function recordOf(seen: ProbeReport, server: Server): ProbeRecord {
    probes += 1;
    const record = {
      id: `p${probes}`,
      report: { ...seen, serverId: server.id },
      judgement: judge(seen, server),
    };
    memory.probes.unshift(record);
    return record;
  }

  function change(id: string, make: (watched: WatchedServer) => WatchedServer): WatchedServer | null {
    const watched = servers.get(id);
    if (watched === undefined) return null;
    servers.set(id, make(watched));
    return servers.get(id) ?? null;
  }

  function owned(id: string): void {
    const source = servers.get(id)?.server.source;
    if (source?.kind === 'config')
      throw new ConflictError(`The server “${id}” is defined in ${source.file}:${source.line}. Change it there.`);
  }

  return {
    servers: () => [...servers.values()],
    server: (id) => servers.get(id) ?? null,
    async addServer(json) {
      const entry = isEntry(json) ? json : {};
      const { id, url } = entry;
      if (typeof id !== 'string' || typeof url !== 'string')
        throw new InvalidEntryError([{ path: typeof id === 'string' ? 'url' : 'id', message: 'is required' }]);
      if (servers.has(id)) throw new ConflictError(`There is a server “${id}” already. Choose another id.`);
      return put(aServer({ id, url, name: id }), null, entry);
    },
    async changeServer(id, patch) {
      owned(id);
      return change(id, (watched) => ({
        ...watched,
        entry: masked({ ...watched.entry, ...(isEntry(patch) ? patch : {}) }),
      }));
    },
    async removeServer(id) {
      owned(id);
      return servers.delete(id);
    },
    pause: async (id, until) =>
      change(id, (watched) => ({ ...watched, pause: { serverId: id, at: clock.now(), until } })),
    resume: async (id) => change(id, (watched) => ({ ...watched, pause: null })),
    async probeNow(id) {
      const watched = servers.get(id);
      return watched === undefined ? null : recordOf(report, watched.server);
    },
    async acceptTools(id, hash) {
      const kept = memory.tools.get(id);
      if (!servers.has(id)) return null;
      if (kept === undefined || (hash !== null && hash !== kept.standing.current.hash))
        throw new ConflictError('The tools changed again meanwhile.');
      const standing = acceptCurrent(kept.standing, clock.now());
      memory.tools.set(id, { ...kept, standing, lists: { ...kept.lists, accepted: kept.lists.current } });
      return change(id, (watched) => ({ ...watched, tools: standing }));
    },
    async tryEntry(json, onStep, signal) {
      if (!isEntry(json) || typeof json['url'] !== 'string')
        throw new InvalidEntryError([{ path: 'url', message: 'is required' }]);
      const [first, ...rest] = report.steps;
      if (first !== undefined) onStep(first);
      await Promise.race([held, aborted(signal)]);
      if (signal.aborted) throw signal.reason;
      if (broken !== null) throw broken;
      for (const step of rest) onStep(step);
      return { report, judgement: judge(report, aServer()) };
    },
    async acknowledge(incidentId, note) {
      const index = memory.incidents.findIndex(({ id }) => id === incidentId);
      const incident = memory.incidents[index];
      if (incident === undefined) return null;
      const seen: Incident = { ...incident, acknowledged: { at: clock.now(), note } };
      memory.incidents[index] = seen;
      return seen;
    },
    channels: () => [...channels.values()],
    async addChannel(json) {
      const entry = isEntry(json) ? json : {};
      const { id, type } = entry;
      if (typeof id !== 'string' || typeof type !== 'string')
        throw new InvalidEntryError([{ path: 'type', message: 'is required' }]);
      if (channels.has(id)) throw new ConflictError(`There is a channel “${id}” already. Choose another id.`);
      this.listen({ id, kind: type }, entry);
      return channels.get(id) ?? unreachable();
    },
    async changeChannel(id, patch) {
      const listed = channels.get(id);
      if (listed === undefined) return null;
      channels.set(id, { ...listed, entry: masked({ ...listed.entry, ...(isEntry(patch) ? patch : {}) }) });
      return channels.get(id) ?? null;
    },
    removeChannel: async (id) => channels.delete(id),
    testChannel: async (id) => (channels.has(id) ? { ok: true, answer: '250 OK: queued as 42', ms: 12 } : null),
    channelStandings: async () => new Map(standings),
    async resend(id) {
      const index = memory.notices.findIndex(({ notice, channel }) => notice.id === id && channel !== null);
      const queued = memory.notices[index];
      if (queued === undefined) return false;
      memory.notices[index] = { ...queued, status: 'pending' };
      return true;
    },
    windows: () => [...windows.values()],
    async addWindow(json) {
      const entry = isEntry(json) ? json : {};
      const { id = 'window-1', duration } = entry;
      if (typeof id !== 'string' || typeof duration !== 'string')
        throw new InvalidEntryError([{ path: 'duration', message: 'is required' }]);
      if (windows.has(id)) throw new ConflictError(`There is a maintenance window “${id}” already.`);
      return this.plan({ id }, entry);
    },
    async changeWindow(id, patch) {
      const listed = windows.get(id);
      if (listed === undefined) return null;
      if (listed.window.source.kind === 'config') throw new ConflictError(`“${id}” comes from config.yaml:12.`);
      return this.plan(listed.window, { ...listed.entry, ...(isEntry(patch) ? patch : {}) });
    },
    removeWindow: async (id) => windows.delete(id),
    statusPages: () => [...pages.values()],
    async addStatusPage(json) {
      const entry = isEntry(json) ? json : {};
      const { id, title } = entry;
      if (typeof id !== 'string') throw new InvalidEntryError([{ path: 'id', message: 'is required' }]);
      if (pages.has(id)) throw new ConflictError(`There is a status page “${id}” already.`);
      return this.publish({ id, title: String(title) }, entry);
    },
    async changeStatusPage(id, patch) {
      const listed = pages.get(id);
      if (listed === undefined) return null;
      if (listed.page.source.kind === 'config') throw new ConflictError(`“${id}” comes from config.yaml:12.`);
      return this.publish(listed.page, { ...listed.entry, ...(isEntry(patch) ? patch : {}) });
    },
    removeStatusPage: async (id) => pages.delete(id),
    figures: async () => figures,
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },

    fares: (channel, standing) => void standings.set(channel, standing),
    watch: (server, last = aReport(), entry = { id: server.id ?? 'orders' }) => put(aServer(server), last, entry),
    plan(window, entry = {}, times = {}) {
      const starts = { kind: 'cron', expression: '0 3 * * SUN', timezone: 'Europe/Berlin' } as const;
      const plain = {
        id: 'night',
        source: { kind: 'ui' },
        servers: [],
        tags: [],
        starts,
        durationMs: 3_600_000,
      } as const;
      const listed = { window: { ...plain, ...window }, entry, openUntil: null, next: [], ...times };
      windows.set(listed.window.id, listed);
      return listed;
    },
    publish(page, entry = {}) {
      const plain = { id: 'main', source: { kind: 'ui' }, title: 'Status', servers: [], tags: [], notes: '' } as const;
      const listed = { page: { ...plain, ...page }, entry };
      pages.set(listed.page.id, listed);
      return listed;
    },
    maintains: (id, until) => void change(id, (watched) => ({ ...watched, maintenanceUntil: until })),
    listen(channel, entry) {
      const whole = {
        id: 'ops',
        kind: 'email',
        audience: 'people',
        source: 'ui',
        target: 'ops@example.com',
        severity: null,
        tags: [],
      } as const;
      channels.set(channel.id ?? 'ops', { channel: { ...whole, notifier: quiet, ...channel }, entry: masked(entry) });
    },
    emit(event) {
      for (const listen of listeners) listen(event);
    },
    figuresAre(changes) {
      figures = { ...figures, ...changes };
    },
    willSee(next) {
      report = next;
    },
    willFailTries(error) {
      broken = error;
    },
    holdTries() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

function unreachable(): never {
  throw new Error('just added');
}

function aborted(signal: StopSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export const quiet: Notifier = {
  send: async () => 'ok',
  preview: ({ server }) => ({
    kind: 'email',
    subject: `DOWN · ${server.name}`,
    text: 'It is down.',
    html: '<p>It is down.</p>',
  }),
};

const SECRETS = ['headers', 'auth', 'smtp', 'secret', 'env'];

/** As the monitor lists an entry: what may hold a secret says only that it is set. */
function masked(entry: Entry): Entry {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, SECRETS.includes(key) ? { set: true } : value]),
  );
}

function figuresOf(now: number): MonitorFigures {
  return {
    version: '0.1.0',
    location: 'local',
    startedAt: now - 3_600_000,
    probesRunning: 1,
    probesWaiting: 0,
    probesLastHour: 60,
    slotsLate: 2,
    slotsMissed: 3,
    lagMs: { p50: 1, p99: 4, max: 9 },
    eventLoopMs: { p50: 1, p99: 3, max: 5 },
    rssBytes: 100_000_000,
    store: { bytes: 4096, schema: 1, waiting: 0, fault: null },
    outbox: { pending: 5, failed: 1, oldestPendingAt: now - 1000 },
    network: { control: null, offlineSince: null },
    heartbeat: null,
    reload: null,
    cron: [
      {
        name: 'retention',
        expression: '7 3 * * *',
        nextAt: now + 1000,
        last: { at: now - 1000, ok: true, message: 'dropped 1 day' },
      },
    ],
    demoUrl: null,
  };
}
