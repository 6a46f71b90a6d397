import { endingOf, type Symptoms } from './diagnosis.ts';
import { formatDuration, formatSince } from './duration.ts';
import { wordsIn } from './fingerprints.ts';
import { callersWaiting, describePool, type Pool } from './pool.ts';
import type { PoolInsight } from './pool-verdict.ts';
import type { HealthOutcome, ProbeReport } from './probe.ts';
import { type AskedCanary, askedCanaries, nameOf, redHealth } from './red.ts';
import type { Server } from './server.ts';
import { cleanText } from './text.ts';
import type { CauseCode, Claim, Verdicts } from './verdict.ts';

/** A probe and what was made of it so far. */
export interface Sight {
  readonly report: ProbeReport;
  readonly server: Server;
  readonly verdicts: Verdicts;
  readonly insight: PoolInsight;
  /** What the probe before was diagnosed with, where the canary failed in it as well. */
  readonly before: CauseCode | null;
}

/** What is quoted of a text from a target. */
const QUOTED = 120;
/** Pools that are told of: those in trouble go first. */
const MAX_POOL_CLAIMS = 4;

/** What a diagnosis of this probe may rest on. */
export function symptomsOf(sight: Sight): Symptoms {
  const { report, server, insight } = sight;
  const asked = askedCanaries(report, server);
  return {
    texts: [...asked.flatMap(saidByCanary), ...carried(sight), ...healthOutcomes(sight).flatMap(saidByHealth)],
    pools: insight.pools,
    trouble: insight.worst,
    calls: callsOf(asked),
    before: sight.before,
    claims: claimsOf(sight, asked),
  };
}

/** Every text that came with something red, cleaned already: canary results, their failures, health bodies. */
export function textsOf({ report, server, verdicts }: Omit<Sight, 'insight' | 'before'>): readonly string[] {
  const fromCanaries = askedCanaries(report, server).flatMap(({ outcome: { answer }, red }) =>
    red === null ? [] : [answer.kind === 'failure' ? answer.reason.message : answer.text],
  );
  const fromHealth = healthOutcomes({ report, server }).map((outcome) =>
    outcome.kind === 'answer' ? outcome.text : null,
  );
  return [...fromCanaries, ...carried({ report, verdicts }), ...fromHealth].flatMap((text) =>
    text === null || text === '' ? [] : [text],
  );
}

/** Its words, where the call came to a result or to an error of its own. What our connection died of is no word of it. */
function saidByCanary({ outcome: { answer }, red }: AskedCanary): readonly string[] {
  if (red === null) return [];
  if (answer.kind === 'result') return wordsIn(answer.json, answer.text);
  return answer.reason.code === 'canary_rpc_error' ? [answer.reason.message] : [];
}

/** Of a tool that was left out: what it said when it was called last. */
function carried({ report, verdicts }: Pick<Sight, 'report' | 'verdicts'>): readonly string[] {
  const { level, reason } = verdicts.canary;
  return report.leftOut === true && level === 'fail' && reason !== null ? [reason.message] : [];
}

/** The health URLs that are not good. */
function healthOutcomes({ report, server }: Pick<Sight, 'report' | 'server'>): readonly HealthOutcome[] {
  const { health } = report;
  if (health === null) return [];
  const ready = redHealth(health.ready, server.healthUrl?.expectStatus ?? null) === null ? [] : [health.ready];
  const live = health.live === null || redHealth(health.live, null) === null ? [] : [health.live];
  return [...ready, ...live];
}

function saidByHealth(outcome: HealthOutcome): readonly string[] {
  return outcome.kind === 'answer' ? wordsIn(outcome.json, outcome.text) : [];
}

function callsOf(asked: readonly AskedCanary[]): Symptoms['calls'] {
  for (const { outcome, canary, red } of asked) {
    if (red?.code === 'canary_timeout') return { kind: 'hang', ms: canary?.timeoutMs ?? outcome.ms ?? 0 };
    const isOwn = outcome.answer.kind === 'result' || red?.code === 'canary_rpc_error';
    if (red !== null && isOwn && outcome.ms !== null) return { kind: 'fail', ms: outcome.ms };
  }
  return null;
}

function claimsOf(sight: Sight, asked: readonly AskedCanary[]): readonly Claim[] {
  const { report, server, verdicts } = sight;
  const missing = report.leftOut === true ? server.canaries.filter(({ kind }) => kind === 'tool') : [];
  return [
    ...protocolClaim(report, verdicts),
    ...asked.map(canaryClaim),
    ...missing.map((): Claim => ({ source: 'canary', text: 'Not called again while callers wait.' })),
    ...healthClaims(sight),
    ...poolClaims(sight),
  ];
}

function protocolClaim({ steps, tools }: ProbeReport, { protocol }: Verdicts): readonly Claim[] {
  const ms = steps.find(({ name, status }) => name === 'initialize' && status === 'ok')?.ms;
  if (protocol.level !== 'ok' || ms === undefined || ms === null) return [];
  const list = tools === null ? '' : `, ${tools.count} ${tools.count === 1 ? 'tool' : 'tools'} listed`;
  return [{ source: 'protocol', text: `Answers initialize in ${formatDuration(ms)}${list}.` }];
}

function canaryClaim({ outcome, canary, red }: AskedCanary): Claim {
  const { answer, ms } = outcome;
  const source = outcome.canary.kind === 'tool' ? 'canary' : 'resource';
  const name = nameOf(outcome);
  if (red === null) return { source, text: `${name} is well after ${formatDuration(ms)}.` };
  const calls = callsOf([{ outcome, canary, red }]);
  const ending = calls === null ? '' : `; ${endingOf(calls)}`;
  const said = answer.kind === 'result' ? answer.text : red.message;
  return { source, text: `${name} fails${ending}${quote(said)}` };
}

function healthClaims({ report, server }: Sight): readonly Claim[] {
  return healthOutcomes({ report, server }).map((outcome) => {
    const text =
      outcome.kind === 'answer' ? `Answers ${outcome.status}${quote(outcome.text)}` : cleanText(outcome.reason.message);
    return { source: 'health_url', text };
  });
}

function quote(text: string | null): string {
  return text === null || text === '' ? '.' : `: “${cleanText(text, QUOTED)}”`;
}

/** The figures of each pool and where they were read; of the one in trouble, since when. */
function poolClaims({ report, insight }: Sight): readonly Claim[] {
  const { pools, worst } = insight;
  const inOrder = pools.toSorted(
    (a, b) => Number(b.reason !== null) - Number(a.reason !== null) || callersWaiting(b) - callersWaiting(a),
  );
  const figures = inOrder.slice(0, MAX_POOL_CLAIMS).flatMap((pool) => poolClaim(pool, report, insight) ?? []);
  if (worst?.finding.code !== 'error_rate') return figures;
  return [...figures, { source: 'counters', text: `${worst.finding.figures}.` }];
}

function poolClaim(pool: Pool, { startedAt }: ProbeReport, { worst }: PoolInsight): Claim | null {
  const isWorst = worst?.pool.name === pool.name && worst.finding.code !== 'error_rate';
  const figures = isWorst ? worst.finding.figures : describePool(pool);
  if (figures === null) return null;
  const since = isWorst && worst.finding.since < startedAt ? `, ${formatSince(worst.finding.since, startedAt)}` : '';
  const limit = pool.maxSource === 'seen' ? ' (as many as there were when callers waited)' : '';
  return { source: pool.source ?? 'pool', text: `Pool ${pool.name}: ${figures}${limit}${since}.` };
}
