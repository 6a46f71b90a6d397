import { z } from 'zod';
import { CIRCUITS } from '../core/channel-health.ts';
import { AUDIENCES } from '../core/channel-kind.ts';
import { NOTICE_EVENTS, NOTICE_STATUSES } from '../core/notice.ts';
import { count, entry, LikelyCause, ladder, ms, Pool, page, Reason, severity, signal, time } from './schema-probe.ts';

const tryOfDelivery = z.object({ at: time, ms, ok: z.boolean(), answer: z.string() });

export const Preview = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email'), subject: z.string(), text: z.string(), html: z.string() }),
  z.object({
    kind: z.literal('http'),
    method: z.literal('POST'),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
]);

/** A queued notice. `channel` null and `status` nobody: there was no channel to tell. */
export const Delivery = z.object({
  id: z.string(),
  incident: z.string(),
  server: z.object({ id: z.string(), name: z.string() }),
  channel: z.string().nullable(),
  event: z.enum(NOTICE_EVENTS),
  status: z.enum(NOTICE_STATUSES),
  /** The message it was told in; notices told together share one. null: not tried yet. */
  message: z.string().nullable(),
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
    ladder,
  }),
  state: z.enum(['open', 'resolved']),
  started_at: time,
  opened_at: time,
  resolved_at: time.nullable(),
  duration_seconds: z.number().nonnegative(),
  probe_count: count,
  acknowledged: z.object({ at: time, note: z.string().nullable() }).nullable(),
  /** Channels told of the opening. Empty: there was nobody to tell; null: not announced. */
  told: z.array(z.string()).nullable(),
  attached_to: z.string().nullable(),
});
export const IncidentPage = page(Incident);
/** `advice`: what to try, most promising first. */
export const IncidentDetail = Incident.extend({ advice: z.array(z.string()), notices: z.array(Notice) });

const answerOfReceiver = z.object({ at: time, answer: z.string() });

export const Channel = z.object({
  id: z.string(),
  type: z.string(),
  source: z.enum(['config', 'ui']),
  /** Where it goes, in words, without secrets. */
  target: z.string(),
  severity: severity.nullable(),
  tags: z.array(z.string()),
  delivery: z.object({
    /** `open`: it failed so often that it rests; `trial`: the next notice tries whether it works again. */
    circuit: z.enum(CIRCUITS),
    failures_in_a_row: count,
    failing_since: time.nullable(),
    last_ok: answerOfReceiver.nullable(),
    last_failure: answerOfReceiver.nullable(),
    /** When what waits is tried next. */
    next_try_at: time.nullable(),
    pending: count,
    failed: count,
  }),
  /** As `config` of a server. */
  config: entry,
});
export const ChannelPage = page(Channel);
export const ChannelTest = z.object({ ok: z.boolean(), answer: z.string(), ms });

/** What a kind of channel asks for, beside `id`, `severity` and `tags`. */
export const ChannelKind = z.object({
  type: z.string(),
  /** As people know it. */
  name: z.string(),
  /** A machine gets one notice for each incident, people may get several in one. */
  audience: z.enum(AUDIENCES),
  fields: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      hint: z.string(),
      example: z.string(),
      /** Never answered: once set it reads `{set: true}`. */
      secret: z.boolean(),
      required: z.boolean(),
      list: z.boolean(),
    }),
  ),
});
export const ChannelKindPage = page(ChannelKind);
