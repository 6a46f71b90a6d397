import { type Reason, reason } from '../core/reasons.ts';
import type { Verdicts } from '../core/verdict.ts';
import { parseOwn } from './json.ts';
import type { ProbeRow, Said, Seen } from './probe-row.ts';

/**
 * What is left of a probe's texts when its detail goes: which steps there were and how they went, state, codes and
 * pools. What the server said, and what was concluded from that, goes. Texts in which there is nothing of it stay as
 * they are.
 */
export function brief({ seen, said }: Pick<ProbeRow, 'seen' | 'said'>): Pick<ProbeRow, 'seen' | 'said'> {
  const { report, judgement } = parseOwn<Seen>(seen);
  const left: Seen = {
    report: { ...report, steps: report.steps.map((step) => ({ ...step, error: general(step.error) })) },
    judgement: { ...judgement, reason: general(judgement.reason), verdicts: generals(judgement.verdicts), cause: null },
  };
  if (said === null && JSON.stringify(left) === seen) return { seen, said };
  const pools = said === null ? [] : parseOwn<Said>(said).pools;
  return {
    seen: JSON.stringify({ ...left, isBrief: true }),
    said: pools.length === 0 ? null : JSON.stringify({ canaries: [], health: null, pools } satisfies Said),
  };
}

/** What the code says whatever the server said. */
function general(why: Reason | null): Reason | null {
  return why && reason(why.code, why.step);
}

function generals(verdicts: Verdicts): Verdicts {
  const bare = (signal: keyof Verdicts) => ({
    level: verdicts[signal].level,
    reason: general(verdicts[signal].reason),
  });
  return {
    protocol: bare('protocol'),
    canary: bare('canary'),
    health_url: bare('health_url'),
    latency: bare('latency'),
    pool: bare('pool'),
    tools: bare('tools'),
    tls: bare('tls'),
    auth: bare('auth'),
  };
}
