import { ADVICE, CAUSE_OF_FIGURES } from './cause-words.ts';
import { formatDuration } from './duration.ts';
import { hasLabel, namedCause } from './fingerprints.ts';
import { callersWaiting, describePool, type Pool, worstPool } from './pool.ts';
import type { PoolTrouble } from './pool-verdict.ts';
import type { CauseCode, Claim, LikelyCause } from './verdict.ts';

/** What a diagnosis may rest on. */
export interface Symptoms {
  /** What was said with something red, in words. */
  readonly texts: readonly string[];
  readonly pools: readonly Pool[];
  /** What is wrong with the pools by their figures; null: nothing, or they were not judged. */
  readonly trouble: PoolTrouble | null;
  /** How the calls of a red canary end; null: it is not red, or was not called. */
  readonly calls: { readonly kind: 'hang' | 'fail'; readonly ms: number } | null;
  /** What the probe before was diagnosed with, where the canary failed in it as well. */
  readonly before: CauseCode | null;
  /** All that was seen, each with its source. */
  readonly claims: readonly Claim[];
}

/** Joins what was said with the pool figures into one cause, and says so when nothing points anywhere. */
export function diagnose(symptoms: Symptoms): LikelyCause {
  const code = causeOf(symptoms);
  return { code, explanation: explain(code, symptoms), advice: adviceFor(code, symptoms), evidence: symptoms.claims };
}

/** A text that names the cause goes before figures, figures before the labels that servers put on any error. */
function causeOf(symptoms: Symptoms): CauseCode {
  const { texts, trouble, calls, before } = symptoms;
  const named = namedCause(texts);
  if (named === 'throttled' && before !== null && HANGS.includes(before)) return before;
  const byFigures = trouble === null ? null : CAUSE_OF_FIGURES[trouble.finding.code];
  if (byFigures === 'pool_leak') return named === null || named === 'pool_exhausted' ? byFigures : named;
  if (named !== null) return named;
  if (byFigures === 'pool_exhausted') return byFigures;
  const labelled = causeOfLabel(symptoms);
  if (labelled !== null) return labelled;
  if (byFigures === 'replica_lag') return byFigures;
  if (calls === null) return byFigures ?? 'unknown';
  if (isWaiting(symptoms)) return 'pool_exhausted';
  return calls.kind === 'hang' ? 'hanging_tool' : 'unknown';
}

/** Calls that hang keep their places: what is refused after them is refused because of them. */
const HANGS: readonly CauseCode[] = ['hanging_tool', 'pool_exhausted', 'pool_leak', 'backlog'];

/** Labels and what they mean beside the figures (product.md, the rows that are ambiguous); null: there is none. */
function causeOfLabel(symptoms: Symptoms): CauseCode | null {
  const { texts } = symptoms;
  // The vaguest word yields to one that says what its callers wait for.
  if (hasLabel(texts, 'databaseUnavailable') && !hasLabel(texts, 'backlog'))
    return isPressed(symptoms) ? 'pool_exhausted' : vagueOf(symptoms);
  if (hasLabel(texts, 'databaseUnreachable')) return unreachableOf(symptoms);
  if (hasLabel(texts, 'poolExhausted')) return isWaiting(symptoms) ? 'pool_exhausted' : 'unknown';
  if (hasLabel(texts, 'backlog')) return backlogOf(symptoms);
  if (hasLabel(texts, 'replicaLag')) return 'replica_lag';
  return hasLabel(texts, 'draining') ? 'draining' : null;
}

/** A health check behind calls that hang gives up as well, and says so in the only words it has. */
function unreachableOf(symptoms: Symptoms): CauseCode {
  return symptoms.calls?.kind === 'hang' ? 'hanging_tool' : vagueOf(symptoms);
}

/** Callers that give up together leave a queue empty for a moment: it was seen a probe ago, and no figures say that it is gone. */
function vagueOf({ before, pools }: Symptoms): CauseCode {
  return before === 'backlog' && pools.length === 0 ? 'backlog' : 'dependency_unreachable';
}

/** A queue that grows because no call is ever given up is the calls’ fault: no pool says that it is full. */
function backlogOf(symptoms: Symptoms): CauseCode {
  if (isPressed(symptoms)) return 'pool_exhausted';
  return symptoms.calls?.kind === 'hang' ? 'hanging_tool' : 'backlog';
}

function isWaiting({ pools }: Symptoms): boolean {
  return pools.some((pool) => callersWaiting(pool) > 0);
}

/** Callers wait, or nothing is idle with at least two in use: one busy connection is never a sign. */
function isPressed({ pools }: Symptoms): boolean {
  return pools.some((pool) => callersWaiting(pool) > 0 || (pool.idle === 0 && (pool.used ?? 0) >= 2));
}

