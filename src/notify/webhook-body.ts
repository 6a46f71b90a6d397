import type { Incident } from '../core/incident.ts';
import type { Notice } from '../core/notice.ts';
import type { Pool } from '../core/pool.ts';
import { shownAddress } from '../core/target.ts';
import { cleanText } from '../core/text.ts';

/** Version of the body's shape. Fields may be added within a version, never renamed or removed. */
const VERSION = 1;
/** Bounds of the evidence, so that a body stays below the 20 KB that receivers commonly accept. */
const MAX_TEXTS = 3;
const MAX_POOLS = 10;
const MAX_FACTS = 20;
const MAX_VALUE = 120;

/** The contract's webhook body: one JSON object, times ISO 8601 UTC, missing = null. */
export function webhookBody({
  event,
  dedupKey,
  at,
  server,
  incident,
  location,
  dashboardUrl,
  wasDown,
}: Notice): string {
  const { reason, cause, startedAt, resolvedAt } = incident;
  return JSON.stringify({
    version: VERSION,
    event,
    dedup_key: dedupKey,
    incident_id: incident.id,
    server: { id: server.id, name: server.name, url: shownAddress(server.url), tags: server.tags },
    signal: incident.signal,
    failure_layer: reason.layer,
    reason: { code: reason.code, message: reason.message },
    likely_cause: cause && { code: cause.code, explanation: cause.explanation, advice: cause.advice },
    severity: incident.severity,
    started_at: iso(startedAt),
    resolved_at: resolvedAt === null ? null : iso(resolvedAt),
    duration_seconds: Math.max(0, Math.round(((resolvedAt ?? at) - startedAt) / 1000)),
    probe_count: incident.probeCount,
    last_error: incident.evidence.texts[0] ?? reason.message,
    evidence: evidenceBody(incident),
    was_down: wasDown,
    location,
    dashboard_url: dashboardUrl,
  });
}

function evidenceBody({ evidence }: Incident): object {
  return {
    silent_failure: evidence.silentFailure,
    texts: evidence.texts.slice(0, MAX_TEXTS),
    ladder: evidence.ladder ?? [],
    pools: evidence.pools.slice(0, MAX_POOLS).map(poolBody),
    facts: evidence.facts
      .slice(0, MAX_FACTS)
      .map(({ label, value }) => ({ label, value: cleanText(value, MAX_VALUE) })),
  };
}

function poolBody({ name, kind, total, idle, used, waiting, max, utilization, errorRate, lagSeconds }: Pool): object {
  const lag = lagSeconds === 'unknown' ? null : lagSeconds;
  return { name, kind, total, idle, used, waiting, max, utilization, error_rate: errorRate, lag_seconds: lag };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
