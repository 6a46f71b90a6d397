import { z } from 'zod';
import { NOTICE_EVENTS } from '../core/notice.ts';
import { STEP_NAMES } from '../core/probe.ts';
import { LEVELS, SERVER_STATES, SEVERITIES, SIGNALS } from '../core/signal.ts';
import { CAUSES } from '../core/verdict.ts';

/*
 * Every answer of the HTTP API. snake_case; times are ISO 8601 UTC, durations milliseconds with `_ms`, shares 0..1;
 * what is missing is null. An answer holds what is named here and nothing else: the serialiser drops the rest.
 */

const time = z.iso.datetime();
const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);
const signal = z.enum(SIGNALS);
const level = z.enum(LEVELS);
const stepName = z.enum(STEP_NAMES);
const state = z.enum(SERVER_STATES);
const severity = z.enum(SEVERITIES);
const anyJson = z.record(z.string(), z.json());
/** A list's cursor for the following page is `next`; null at the end. */
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** `code` is one of docs/reference/reasons.md; newer versions may know more. `message` is one sentence for people. */
export const Reason = z.object({ code: z.string(), layer: z.string(), message: z.string(), step: stepName.nullable() });

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

export const Pool = z.object({
  name: z.string(),
  kind: z.enum(['postgres', 'redis', 'http', 'firestore', 'other']),
  total: z.number().nullable(),
  idle: z.number().nullable(),
  used: z.number().nullable(),
  waiting: z.number().nullable(),
  max: z.number().nullable(),
  utilization: z.number().nullable(),
  error_rate: z.number().nullable(),
  lag_seconds: z.number().nullable(),
});