function explain(code: CauseCode, symptoms: Symptoms): string {
  const { texts, trouble, calls } = symptoms;
  const pool = trouble?.pool ?? worstPool(symptoms.pools);
  const figures = describePool(pool);
  const shown = figures === null ? '' : `: ${figures}`;
  const ending = calls === null ? '' : `; ${endingOf(calls)}`;
  switch (code) {
    case 'pool_exhausted':
      return `Its connection pool${nameOf(pool)} is exhausted${shown}${ending}.`;
    case 'pool_leak':
      return `Connections of its pool${nameOf(pool)} are taken and not given back: ${trouble?.finding.figures ?? figures}${ending}.`;
    case 'pool_nearly_full':
      return `Its connection pool${nameOf(pool)} is nearly full${shown}${trendOf(pool)}.`;
    case 'backlog':
      return `Callers queue for its connection pool${nameOf(pool)}${shown}${trendOf(pool)}.`;
    case 'db_connections_exhausted':
      return 'Its database accepts no more connections: the limit is the database’s own.';
    case 'dependency_unreachable':
      return 'It cannot reach something it depends on, most likely its database.';
    case 'credential_rejected':
      return 'Its database or cache rejects the password it uses.';
    case 'slow_query':
      return `A statement ran into its timeout${pressure(symptoms)}.`;
    case 'pgbouncer_prepared_statement':
      return 'It uses named prepared statements through a pooler that does not keep them.';
    case 'replica_lag':
      return `Its read replica is too far behind${trouble?.finding.code === 'replica_lag' ? `: ${trouble.finding.figures}` : ''}.`;
    case 'hanging_tool':
      return hangingWords(symptoms);
    case 'throttled':
      return 'It limits how often it may be called.';
    case 'draining':
      return 'It runs, but takes itself out of rotation: it is draining.';
    case 'unknown':
      return unknownWords(symptoms, texts[0]);
  }
}

function hangingWords(symptoms: Symptoms): string {
  if (symptoms.calls?.kind === 'fail')
    return 'Calls hang while the protocol answers fast; those that hang now take up all that one caller may have at a time.';
  return `The call hangs while the protocol answers fast${spare(symptoms, ', although')}.`;
}

/** What is known when the cause is not: the words, what the counters say, and that it is not the pool. */
function unknownWords(symptoms: Symptoms, text: string | undefined): string {
  const { trouble } = symptoms;
  const saying = text === undefined ? null : `“${text.slice(0, 120)}”`;
  if (saying === null && trouble !== null) return `Its counters show it, but not why: ${trouble.finding.figures}.`;
  const seen = saying === null ? 'Nothing we see names the cause' : `We see ${saying} and nothing that names the cause`;
  return `${seen}${spare(symptoms, ';')}.`;
}

/** `calls fail at once`, `calls fail after 3 s`, `calls hang, without an answer within 12 s`. */
export function endingOf({ kind, ms }: NonNullable<Symptoms['calls']>): string {
  if (kind === 'hang') return `calls hang, without an answer within ${formatDuration(ms)}`;
  return ms < AT_ONCE_MS ? 'calls fail at once' : `calls fail after ${formatDuration(ms)}`;
}

/** A connection is waited for longer than this. */
const AT_ONCE_MS = 1000;

function nameOf(pool: Pool | null): string {
  return pool === null || pool.name === 'default' ? '' : ` ${pool.name}`;
}

function trendOf(pool: Pool | null): string {
  if (pool === null || pool.exhaustedInMs === null) return '';
  return `; at this pace it is exhausted in about ${formatDuration(pool.exhaustedInMs)}`;
}

function pressure({ pools }: Symptoms): string {
  const pressed = pools.find((pool) => callersWaiting(pool) > 0);
  const figures = describePool(pressed ?? null);
  return figures === null ? '' : `, and callers wait: ${figures}`;
}

/** That nobody waits and connections are left, where the figures say so. */
function spare({ pools }: Symptoms, joint: string): string {
  const [first] = pools;
  const isSpare = pools.every(
    (pool) => pool.waiting === 0 && pool.used !== null && pool.max !== null && pool.used < pool.max,
  );
  if (first === undefined || !isSpare) return '';
  const names = pools.length === 1 ? 'its pool has' : 'its pools have';
  return `${joint} ${names} connections to spare (${pools.map(describePool).join('; ')})`;
}

/** Who publishes figures already is not asked for them. */
function adviceFor(code: CauseCode, { pools }: Symptoms): readonly string[] {
  return code === 'unknown' && pools.length > 0 ? ADVICE.unknown.slice(1) : ADVICE[code];
}
