import { rollSeries, rollSummary } from '../core/latency-rolls.ts';
import type { LatencyPoint } from '../core/latency-series.ts';
import { bucketFor, latencySeries, latencySummary } from '../core/latency-series.ts';
import type { LatencySummary, WatchedServer } from '../core/monitor.ts';
import type { ProbeRecord } from '../core/store.ts';
import { uptimeDays, uptimeOf, uptimeShare } from '../core/uptime.ts';
import { asMade } from './as-made.ts';
import { isoTime, isoTimes, msOrNull, probeAnswer } from './probe-answer.ts';
import { found, notFound } from './problem.ts';
import { repeatCommand } from './repeat.ts';
import type { App, HttpStore, Room } from './room.ts';
import { Probe, ProbePage } from './schema-probe.ts';
import { IdParams, LatencyQuery, PageQuery, ProbeParams, UptimeQuery } from './schema-request.ts';
import { Latency, UptimeDays } from './schema-server.ts';
import { countedSpans } from './uptimes.ts';
import { spanOf } from './window.ts';
import type * as wire from './wire.ts';

const tags = ['probes'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 31 * DAY_MS;

/** What was seen of one server. */
export function probeRoutes(app: App, { monitor, store, clock }: Room): void {
  app.get(
    '/servers/:id/probes',
    {
      schema: {
        tags,
        summary: 'Probes, newest first',
        params: IdParams,
        querystring: PageQuery,
        response: { 200: ProbePage },
      },
    },
    async ({ params: { id }, query: { limit, cursor = null } }) => {
      const watched = found(monitor.server(id), 'server', id);
      const { items, next } = await store.probes(id, { limit, cursor });
      return { items: items.map((record) => repeatable(watched, record)), next };
    },
  );
  app.get(
    '/servers/:id/probes/:probe',
    { schema: { tags, summary: 'One probe', params: ProbeParams, response: { 200: Probe } } },
    async ({ params: { id, probe } }) => {
      const watched = found(monitor.server(id), 'server', id);
      return repeatable(watched, found(await store.probe(id, probe), 'probe', probe));
    },
  );
  app.get(
    '/servers/:id/latency',
    {
      schema: {
        tags,
        summary: 'Latency of one step',
        params: IdParams,
        querystring: LatencyQuery,
        response: { 200: Latency },
      },
      serializerCompiler: asMade,
    },
    async ({ params: { id }, query: { step, ...asked } }) => {
      found(monitor.server(id), 'server', id);
      const now = clock.now();
      const span = { step, ...spanOf(asked, now) };
      return latencyAnswer({ server: id, ...span }, await latencyOf(store, { id, now, ...span }));
    },
  );
  app.get(
    '/servers/:id/uptime',
    {
      schema: {
        tags,
        summary: 'Uptime per UTC day',
        params: IdParams,
        querystring: UptimeQuery,
        response: { 200: UptimeDays },
      },
    },
    async ({ params: { id }, query: { days } }) => {
      if (monitor.server(id) === null) throw notFound('server', id);
      const now = clock.now();
      const from = Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
      return uptimeAnswer(await countedSpans(store, [id], from, now), { days, from, now });
    },
  );
}

function repeatable(watched: WatchedServer, record: ProbeRecord): wire.Probe {
  return { ...probeAnswer(record), repeat: repeatCommand(watched, record) };
}

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly step: wire.Latency['step'];
}

interface LatencyFigures {
  readonly bucketMs: number;
  readonly summary: LatencySummary;
  readonly points: readonly LatencyPoint[];
}

/**
 * Exact up to a day while its probes are kept, from rolls of an hour up to a month while those are kept, from rolls of a
 * day beyond: those are within 1 %.
 */
async function latencyOf(
  store: Pick<HttpStore, 'latency' | 'latencyRolls'>,
  { id, step, from, to, now }: Asked & { readonly id: string; readonly now: number },
): Promise<LatencyFigures> {
  const span = to - from;
  const bucketMs = bucketFor(span);
  const samples = span <= DAY_MS ? await store.latency(id, step, from, to) : [];
  if (samples.length > 0)
    return { bucketMs, summary: latencySummary(samples), points: latencySeries(samples, bucketMs) };
  const byDay = span > MONTH_MS || now - from > MONTH_MS;
  const rolls = await store.latencyRolls(id, step, { from, to, byDay });
  const wider = Math.max(bucketMs, byDay ? DAY_MS : HOUR_MS);
  return { bucketMs: wider, summary: rollSummary(rolls), points: rollSeries(rolls, wider) };
}

function latencyAnswer(
  { server, step, from, to }: Asked & { readonly server: string },
  { bucketMs, summary, points }: LatencyFigures,
): wire.Latency {
  const { p50Ms, p95Ms, p99Ms, samples: timed } = summary;
  const timeOf = isoTimes();
  // In the order of the schema: it is written as it is made.
  return {
    p50_ms: msOrNull(p50Ms),
    p95_ms: msOrNull(p95Ms),
    p99_ms: msOrNull(p99Ms),
    samples: timed,
    server,
    step,
    from: isoTime(from),
    to: isoTime(to),
    bucket_ms: bucketMs,
    points: points.map((point) => ({
      at: timeOf(point.at),
      p50_ms: msOrNull(point.p50Ms),
      p95_ms: msOrNull(point.p95Ms),
      max_ms: msOrNull(point.maxMs),
      count: point.count,
      failed: point.failed,
    })),
  };
}

function uptimeAnswer(
  spans: Parameters<typeof uptimeDays>[0],
  { days, from, now }: { days: number; from: number; now: number },
): wire.UptimeDays {
  return {
    items: uptimeDays(spans, days, now).map(({ at, uptime }) => ({
      date: isoTime(at).slice(0, 10),
      up_seconds: uptime.upSeconds,
      degraded_seconds: uptime.degradedSeconds,
      down_seconds: uptime.downSeconds,
      unknown_seconds: uptime.unknownSeconds,
      not_monitored_seconds: uptime.notMonitoredSeconds,
      maintenance_seconds: uptime.maintenanceSeconds,
      uptime: uptimeShare(uptime),
    })),
    uptime: uptimeShare(uptimeOf(spans, from, now)),
  };
}
