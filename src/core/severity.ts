import type { Reason } from './reasons.ts';
import type { Severity, Signal } from './signal.ts';
import { SEVERITIES } from './signal.ts';

/** Contract, "States, signals, confirmation"; of tools, drift that breaks callers is worse. */
const SEVERITY: Readonly<Record<Signal, Severity>> = {
  protocol: 'critical',
  canary: 'critical',
  health_url: 'major',
  auth: 'major',
  latency: 'warning',
  pool: 'warning',
  tls: 'warning',
  tools: 'info',
};

export function severityOf(signal: Signal, reason: Reason | null): Severity {
  return reason?.code === 'tools_changed_breaking' ? 'major' : SEVERITY[signal];
}

export function worse(a: Severity, b: Severity): Severity {
  return rank(a) <= rank(b) ? a : b;
}

/** 0 is the most severe. */
export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
