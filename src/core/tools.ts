import { diffTools, type ToolDiff } from './drift.ts';
import type { ToolsFact } from './probe.ts';
import { reason } from './reasons.ts';
import type { ToolList } from './tool-list.ts';
import type { Drift, ToolLists, ToolStanding, ToolsUpdate } from './tool-standing.ts';
import type { Verdict } from './verdict.ts';

/** What is remembered of a server's tools, as far as one report needs it. */
export interface ToolMemory {
  /** null: no list was ever seen. */
  readonly standing: ToolStanding | null;
  /** Needed only where the report's list is not the current one. */
  readonly lists: ToolLists | null;
}

export interface ToolsInput extends ToolMemory {
  readonly serverId: string;
  /** null: the probe did not get as far, or the server offers no tools. */
  readonly fact: ToolsFact | null;
  /** When the probe ended, epoch milliseconds. */
  readonly at: number;
  readonly newId: () => string;
}

export interface ToolsDecision {
  readonly verdict: Verdict;
  /** null: nothing changed that is worth keeping. */
  readonly update: ToolsUpdate | null;
}

/**
 * A list that changes at every visit is one event in this time, then unstable
 * (reliability research, hostile target "changing tool list on each probe").
 */
const QUIET_MS = 10 * 60_000;

const UNKNOWN: ToolsDecision = { verdict: { level: 'unknown', reason: null }, update: null };
/** What an incident quotes. */
const MAX_LINES = 20;

/**
 * What one reading of the tools means (contract, "drift"). The first list is
 * accepted silently. Another one is believed once it was read twice, in one session or in two probes running; then it is
 * recorded and compared with the accepted list until that is what it is again, or somebody accepts it.
 */
export function decideTools(input: ToolsInput): ToolsDecision {
  const { fact, standing, serverId, at } = input;
  // A list that is empty has a reason of its own, and what comes back after it is no change.
  if (fact === null || (fact.count === 0 && fact.invalid.length === 0)) return UNKNOWN;
  if (standing === null) {
    if (fact.list === null) return { verdict: invalidOr(fact), update: null };
    const first = { hash: fact.hash, at };
    const fresh = { serverId, accepted: first, current: first, drift: null, candidate: null, changedAt: null };
    return { verdict: invalidOr(fact), update: { standing: fresh, list: fact.list, change: null } };
  }
  if (fact.hash === standing.current.hash) return { verdict: verdictOf(standing.drift, fact), update: null };
  return decideOther(input, fact, standing);
}

function decideOther(input: ToolsInput, fact: ToolsFact, standing: ToolStanding): ToolsDecision {
  const isAccepted = fact.hash === standing.accepted.hash;
  if (!isAccepted) {
    if (fact.again === 'other') return { verdict: unstable('two readings in one session differ'), update: null };
    const isBelieved = fact.again === 'same' || standing.candidate === fact.hash;
    if (!isBelieved)
      return { ...UNKNOWN, update: { standing: { ...standing, candidate: fact.hash }, list: null, change: null } };
    if (standing.changedAt !== null && input.at - standing.changedAt < QUIET_MS)
      return { verdict: unstable('it changed again within ten minutes'), update: null };
  }
  const list = isAccepted ? (input.lists?.accepted ?? null) : fact.list;
  if (input.lists === null || list === null) return UNKNOWN;
  return change(input, { fact, standing, lists: input.lists, list });
}

interface Believed {
  readonly fact: ToolsFact;
  readonly standing: ToolStanding;
  readonly lists: ToolLists;
  /** The list as it is now. */
  readonly list: ToolList;
}

function change({ serverId, at, newId }: ToolsInput, { fact, standing, lists, list }: Believed): ToolsDecision {
  const diff = diffTools(lists.current, list);
  const { grade, differences, omitted } = diff;
  // Usually the list before is the accepted one, and comparing large lists takes a while.
  const drift = driftOf(lists.accepted.hash === lists.current.hash ? diff : diffTools(lists.accepted, list));
  const current = { hash: list.hash, at };
  const change = {
    id: newId(),
    serverId,
    at,
    from: standing.current.hash,
    to: list.hash,
    grade: grade ?? 'wording',
    differences,
    omitted,
  };
  const next = { ...standing, current, drift, candidate: null, changedAt: at };
  return { verdict: verdictOf(drift, fact), update: { standing: next, list, change } };
}

/** The standing after somebody accepted the current list: there is no drift any more. */
export function acceptCurrent(standing: ToolStanding, at: number): ToolStanding {
  return { ...standing, accepted: { hash: standing.current.hash, at }, drift: null, candidate: null };
}

/** null where the lists are the same. */
function driftOf({ grade, differences, omitted }: ToolDiff): Drift | null {
  const [first, ...rest] = differences;
  if (grade === null || first === undefined) return null;
  const more = rest.length + omitted;
  return {
    grade,
    message: more === 0 ? first.message : `${first.message.replace(/\.$/, '')}, and ${more} more ${plural(more)}.`,
    lines: differences.slice(0, MAX_LINES).map(({ message }) => message),
  };
}

function plural(count: number): string {
  return count === 1 ? 'difference' : 'differences';
}

function verdictOf(drift: Drift | null, fact: ToolsFact): Verdict {
  if (drift === null) return invalidOr(fact);
  return drift.grade === 'breaking'
    ? { level: 'fail', reason: reason('tools_changed_breaking', 'tools_list', drift.message) }
    : { level: 'warn', reason: reason('tools_changed', 'tools_list', drift.message) };
}

function unstable(why: string): Verdict {
  const message = `The list of tools is not the same at each reading: ${why}.`;
  return { level: 'warn', reason: reason('tools_unstable', 'tools_list', message) };
}

function invalidOr({ invalid, count }: ToolsFact): Verdict {
  const [first, ...rest] = invalid;
  if (first === undefined) return { level: 'ok', reason: null };
  const names = rest.length === 0 ? first : `${first} and ${rest.length} more`;
  const message = `${invalid.length} of ${count + invalid.length} tools cannot be read: ${names}.`;
  return { level: 'warn', reason: reason('tool_invalid', 'tools_list', message) };
}