export const Step = z.object({
  name: stepName,
  status: z.enum(['ok', 'failed', 'skipped']),
  ms: ms.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const LikelyCause = z.object({ code: z.enum(CAUSES), explanation: z.string(), advice: z.array(z.string()) });

/** One call of a probe's canary. Either `tool` or `resource` is there; `is_error` is null when there was no result. */
export const CanaryResult = z.object({
  tool: z.string().nullable(),
  resource: z.string().nullable(),
  ms: ms.nullable(),
  is_error: z.boolean().nullable(),
  text: z.string().nullable(),
  /** Why there was no result. */
  reason: Reason.nullable(),
  session_survived: z.boolean().nullable(),
});

const healthAnswer = z.object({
  url: z.string(),
  status: z.int().nullable(),
  ms: ms.nullable(),
  text: z.string().nullable(),
  reason: Reason.nullable(),
});

/** What one probe saw. `id` is null for a one-off test, which is not kept. */
export const Probe = z.object({
  id: z.string().nullable(),
  server: z.string(),
  location: z.string(),
  scheduled_at: time,
  started_at: time,
  duration_ms: ms,
  /** What this probe alone says; the server's state is the confirmed one. */
  state: state.exclude(['paused']),
  reason: Reason.nullable(),
  likely_cause: LikelyCause.nullable(),
  /** Only signals about which this probe said something. */
  signals: z.partialRecord(signal, level),
  /** Protocol green, canary red. */
  silent_failure: z.boolean(),
  steps: z.array(Step),
  protocol_version: z.string().nullable(),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  tool_count: count.nullable(),
  tools_hash: z.string().nullable(),
  /** The canary that decided: the first that is not good, else the first. */
  canary: CanaryResult.nullable(),
  canaries: z.array(CanaryResult),
  health_url: z.object({ ready: healthAnswer, live: healthAnswer.nullable() }).nullable(),
  pools: z.array(Pool),
  tls: z.object({ expires_at: time }).nullable(),
});
export const ProbePage = page(Probe);

export const ServerRow = z.object({
  id: z.string(),
  name: z.string(),
  state,
  since: time,
  reason: Reason.nullable(),
  /** What a person reads: the reason, or how the server stands when there is none. */
  sentence: z.string(),
  /** The configured ones. */
  signals: z.partialRecord(signal, level),
  /** The signal that is about to turn: `count` of `needed` probes in a row. */
  turning: z.object({ signal, to: z.enum(['good', 'bad']), count, needed: count }).nullable(),
  silent_failure: z.boolean(),
  tags: z.array(z.string()),
  source: z.enum(['config', 'ui']),
  maintenance: z.boolean(),
  /** Of `initialize`, over 24 h. */
  p95_ms: ms.nullable(),
  uptime_30d: share.nullable(),
  last_probe_at: time.nullable(),
  next_probe_at: time.nullable(),
  pool_waiting: z.number().nullable(),
});
export const ServerPage = page(ServerRow);

export const Beats = z.object({
  /** 48 letters, oldest half hour first: u up, g degraded, d down, a auth required or rate limited, p paused, - unknown. */
  items: z.array(z.object({ id: z.string(), beats: z.string() })),
});

const latencySummary = z.object({ p50_ms: ms.nullable(), p95_ms: ms.nullable(), p99_ms: ms.nullable(), samples: count });

export const ServerDetail = ServerRow.extend({
  /** Without credentials and query values. */
  url: z.string(),
  transport: z.enum(['http']),
  paused: z.boolean(),
  /** Set while paused: since when and until when (null: until resumed). */
  pause: z.object({ at: time, until: time.nullable() }).nullable(),
  schedule: z.object({ interval_ms: ms.nullable(), cron: z.string().nullable(), timezone: z.string().nullable() }),
  /** Where the file says so; null for servers added in the browser. */
  defined_at: z.object({ file: z.string(), line: count }).nullable(),
  protocol_version: z.string().nullable(),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  tool_count: count.nullable(),
  tools_hash: z.string().nullable(),
  latency: latencySummary,
  /** The limits a latency chart draws. */
  latency_limits: z.array(z.object({ of: stepName, p95_ms: ms, over_ms: ms })),
  uptime: z.object({ '24h': share.nullable(), '7d': share.nullable(), '30d': share.nullable(), '90d': share.nullable() }),
  standing: z.array(z.object({ signal, level, since: time, reason: Reason.nullable() })),
  pools: z.array(Pool),
  channels: z.array(z.string()),
  /** Ids of the open incidents, most severe first. */
  open_incidents: z.array(z.string()),
  last_probe: Probe.nullable(),
  /** The entry as written, without defaults; a secret is `{ set: true }`. Send it back changed to PATCH. */
  config: anyJson,
});

export const Latency = latencySummary.extend({
  server: z.string(),
  step: stepName,
  from: time,
  to: time,
  bucket_ms: ms,
  /** One per bucket that has samples, oldest first; `at` is the bucket's begin. `failed` counts probes without a time. */
  points: z.array(z.object({ at: time, p50_ms: ms.nullable(), p95_ms: ms.nullable(), max_ms: ms.nullable(), count, failed: count })),
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
      maintenance_seconds: seconds,
      uptime: share.nullable(),
    }),
  ),
  uptime: share.nullable(),
});

export const Summary = z.object({
  version: z.string(),
  location: z.string(),
  now: time,
  servers: count,
  states: z.record(state, count),
  incidents_open: count,
  probes_last_hour: count,
  channels: count,
  /** Notices of the last 24 h that there was nobody to tell; null when there were none. */
  reached_nobody: z.object({ count, last_at: time }).nullable(),
  deliveries_failed: count,
  /** Why the last edit of the configuration file was not taken over; null when it was. */
  config_errors: z
    .object({ at: time, file: z.string(), errors: z.array(z.object({ line: z.int(), column: z.int(), message: z.string() })) })
    .nullable(),
  /** The demo's control page, while the demo runs. */
  demo_url: z.string().nullable(),
  /** A password is wanted, so there is a session to end. */
  password: z.boolean(),
});

const tryOfDelivery = z.object({ at: time, ms, ok: z.boolean(), answer: z.string() });

export const Preview = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email'), subject: z.string(), text: z.string(), html: z.string() }),
  z.object({ kind: z.literal('http'), method: z.literal('POST'), headers: z.record(z.string(), z.string()), body: z.string() }),
]);

/** A queued notice. `channel` null and `status` nobody: there was no channel to tell. */
export const Delivery = z.object({
  id: z.string(),
  incident: z.string(),
  server: z.object({ id: z.string(), name: z.string() }),
  channel: z.string().nullable(),
  event: z.enum(NOTICE_EVENTS),
  status: z.enum(['pending', 'delivered', 'failed', 'merged', 'nobody']),
  at: time,
  next_try_at: time.nullable(),
  tries: z.array(tryOfDelivery),
});
export const DeliveryPage = page(Delivery);

