import { z } from 'zod';
import { SERVER_STATES } from '../core/signal.ts';
import {
  count,
  entry,
  ladder,
  level,
  ms,
  Pool,
  Probe,
  page,
  Reason,
  severity,
  share,
  signal,
  state,
  stepName,
  time,
} from './schema-probe.ts';

const seconds = z.number().nonnegative();

/** The signal that is about to turn: `count` of `needed` probes in a row. */
const turning = z.object({ signal, to: z.enum(['good', 'bad']), count, needed: count });

export const ServerRow = z.object({
  id: z.string(),
  name: z.string(),
  state,
  since: time,
  reason: Reason.nullable(),
  /** How the server stands, in words that begin with its name. Left out: all that is checked is well. */
  sentence: z.string().optional(),
  /** The configured ones. */
  signals: z.partialRecord(signal, level),
  /** Left out: none is about to turn. */
  turning: turning.nullish(),
  /** Left out: it is none. */
  silent_failure: z.boolean().optional(),
  tags: z.array(z.string()),
  source: z.enum(['config', 'ui']),
  maintenance: z.boolean(),
  /** The end of the maintenance it is in; left out: it is in none. */
  maintenance_until: time.nullish(),
  /** Of `initialize`, over 24 h. */
  p95_ms: ms.nullable(),
  uptime_30d: share.nullable(),
  last_probe_at: time.nullable(),
  pool_waiting: z.number().nullable(),
});
export const ServerPage = page(ServerRow);

export const Beats = z.object({
  /** 48 letters, oldest half hour first: u up, g degraded, d down, a auth required or rate limited, p paused, n not monitored, - unknown. */
  items: z.array(z.object({ id: z.string(), beats: z.string() })),
});

const latencySummary = z.object({
  p50_ms: ms.nullable(),
  p95_ms: ms.nullable(),
  p99_ms: ms.nullable(),
  samples: count,
});

export const ServerDetail = ServerRow.extend({
  sentence: z.string(),
  turning: turning.nullable(),
  silent_failure: z.boolean(),
  maintenance_until: time.nullable(),
  next_probe_at: time.nullable(),
  /** Without credentials and query values. */
  url: z.string().nullable(),
  /** In place of `url` where the server is started as a process; secrets masked. */
  command: z.array(z.string()).nullable(),
  /** As configured; `auto` is found out by each probe. */
  transport: z.enum(['auto', 'http', 'sse', 'stdio']),
  paused: z.boolean(),
  /** Set while paused: since when and until when (null: until resumed). */
  pause: z.object({ at: time, until: time.nullable() }).nullable(),
  schedule: z.object({ interval_ms: ms.nullable(), cron: z.string().nullable(), timezone: z.string().nullable() }),
  /** Where the file says so; null for servers added in the browser. */
  defined_at: z.object({ file: z.string(), line: count }).nullable(),
  protocol_version: z.string().nullable(),
  /** Of the last probe. */
  also_speaks: z.array(z.string()),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  tool_count: count.nullable(),
  tools_hash: z.string().nullable(),
  /** Since when the list of tools is the one it is; null: none was seen yet. */
  tools_since: time.nullable(),
  latency: latencySummary,
  /** The limits a latency chart draws. */
  latency_limits: z.array(z.object({ of: stepName, p95_ms: ms, over_ms: ms })),
  uptime: z.object({
    '24h': share.nullable(),
    '7d': share.nullable(),
    '30d': share.nullable(),
    '90d': share.nullable(),
  }),
  standing: z.array(z.object({ signal, level, since: time, reason: Reason.nullable() })),
  pools: z.array(Pool),
  channels: z.array(z.string()),
  /** Ids of the open incidents, most severe first. */
  open_incidents: z.array(z.string()),
  last_probe: Probe.nullable(),
  /** By the last probe. */
  ladder,
  /** What to try, most promising first; nothing while it is up. */
  advice: z.array(z.string()),
  /** The entry as written, without defaults; a secret is `{ set: true }`. Send it back changed to PATCH. */
  config: entry,
});

export const Latency = latencySummary.extend({
  server: z.string(),
  step: stepName,
  from: time,
  to: time,
  bucket_ms: ms,
  /** One per bucket that has samples, oldest first; `at` is the bucket's begin. `failed` counts probes without a time. */
  points: z.array(
    z.object({ at: time, p50_ms: ms.nullable(), p95_ms: ms.nullable(), max_ms: ms.nullable(), count, failed: count }),
  ),
});

/** What happened, for a time axis. */
export const Timeline = z.object({
  server: z.string(),
  from: time,
  to: time,
  /** Oldest first; of more than a screen can show, each piece is the worst it saw. Nothing is said of the time before the server was added. */
  states: z.array(
    z.object({ state: z.enum([...SERVER_STATES, 'not_monitored', 'maintenance']), from: time, to: time }),
  ),
  /** Newest first; at most 200. */
  incidents: z.array(
    z.object({
      id: z.string(),
      signal,
      severity,
      message: z.string(),
      started_at: time,
      resolved_at: time.nullable(),
      /** The incident that it is evidence of. */
      attached_to: z.string().nullable(),
    }),
  ),
  /** Probes that met another version of the server than the one before, oldest first, as far back as probes are kept. */
  deploys: z.array(z.object({ at: time, version: z.string(), before: z.string() })),
});

/** Pools over time. A point is the worst moment of its bucket: of the most callers waiting, then of the most connections in use. */
export const Pools = z.object({
  server: z.string(),
  from: time,
  to: time,
  bucket_ms: ms,
  pools: z.array(
    z.object({
      name: z.string(),
      kind: Pool.shape.kind,
      /** When every connection is in use if it goes on filling at the present pace; null: it does not fill steadily, or not soon. */
      exhausted_at: time.nullable(),
      /** One per bucket that has samples, oldest first; `at` is when the sample was taken. `count` samples were in the bucket. */
      points: z.array(
        Pool.pick({
          total: true,
          idle: true,
          used: true,
          waiting: true,
          max: true,
          utilization: true,
          error_rate: true,
          lag_seconds: true,
          reason: true,
        }).extend({ at: time, count }),
      ),
    }),
  ),
});

export const UptimeDays = z.object({
  /** One per UTC day, oldest first; the last is today so far. */
  items: z.array(
    z.object({
      date: z.iso.date(),
      up_seconds: seconds,
      degraded_seconds: seconds,
      down_seconds: seconds,
      unknown_seconds: seconds,
      /** Of these, the time in which nobody watched: the monitor was stopped, stood still or could not keep up. */
      not_monitored_seconds: seconds,
      maintenance_seconds: seconds,
      uptime: share.nullable(),
    }),
  ),
  uptime: share.nullable(),
});

export const PastedServers = z.object({
  items: z.array(
    z.object({
      /** What to call it where several were found. */
      title: z.string(),
      /** As the configuration file would hold it, with a `url` or a `command`. Nothing in it was checked. */
      entry,
      /** What only the file can follow (`${NAME}`), by the key it stands under. */
      unresolved: z.array(z.object({ path: z.string(), message: z.string() })),
    }),
  ),
});
