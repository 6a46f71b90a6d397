import { z } from 'zod';
import type { Json } from '../core/json.ts';
import { PROBE_MARKS } from '../core/probe.ts';
import { LEVELS, SERVER_STATES, SEVERITIES, SIGNALS } from '../core/signal.ts';
import { STEP_NAMES } from '../core/step.ts';
import { CAUSES, CLAIM_SOURCES } from '../core/verdict.ts';

export const time = z.iso.datetime();
export const ms = z.number().nonnegative();
export const count = z.int().nonnegative();
export const share = z.number().min(0).max(1);
export const signal = z.enum(SIGNALS);
export const level = z.enum(LEVELS);
export const state = z.enum(SERVER_STATES);
export const severity = z.enum(SEVERITIES);
export const stepName = z.enum(STEP_NAMES);
/** Anything that JSON can carry. */
export const anything: z.ZodType<Json> = z.json();
/** A configured entry: JSON as in the configuration file. */
export const entry = z.record(z.string(), anything);

/** A list's cursor for the following page is `next`; null at the end. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** `code` is one of docs/reference/reasons.md; newer versions may know more. `message` is one sentence for people. */
export const Reason = z.object({ code: z.string(), layer: z.string(), message: z.string(), step: stepName.nullable() });

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
  /** Where its figures were read: a canary tool, a resource or the health URL; null: not known any more. */
  source: z.enum(['canary', 'resource', 'health_url']).nullable(),
  /** Whether the server says `max` itself, or it was seen while callers waited. */
  max_source: z.enum(['published', 'seen']).nullable(),
  /** At its present pace; null: it does not fill steadily, or not soon. */
  exhausted_in_ms: ms.nullable(),
  /** The code of the rule that holds for it; null: none does. */
  reason: z.string().nullable(),
});

export const Step = z.object({
  name: stepName,
  status: z.enum(['ok', 'failed', 'skipped']),
  ms: ms.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** `evidence`: what it rests on, each with where it was seen. */
export const LikelyCause = z.object({
  code: z.enum(CAUSES),
  explanation: z.string(),
  advice: z.array(z.string()),
  evidence: z.array(z.object({ source: z.enum(CLAIM_SOURCES), text: z.string() })),
});

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
/** What monitors that look less deep would say, the shallowest first: `A ping: up, 200 in 12 ms`. */
export const ladder = z.array(
  z.object({ what: z.string(), level: z.enum(['ok', 'fail', 'unknown']), says: z.string() }),
);

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
  /** Revisions the server says it speaks besides; it is asked once a day. */
  also_speaks: z.array(z.string()),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  tool_count: count.nullable(),
  tools_hash: z.string().nullable(),
  /** The canary that decided: the first that is not good, else the first. */
  canary: CanaryResult.nullable(),
  canaries: z.array(CanaryResult),
  /** The canary's tools were not called, because callers waited for the server's pool. */
  canary_left_out: z.boolean(),
  health_url: z.object({ ready: healthAnswer, live: healthAnswer.nullable() }).nullable(),
  pools: z.array(Pool),
  tls: z.object({ expires_at: time }).nullable(),
  /** When the configured credentials end by their own word (a JWT’s `exp`, a client’s secret); null: they do not say. */
  credential: z.object({ expires_at: time }).nullable(),
  /** Why its times are left out of latency alerts: it was a cold start, or the monitor itself kept it waiting. */
  marks: z.array(z.enum(PROBE_MARKS)),
  /** Why what the server said is missing, in a sentence: only the figures of this probe are kept; null: all is there. */
  detail_gone: z.string().nullable(),
  /** Shell commands that ask the same again, without credentials; only of a stored probe that failed over HTTP. */
  repeat: z.string().nullable(),
});
export const ProbePage = page(Probe);
