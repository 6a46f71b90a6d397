import { z } from 'zod';
import { count, ms, state, time } from './schema-probe.ts';
import { ServerRow } from './schema-server.ts';

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What happened, why, and what to do. */
  detail: z.string(),
  /** Only for 422: `path` is dotted, as `canary.tool`. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  request_id: z.string(),
});

/** What came of reading the configuration file again. No errors: it was taken over. */
const reload = z.object({
  at: time,
  file: z.string(),
  errors: z.array(z.object({ line: z.int(), column: z.int(), message: z.string() })),
});

export const Summary = z.object({
  version: z.string(),
  location: z.string(),
  now: time,
  servers: count,
  states: z.record(state, count),
  /** Servers in maintenance; each counts in its state as well. */
  maintenance: count,
  incidents_open: count,
  probes_last_hour: count,
  channels: count,
  /** Notices of the last 24 h that there was nobody to tell; null when there were none. */
  reached_nobody: z.object({ count, last_at: time }).nullable(),
  deliveries_failed: count,
  /** Why the last edit of the configuration file was not taken over; null when it was. */
  config_errors: reload.nullable(),
  /** The demo's control page, while the demo runs. */
  demo_url: z.string().nullable(),
  /** A password is wanted, so there is a session to end. */
  password: z.boolean(),
});

export const Monitor = z.object({
  version: z.string(),
  location: z.string(),
  started_at: time,
  probes: z.object({ running: count, waiting: count, last_hour: count }),
  slots: z.object({ late: count, missed: count }),
  /** Lateness of probe starts. */
  lag: z.object({ p50_ms: ms.nullable(), p99_ms: ms.nullable(), max_ms: ms.nullable() }),
  /** How long timers were kept waiting, over the last 15 to 30 s. */
  event_loop: z.object({ p50_ms: ms, p99_ms: ms, max_ms: ms }),
  rss_bytes: count,
  /** `waiting`: results not on disk yet. `fault`: why the last write was refused; null: it was not. */
  store: z.object({ bytes: count, schema: count, waiting: count, fault: z.string().nullable() }),
  outbox: z.object({ pending: count, failed: count, oldest_pending_at: time.nullable() }),
  /** Our own network. `control`: the address that tells, and what it said last; null where none is configured. */
  network: z.object({
    offline_since: time.nullable(),
    control: z
      .object({ host: z.string(), at: time.nullable(), ok: z.boolean().nullable(), message: z.string().nullable() })
      .nullable(),
  }),
  /** The dead man's switch that is told that servers are being watched, and what came of the last time; null: none is configured. */
  heartbeat: z
    .object({
      host: z.string(),
      every_ms: count,
      at: time.nullable(),
      ok: z.boolean().nullable(),
      message: z.string().nullable(),
    })
    .nullable(),
  reload: reload.nullable(),
  cron: z.array(
    z.object({
      name: z.string(),
      expression: z.string(),
      next_at: time.nullable(),
      last: z.object({ at: time, ok: z.boolean(), message: z.string() }).nullable(),
    }),
  ),
  demo_url: z.string().nullable(),
  /** Open /events streams. */
  streams: count,
});

/** `event: server`. `removed` names servers that are gone. */
export const ServerEvent = z.object({ items: z.array(ServerRow), removed: z.array(z.string()) });
/*
 * `event: incident`: an Incident that was opened, changed, acknowledged or resolved. `event: config`, without a body: the
 * file was read, or a channel changed; read the summary again. `event: reset`, without a body: read everything again.
 */
