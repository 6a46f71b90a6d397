import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Monitor } from '../core/monitor.ts';
import type { Pool } from '../core/pool.ts';
import { SEVERITIES } from '../core/signal.ts';
import type { ProbeRecord, Store } from '../core/store.ts';
import { inPieces } from './in-pieces.ts';
import type { App } from './room.ts';
import { createStepTimes, type StepTimes } from './step-times.ts';

export interface MetricsParts {
  readonly monitor: Monitor;
  readonly store: Pick<Store, 'openIncidents'>;
}

export interface Metrics {
  /** Prometheus text. */
  read(): Promise<string>;
  close(): void;
}

/** Servers whose lines are written before other work has its turn. */
const SERVERS_AT_ONCE = 25;
const LAG_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

export function createMetrics(parts: MetricsParts): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const times = createStepTimes();
  const stopProbes = countProbes(registry, times, parts.monitor);
  gaugePools(registry, parts.monitor);
  const stopDeliveries = countDeliveries(registry, parts.monitor);
  const refreshChannels = gaugeChannels(registry, parts.monitor);
  const refreshMonitor = gaugeMonitor(registry, parts);
  return {
    async read() {
      await Promise.all([refreshChannels(), refreshMonitor()]);
      const ofServers = [serversUp(parts.monitor), times.read()];
      const texts = await Promise.all(ofServers.map((lines) => inPieces(lines, SERVERS_AT_ONCE, (text) => text)));
      return `${await registry.metrics()}\n${texts.flat().join('')}`;
    },
    close() {
      stopProbes();
      stopDeliveries();
    },
  };
}

export function metricsRoute(app: App, metrics: Metrics): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(await metrics.read()),
  );
}

/** Counts each probe once, from the monitor's events. The returned function ends it. */
function countProbes(registry: Registry, times: StepTimes, monitor: Monitor): () => void {
  const registers = [registry];
  const probes = new Counter({
    name: 'alivemcp_probes_total',
    help: 'Probes finished, by what each alone says',
    labelNames: ['server', 'state'],
    registers,
  });
  const lag = new Histogram({
    name: 'alivemcp_scheduler_lag_seconds',
    help: 'How late probes started',
    buckets: LAG_SECONDS,
    registers,
  });
  const counted = new Map(monitor.servers().map(({ server, last }) => [server.id, last?.id]));

  function count(server: string, { report, judgement }: ProbeRecord): void {
    probes.inc({ server, state: judgement.state });
    lag.observe(Math.max(0, report.startedAt - report.scheduledAt) / 1000);
    for (const { name, status, ms } of report.steps)
      if (status === 'ok' && ms !== null) times.add(server, name, ms / 1000);
  }

  return monitor.subscribe((event) => {
    if (event.kind !== 'server') return;
    const watched = monitor.server(event.id);
    if (watched === null) {
      counted.delete(event.id);
      return;
    }
    if (watched.last === null || counted.get(event.id) === watched.last.id) return;
    counted.set(event.id, watched.last.id);
    count(event.id, watched.last);
  });
}

function countDeliveries(registry: Registry, monitor: Monitor): () => void {
  const deliveries = new Counter({
    name: 'alivemcp_deliveries_total',
    help: 'Tries at sending a notice, by how they ended',
    labelNames: ['channel', 'result'],
    registers: [registry],
  });
  return monitor.subscribe((event) => {
    if (event.kind === 'delivery') deliveries.inc({ channel: event.channel, result: event.result });
  });
}

/** In the text format 0.0.4, a server at a time: of a thousand, a registry takes twelve milliseconds in one go. */
function* serversUp(monitor: Monitor): Iterable<string> {
  const name = 'alivemcp_server_up';
  yield `# HELP ${name} 1 while the signal is ok, 0 while it warns or fails; absent while unknown or paused\n# TYPE ${name} gauge\n`;
  for (const { server, status, pause } of monitor.servers())
    yield Object.entries(status.signals)
      .filter(([, { level }]) => pause === null && level !== 'unknown')
      .map(([signal, { level }]) => `${name}{server="${server.id}",signal="${signal}"} ${level === 'ok' ? 1 : 0}\n`)
      .join('');
}

/** How channels fare. The returned function asks anew. */
function gaugeChannels(registry: Registry, monitor: Monitor): () => Promise<void> {
  const common = { labelNames: ['channel'], registers: [registry] };
  const failing = new Gauge({ name: 'alivemcp_channel_failures', help: 'Tries that failed in a row', ...common });
  const resting = new Gauge({
    name: 'alivemcp_channel_circuit_open',
    help: '1 while a channel failed so often that its notices wait',
    ...common,
  });
  const failed = new Gauge({
    name: 'alivemcp_outbox_failed',
    help: 'Notices that were given up and can be sent again',
    ...common,
  });
  return async () => {
    const standings = await monitor.channelStandings();
    for (const gauge of [failing, resting, failed]) gauge.reset();
    for (const [channel, standing] of standings) {
      failing.set({ channel }, standing.health.failures);
      resting.set({ channel }, standing.circuit === 'closed' ? 0 : 1);
      failed.set({ channel }, standing.failed);
    }
  };
}

const POOL_GAUGES = {
  waiting: 'Callers that wait for a connection of the pool',
  idle: 'Connections of the pool that are open and not in use',
  total: 'Connections of the pool that are open',
  max: 'Connections the pool may have, where that is known',
} as const;

/** As the newest probe found them: a figure that it does not give is absent, and so is every figure of a paused server. */
function gaugePools(registry: Registry, monitor: Monitor): void {
  for (const figure of ['waiting', 'idle', 'total', 'max'] as const)
    new Gauge({
      name: `alivemcp_pool_${figure}`,
      help: POOL_GAUGES[figure],
      labelNames: ['server', 'pool'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { server, pool } of newestPools(monitor)) {
          const value = pool[figure];
          if (value !== null) this.set({ server, pool: pool.name }, value);
        }
      },
    });
}

function newestPools(monitor: Monitor): readonly { readonly server: string; readonly pool: Pool }[] {
  return monitor
    .servers()
    .filter(({ pause }) => pause === null)
    .flatMap(({ server, last }) => (last?.judgement.pools ?? []).map((pool) => ({ server: server.id, pool })));
}

/** What comes from the monitor's figures, which are asked for once each time. */
function gaugeMonitor(registry: Registry, { monitor, store }: MetricsParts): () => Promise<void> {
  const registers = [registry];
  new Gauge({
    name: 'alivemcp_incidents_open',
    help: 'Open incidents',
    labelNames: ['severity'],
    registers,
    async collect() {
      const open = await store.openIncidents();
      for (const severity of SEVERITIES)
        this.set({ severity }, open.filter((incident) => incident.severity === severity).length);
    },
  });
  const pending = new Gauge({ name: 'alivemcp_outbox_pending', help: 'Notices waiting to be delivered', registers });
  const missed = new Counter({
    name: 'alivemcp_slots_missed_total',
    help: 'Slots in which no probe could start',
    registers,
  });
  const reloaded = new Gauge({
    name: 'alivemcp_config_last_reload_successful',
    help: '1 when the configuration file was last taken over',
    registers,
  });
  return async () => {
    const { slotsMissed, outbox, reload } = await monitor.figures();
    missed.reset();
    missed.inc(slotsMissed);
    pending.set(outbox.pending);
    reloaded.set(reload === null || reload.errors.length === 0 ? 1 : 0);
  };
}
