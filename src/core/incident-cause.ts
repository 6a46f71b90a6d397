import { isDiagnosed } from './evidence.ts';
import type { Incident } from './incident.ts';
import type { Signal } from './signal.ts';
import type { CauseCode, Judgement, LikelyCause } from './verdict.ts';

/** What an incident is opened with. A server that went away while it said that it drains did not crash. */
export function causeAtOpening(
  signal: Signal,
  { cause }: Judgement,
  open: readonly Pick<Incident, 'signal' | 'cause'>[],
): LikelyCause | null {
  if (isDiagnosed(signal)) return cause;
  const said = open.find((one) => one.signal === 'health_url' && one.cause?.code === 'draining')?.cause ?? null;
  if (signal !== 'protocol' || said === null) return null;
  return { ...said, explanation: 'It was draining before it went away, as it does when it is restarted.' };
}

/** What shows only later: that a pool is exhausted because connections do not come back, or calls hang or are refused because it is. */
const DEEPER: Partial<Record<CauseCode, readonly CauseCode[]>> = {
  pool_exhausted: ['pool_leak'],
  backlog: ['pool_exhausted', 'pool_leak'],
  pool_nearly_full: ['pool_exhausted', 'pool_leak'],
  hanging_tool: ['pool_exhausted', 'pool_leak'],
  throttled: ['hanging_tool', 'pool_exhausted', 'pool_leak'],
};

/** Whether a later probe explains an open incident better than what it was opened with. */
export function tellsMore(before: LikelyCause | null, now: LikelyCause | null): boolean {
  if (now === null || now.code === 'unknown') return false;
  return before === null || before.code === 'unknown' || (DEEPER[before.code]?.includes(now.code) ?? false);
}