/** `previews`: as it would arrive. One for its channel; a mail and a webhook where there was no channel. */
export const Notice = Delivery.extend({ previews: z.array(Preview) });

export const Incident = z.object({
  id: z.string(),
  server: z.object({ id: z.string(), name: z.string() }),
  signal,
  level: z.enum(['warn', 'fail']),
  severity,
  reason: Reason,
  /** What a person reads. */
  sentence: z.string(),
  likely_cause: LikelyCause.nullable(),
  evidence: z.object({
    silent_failure: z.boolean(),
    texts: z.array(z.string()),
    facts: z.array(z.object({ label: z.string(), value: z.string() })),
    pools: z.array(Pool),
  }),
  state: z.enum(['open', 'resolved']),
  started_at: time,
  opened_at: time,
  resolved_at: time.nullable(),
  duration_seconds: seconds,
  probe_count: count,
  acknowledged: z.object({ at: time, note: z.string().nullable() }).nullable(),
  /** Channels told of the opening. Empty: there was nobody to tell; null: not announced. */
  told: z.array(z.string()).nullable(),
  attached_to: z.string().nullable(),
});
export const IncidentPage = page(Incident);
export const IncidentDetail = Incident.extend({ notices: z.array(Notice) });

export const Channel = z.object({
  id: z.string(),
  type: z.string(),
  source: z.enum(['config', 'ui']),
  /** Where it goes, in words, without secrets. */
  target: z.string(),
  severity: severity.nullable(),
  tags: z.array(z.string()),
  /** As `config` of a server. */
  config: anyJson,
});
export const ChannelPage = page(Channel);
export const ChannelTest = z.object({ ok: z.boolean(), answer: z.string(), ms });

export const Monitor = z.object({
  version: z.string(),
  location: z.string(),
  started_at: time,
  probes: z.object({ running: count, waiting: count, last_hour: count }),
  slots: z.object({ late: count, missed: count }),
  /** Lateness of probe starts. */
  lag: z.object({ p50_ms: ms.nullable(), p99_ms: ms.nullable(), max_ms: ms.nullable() }),
  event_loop: z.object({ p50_ms: ms, p99_ms: ms }),
  rss_bytes: count,
  store: z.object({ bytes: count, schema: count }),
  outbox: z.object({ pending: count, failed: count, oldest_pending_at: time.nullable() }),
  reload: z
    .object({ at: time, file: z.string(), errors: z.array(z.object({ line: z.int(), column: z.int(), message: z.string() })) })
    .nullable(),
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
/** `event: incident`: opened, changed, acknowledged or resolved. */
export const IncidentEvent = Incident;
/** `event: config`: the file was read, or a channel changed; read the summary again. `event: reset`: read everything again. */
export const ConfigEvent = z.object({});

export type Reason = z.infer<typeof Reason>;
export type Problem = z.infer<typeof Problem>;
export type Pool = z.infer<typeof Pool>;
export type Step = z.infer<typeof Step>;
export type LikelyCause = z.infer<typeof LikelyCause>;
export type CanaryResult = z.infer<typeof CanaryResult>;
export type Probe = z.infer<typeof Probe>;
export type ServerRow = z.infer<typeof ServerRow>;
export type Beats = z.infer<typeof Beats>;
export type ServerDetail = z.infer<typeof ServerDetail>;
export type Latency = z.infer<typeof Latency>;
export type UptimeDays = z.infer<typeof UptimeDays>;
export type Summary = z.infer<typeof Summary>;
export type Preview = z.infer<typeof Preview>;
export type Delivery = z.infer<typeof Delivery>;
export type Notice = z.infer<typeof Notice>;
export type Incident = z.infer<typeof Incident>;
export type IncidentDetail = z.infer<typeof IncidentDetail>;
export type Channel = z.infer<typeof Channel>;
export type ChannelTest = z.infer<typeof ChannelTest>;
export type Monitor = z.infer<typeof Monitor>;
export type ServerEvent = z.infer<typeof ServerEvent>;
export interface Page<T> {
  items: T[];
  next: string | null;
}
