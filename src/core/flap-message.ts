import { formatDuration, formatInstant, formatSince, formatSpan } from './duration.ts';
import type { Notice } from './notice.ts';
import { adviceFor, evidenceFacts, explain, placeFacts, reasonFacts, subjectLine, wordsOf } from './phrases.ts';

/** Says once that a signal turns to and fro, in place of a message for each turn. */
export function describeFlapping(notice: Notice) {
  const { incident, server, at, dashboardUrl, flapping } = notice;
  const { was } = wordsOf(incident);
  const { since, changes } = flapping ?? { since: incident.startedAt, changes: 1 };
  return {
    tone: 'degraded',
    severity: incident.severity,
    subject: subjectLine(
      'FLAPPING',
      server.name,
      `${was} and well in turn, ${count(changes)} in ${lasting(since, at)}`,
    ),
    sentence: `${server.name} keeps changing: ${was} one moment, well the next.`,
    explanation: `${count(changes)} ${formatSince(since, at)}. You hear again once it has stayed well or stayed ${was}.`,
    facts: [
      ['Changing since', formatInstant(since)],
      ['Last seen', explain(incident) ?? ''],
      ...evidenceFacts(incident),
      ...reasonFacts(incident),
      ...placeFacts(notice),
    ],
    tryThis: adviceFor(incident),
    link: { label: 'Open the last incident', url: dashboardUrl },
  } as const;
}

/** Says that a signal which turned to and fro has stayed well. */
export function describeCalm(notice: Notice) {
  const { incident, server, at, dashboardUrl, flapping } = notice;
  const { again, label } = wordsOf(incident);
  const { since, changes } = flapping ?? { since: incident.startedAt, changes: 1 };
  const until = incident.resolvedAt ?? at;
  return {
    tone: 'up',
    severity: incident.severity,
    subject: subjectLine('UP', server.name, `calm again for ${lasting(until, at)}`),
    sentence: `${server.name} ${again} and has been calm ${formatSince(until, at)}.`,
    explanation: `It changed ${changes} times, ${formatSpan(since, until)}.`,
    facts: [
      [`${label} last`, `${formatInstant(incident.startedAt)} – ${formatInstant(until)}`],
      ...reasonFacts(incident),
      ...placeFacts(notice),
    ],
    tryThis: [],
    link: { label: 'Open the last incident', url: dashboardUrl },
  } as const;
}

function count(changes: number): string {
  return `${changes} ${changes === 1 ? 'change' : 'changes'}`;
}

function lasting(from: number, to: number): string {
  return formatDuration(to - from);
}
