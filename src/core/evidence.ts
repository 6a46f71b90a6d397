import { formatLatency } from './duration.ts';
import type { Evidence } from './incident.ts';
import { ladderOf } from './ladder.ts';
import { describePool, worstPool } from './pool.ts';
import type { ProbeReport } from './probe.ts';
import { IN_ROTATION, processFacts, type Rotation } from './rotation.ts';
import type { Server } from './server.ts';
import type { Signal } from './signal.ts';
import { textsOf } from './symptoms.ts';
import type { Judgement, LikelyCause } from './verdict.ts';

/** The signals whose causes are looked for. */
export function isDiagnosed(signal: Signal): boolean {
  return signal === 'canary' || signal === 'health_url' || signal === 'pool';
}

export interface EvidenceInput {
  readonly server: Server;
  readonly report: ProbeReport;
  readonly judgement: Judgement;
  /** How the tools differ from the accepted ones, one sentence each: what an incident about them quotes. */
  readonly toolLines?: readonly string[];
  /** Whether the server leaves in an orderly way, with this probe; left out: it does not. */
  readonly rotation?: Rotation;
}

/** What an incident of that signal is frozen with. */
export function evidenceOf(signal: Signal, input: EvidenceInput): Evidence {
  const { server, judgement, report, toolLines = [], rotation = IN_ROTATION } = input;
  const silentFailure = judgement.verdicts.protocol.level === 'ok' && judgement.verdicts.canary.level === 'fail';
  const steps = report.steps
    .filter(({ ms }) => ms !== null)
    .map(({ name, ms, status }) => ({ label: name, value: `${status}, ${formatLatency(ms)}` }));
  const { verdicts, cause } = judgement;
  return {
    texts:
      signal === 'tools'
        ? toolLines
        : signal === 'canary' || signal === 'health_url'
          ? textsOf({ report, server, verdicts })
          : [],
    pools: judgement.pools,
    silentFailure,
    ladder: ladderOf({ report, verdicts, server }),
    facts: [
      ...(signal === 'protocol' || signal === 'health_url' ? processFacts(report, server, rotation) : []),
      ...(isDiagnosed(signal) && cause !== null ? claimFacts(cause) : poolFacts(judgement)),
      ...steps,
    ],
  };
}

/** What a cause rests on, but for the words, which are quoted, and the protocol's time, which is a step's. */
function claimFacts({ evidence = [] }: LikelyCause): Evidence['facts'] {
  return evidence
    .filter(({ text, source }) => source !== 'protocol' && !text.includes('“'))
    .map(({ source, text }) => ({ label: source, value: text }));
}

function poolFacts({ pools }: Judgement): Evidence['facts'] {
  const pool = describePool(worstPool(pools));
  return pool === null ? [] : [{ label: 'pool', value: pool }];
}
