import { formatClock, formatDuration } from './duration.ts';
import type { Evidence, Incident } from './incident.ts';
import type { HealthOutcome, ProbeReport } from './probe.ts';
import type { ReasonCode } from './reasons.ts';
import { redHealth } from './red.ts';
import type { Server } from './server.ts';
import type { LikelyCause } from './verdict.ts';

/**
 * Whether a server leaves in an orderly way: first it runs but is not ready (out of rotation), then nothing listens any
 * more, then it is back (product.md, "Health bodies seen"). Epoch milliseconds, by the probes that saw it; null: not so.
 */
export interface Rotation {
  readonly out: { readonly since: number; readonly until: number } | null;
  readonly goneAt: number | null;
  readonly backAt: number | null;
}

export const IN_ROTATION: Rotation = { out: null, goneAt: null, backAt: null };

/** What is gone later than this after it was seen out of rotation is gone for another reason. */
const THEN_MS = 120_000;
/** Back within this, it was a restart (product.md). */
const RESTART_MS = 60_000;
/** A return explains incidents that end no later than this after it. */
const EXPLAINS_MS = 600_000;

/** What is remembered of a server's rotation after one more probe. */
export function rotate(before: Rotation, report: ProbeReport, server: Server): Rotation {
  const { startedAt: at } = report;
  switch (presenceOf(report, server)) {
    case 'unclear':
      return before;
    case 'out':
      return { ...IN_ROTATION, out: { since: sinceOf(before) ?? at, until: at } };
    case 'gone':
      return isLeaving(before, at) ? { ...before, goneAt: before.goneAt ?? at } : IN_ROTATION;
    case 'serving':
      return returned(before, at);
  }
}

function sinceOf({ out, goneAt }: Rotation): number | null {
  return out === null || goneAt !== null ? null : out.since;
}

function isLeaving({ out, goneAt, backAt }: Rotation, at: number): boolean {
  return out !== null && backAt === null && (goneAt !== null || at - out.until <= THEN_MS);
}

function returned(before: Rotation, at: number): Rotation {
  const { goneAt, backAt } = before;
  if (goneAt === null) return IN_ROTATION;
  if (backAt !== null) return at - backAt <= EXPLAINS_MS ? before : IN_ROTATION;
  return at - goneAt <= RESTART_MS ? { ...before, backAt: at } : IN_ROTATION;
}

type Presence = 'serving' | 'out' | 'gone' | 'unclear';

/** What a process that is gone looks like from outside; behind a proxy it is the proxy that answers. */
const GONE: readonly ReasonCode[] = ['tcp_refused', 'tcp_timeout', 'connection_reset', 'http_server_error'];

function presenceOf(report: ProbeReport, { healthUrl }: Server): Presence {
  const { health, steps } = report;
  if (health === null || healthUrl === null) return 'unclear';
  const isReady = redHealth(health.ready, healthUrl.expectStatus) === null;
  const spoke = steps.some(({ name, status }) => name === 'initialize' && status === 'ok');
  if (isReady) return spoke ? 'serving' : 'unclear';
  const isUnready = health.ready.kind === 'answer' && health.ready.status === 503;
  if (isUnready && (spoke || isLive(health.live))) return 'out';
  const failed = steps.find(({ status }) => status === 'failed')?.error ?? null;
  return failed !== null && GONE.includes(failed.code) && !spoke && !isLive(health.live) ? 'gone' : 'unclear';
}

function isLive(live: HealthOutcome | null): boolean {
  return live !== null && redHealth(live, null) === null;
}

/** The restart that explains an incident which ends; null: it does not, or something else was known to. */
export function restartBehind({ signal, cause, startedAt }: Incident, rotation: Rotation): LikelyCause | null {
  const { out, goneAt, backAt } = rotation;
  if (out === null || goneAt === null || backAt === null || startedAt < out.since) return null;
  if (signal !== 'health_url' && signal !== 'protocol') return null;
  if (cause !== null && cause.code !== 'unknown' && cause.code !== 'draining') return null;
  const away = formatDuration(backAt - goneAt);
  return {
    code: 'draining',
    explanation: `It took itself out of rotation, went away and was back within ${away}: a restart, not a crash.`,
    advice: [],
    evidence: [
      { source: 'health_url', text: `Running but not ready from ${formatClock(out.since)}.` },
      { source: 'protocol', text: `Nothing listened from ${formatClock(goneAt)} to ${formatClock(backAt)}.` },
    ],
  };
}

/** What the roles of the health URLs say of the process, for an incident that opens or is explained anew. */
export function processFacts(report: ProbeReport, server: Server, { out, goneAt }: Rotation): Evidence['facts'] {
  const presence = presenceOf(report, server);
  const isOrderly = presence === 'gone' && out !== null && goneAt !== null;
  if (isOrderly)
    return [
      { label: 'process', value: `gone, after it had taken itself out of rotation at ${formatClock(out.since)}` },
    ];
  if (presence === 'gone') return [{ label: 'process', value: 'gone: its health URLs are not answered either' }];
  if (presence === 'out') return [{ label: 'process', value: 'running, out of rotation: live, but not ready' }];
  const isRunning = isLive(report.health?.live ?? null);
  return isRunning ? [{ label: 'process', value: 'running: it answers its live URL' }] : [];
}
