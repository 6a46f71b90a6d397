import { describeDigest } from './digest-message.ts';
import { formatDuration, formatInstant, formatSince, formatSpan } from './duration.ts';
import { describeCalm, describeFlapping } from './flap-message.ts';
import type { Incident } from './incident.ts';
import type { Notice } from './notice.ts';
import type { Fact } from './phrases.ts';
import {
  adviceFor,
  capitalise,
  closed,
  countProbes,
  evidenceFacts,
  explain,
  headline,
  ladderFacts,
  placeFacts,
  reasonFacts,
  shortReason,
  subjectLine,
  wordsOf,
} from './phrases.ts';
import type { Severity } from './signal.ts';

/** A notice in words, ready to be laid out. Every text may hold what a target wrote: escape it for where it goes. */
export interface Message {
  readonly tone: 'down' | 'degraded' | 'up' | 'test';
  /** How loudly to tell it: of several things, that of the worst. */
  readonly severity: Severity;
  /** One line, at most 200 characters. */
  readonly subject: string;
  /** What is so, the server's name first. */
  readonly sentence: string;
  /** Why and since when; null: there is nothing to add. */
  readonly explanation: string | null;
  readonly facts: readonly Fact[];
  readonly tryThis: readonly string[];
  readonly link: { readonly label: string; readonly url: string };
}

export function describe(notice: Notice): Message {
  if (notice.parts !== undefined) return describeDigest(notice, notice.parts);
  switch (notice.event) {
    case 'incident.opened':
      return describeOpened(notice);
    case 'incident.reminder':
      return describeReminder(notice);
    case 'incident.flapping':
      return describeFlapping(notice);
    case 'incident.calm':
      return describeCalm(notice);
    case 'incident.resolved':
      return describeResolved(notice, notice.incident.resolvedAt ?? notice.at);
    case 'test':
      return describeTest(notice);
  }
}

function describeOpened(notice: Notice): Message {
  const { incident, server, at, dashboardUrl } = notice;
  const words = wordsOf(incident);
  const why = explain(incident);
  const since = capitalise(`${formatSince(incident.startedAt, at)}.`);
  return {
    tone: words.bad === 'DOWN' ? 'down' : 'degraded',
    severity: incident.severity,
    subject: subjectLine(words.bad, server.name, shortReason(incident)),
    sentence: headline(incident),
    explanation: isAhead(incident) ? why : why === null ? since : `${closed(why)} ${since}`,
    facts: [
      ...ladderFacts(incident),
      ...evidenceFacts(incident),
      ...reasonFacts(incident, why ?? ''),
      ['Since', formatInstant(incident.startedAt)],
      ...placeFacts(notice),
    ],
    tryThis: adviceFor(incident),
    link: { label: 'Open the incident', url: dashboardUrl },
  };
}

/** What is told of is still to come: since when it can be foreseen says nothing. */
function isAhead({ reason: { code } }: Notice['incident']): boolean {
  return code === 'tls_expiring' || code === 'credential_expiring';
}

function describeReminder(notice: Notice): Message {
  const { incident, server, at } = notice;
  const opened = describeOpened(notice);
  const lasting = isAhead(incident) ? '' : `for ${formatDuration(at - incident.startedAt)}: `;
  return {
    ...opened,
    subject: subjectLine(wordsOf(incident).bad, server.name, `${lasting}${shortReason(incident)}`),
    explanation: `${opened.explanation} Acknowledge the incident to end these reminders.`,
  };
}

function describeResolved(notice: Notice, resolvedAt: number): Message {
  const { incident, server, dashboardUrl, wasDown } = notice;
  const words = wordsOf(incident);
  const span = formatSpan(incident.startedAt, resolvedAt);
  const lasted = formatDuration(resolvedAt - incident.startedAt);
  return {
    tone: 'up',
    severity: incident.severity,
    subject: subjectLine('UP', server.name, wasDown ? `was ${words.was} ${lasted}` : `${words.back} after ${lasted}`),
    sentence: wasDown
      ? `${incident.serverName} was ${words.was} ${span} and ${words.again}.`
      : `${incident.serverName} ${words.again}.`,
    explanation: wasDown
      ? `This tells of the beginning and the end: the first message had not reached you.${countProbes(incident)}`
      : `${restart(incident)}${words.label} ${lasted} (${span}).${countProbes(incident)}`,
    facts: [
      [words.label, `${formatInstant(incident.startedAt)} – ${formatInstant(resolvedAt)} (${lasted})`],
      ...reasonFacts(incident),
      ...placeFacts(notice),
    ],
    tryThis: [],
    link: { label: 'Open the incident', url: dashboardUrl },
  };
}

/** What only its end has shown. */
function restart({ cause }: Incident): string {
  return cause?.code === 'draining' ? `${cause.explanation} ` : '';
}

function describeTest({ at, location, dashboardUrl }: Notice): Message {
  return {
    tone: 'test',
    severity: 'info',
    subject: 'TEST · AliveMCP · this channel works',
    sentence: 'This is a test: the channel works and nothing is broken.',
    explanation: 'When a server breaks, a message like this one says what is broken, since when, why and what to try.',
    facts: [
      ['Sent', formatInstant(at)],
      ['Probing from', location],
    ],
    tryThis: [],
    link: { label: 'Open AliveMCP', url: dashboardUrl },
  };
}
