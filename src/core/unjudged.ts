import type { ProbeReport } from './probe.ts';
import type { ReasonCode } from './reasons.ts';
import { REASONS, reason } from './reasons.ts';

/** A reason that lies with us: it turns no signal. */
export type OwnReason = Extract<ReasonCode, 'monitor_offline' | 'not_monitored'>;

/**
 * A report as it is kept when what it saw says nothing of the server, because of us: it ends at the step that failed, or
 * at the first, with our own reason. What failed there is quoted.
 */
export function unjudged(report: ProbeReport, code: OwnReason): ProbeReport {
  const failed = report.steps.findIndex(({ status }) => status === 'failed');
  const end = code === 'not_monitored' ? 0 : Math.max(0, failed);
  const said = report.steps[failed]?.error?.message;
  const message = said === undefined ? REASONS[code].meaning : `${REASONS[code].meaning} (${said.replace(/\.$/, '')})`;
  const steps = report.steps.map((step, at) => {
    if (at < end) return step;
    if (at > end) return { ...step, status: 'skipped', ms: null, error: null } as const;
    return { ...step, status: 'failed', error: reason(code, step.name, message) } as const;
  });
  const nothing = { serverInfo: null, hasTools: null, tools: null, canaries: [], health: null, retryAfterMs: null };
  return { ...report, ...nothing, protocolVersion: null, steps };
}
