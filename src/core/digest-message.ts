import { isGood } from './digest.ts';
import { formatDuration, formatSince } from './duration.ts';
import { groupBy } from './group.ts';
import type { Notice } from './notice.ts';
import type { Fact } from './phrases.ts';
import { adviceFor, capitalise, shortReason, subjectLine, wordsOf } from './phrases.ts';

/** Servers named one by one; of the rest the number is told. */
const MAX_LINES = 30;
/** From so many servers on, what they share is looked for first. */
const MANY = 3;
const SHARED =
  'Look first for what they share: the network, DNS, a machine, a database, a certificate, a change just made.';

/** Several notices in one message: how many servers are what, then each in a line. `parts` come worst first. */
export function describeDigest({ at, dashboardUrl }: Notice, parts: readonly Notice[]) {
  const groups = [...groupBy(parts, wordOf)].map(([word, notices]) => groupOf(word, notices));
  const [worst, ...others] = groups;
  if (worst === undefined) throw new Error('a digest without a notice');
  const also = others.map(({ word, names }) => `${names.length} ${word}`).join(', ');
  const isOver = isGood(worst.lead);
  return {
    tone: isOver ? 'up' : worst.word === 'DOWN' ? 'down' : 'degraded',
    severity: worst.lead.incident.severity,
    subject: subjectLine(worst.word, whoOf(worst), also === '' ? worst.why : `${worst.why} · and ${also}`),
    sentence: `${capitalise(groups.map((group, index) => clauseOf(group, index === 0)).join(', '))}.`,
    explanation: isOver
      ? null
      : `${worst.isShared ? 'All of them' : 'Most often'}: ${worst.why}, ${firstOf(worst, at)}.`,
    facts: linesOf(parts),
    tryThis: isOver ? [] : worst.names.length >= MANY ? [SHARED] : adviceFor(worst.lead.incident),
    link: { label: 'Open the incidents', url: dashboardUrl },
  } as const;
}

interface Group {
  readonly word: string;
  /** The worst of its notices. */
  readonly lead: Notice;
  readonly names: readonly string[];
  readonly notices: readonly Notice[];
  /** What is most often wrong. */
  readonly why: string;
  /** Is it wrong with all of them? */
  readonly isShared: boolean;
}

function groupOf(word: string, notices: readonly Notice[]): Group {
  const [lead] = notices;
  if (lead === undefined) throw new Error('a group without a notice');
  const names = [...new Map(notices.map(({ server }) => [server.id, server.name])).values()];
  const reasons = [...groupBy(notices, whyOf)].sort(([, a], [, b]) => b.length - a.length);
  return { word, lead, names, notices, why: reasons[0]?.[0] ?? '', isShared: reasons.length === 1 };
}

function wordOf(notice: Notice): string {
  if (isGood(notice)) return 'UP';
  return notice.event === 'incident.flapping' ? 'FLAPPING' : wordsOf(notice.incident).bad;
}

function whyOf(notice: Notice): string {
  return isGood(notice) ? 'well again' : shortReason(notice.incident);
}

function whoOf({ names }: Group): string {
  return names.length === 1 ? (names[0] ?? '') : `${names.length} servers`;
}

/** `500 servers are down`; after the first `2 are well again`. */
function clauseOf({ word, lead, names }: Group, isFirst: boolean): string {
  const who =
    isFirst || names.length === 1 ? (names.length === 1 ? names[0] : `${names.length} servers`) : names.length;
  const what = word === 'UP' ? 'well again' : word === 'FLAPPING' ? 'flapping' : wordsOf(lead.incident).was;
  return `${who} ${names.length === 1 ? 'is' : 'are'} ${what}`;
}

function firstOf({ notices }: Group, at: number): string {
  const first = Math.min(...notices.map(({ incident }) => incident.startedAt));
  return `${notices.length === 1 ? '' : 'the first '}${formatSince(first, at)}`;
}

function linesOf(parts: readonly Notice[]): readonly Fact[] {
  const shown = parts.slice(0, MAX_LINES).map((part): Fact => [part.server.name, lineOf(part)]);
  const left = parts.length - shown.length;
  return left === 0 ? shown : [...shown, ['And', `${left} more: see the page Incidents`]];
}

function lineOf(notice: Notice): string {
  const { incident, at, wasDown } = notice;
  const word = wordOf(notice);
  if (!isGood(notice)) return `${word} ${formatSince(incident.startedAt, at)}: ${shortReason(incident)}`;
  const lasted = formatDuration((incident.resolvedAt ?? at) - incident.startedAt);
  return wasDown ? `${word}, was ${wordsOf(incident).was} ${lasted}` : `${word} after ${lasted}`;
}
