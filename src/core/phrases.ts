import { CAUSE_OF_FIGURES, SHORT_CAUSES } from './cause-words.ts';
import { formatDuration, formatSince, formatSpan } from './duration.ts';
import type { Incident } from './incident.ts';
import { ladderText } from './ladder.ts';
import type { Notice } from './notice.ts';
import { isPoolReason } from './pool-reason.ts';
import type { Layer } from './reasons.ts';
import type { Signal } from './signal.ts';
import { DEGRADED, SIGNAL_WORDS, type SignalWords, selfWords } from './signal-words.ts';
import { shownAddress } from './target.ts';
import { cleanText } from './text.ts';
import { WORDINGS } from './wording.ts';

const MAX_SUBJECT = 200;
/** What is quoted of a target's texts and figures: enough to recognise the fault, not a log. */
const MAX_TEXTS = 3;
const MAX_DIFFERENCES = 10;
const MAX_FACTS = 20;

/** The state line: `Orders MCP answers, but its tool calls fail.` or, once over, `Orders MCP works again.` */
export function headline(incident: Incident): string {
  if (incident.resolvedAt !== null) return `${incident.serverName} ${wordsOf(incident).again}.`;
  return `${incident.serverName} ${WORDINGS[incident.reason.code].clause}.`;
}

/** How a server stands before there is an incident to say it: the reason, after the same state line where it does not name the server. */
export function reasonSentence(name: string, { code, message }: Pick<Incident['reason'], 'code' | 'message'>): string {
  // By a function: a name may hold what `replace` takes for a place in the match.
  const named = message.replace(/^The server (?=[a-z])/, () => `${name} `);
  const line = named === message ? [`${name} ${WORDINGS[code].clause}.`] : [];
  return [...line, ...(named === '' ? [] : [closed(named)])].join(' ');
}

/** An incident in full sentences: the state line, why, and since when; once over, how long it lasted. */
export function incidentSentence(incident: Incident, now: number): string {
  const { startedAt, resolvedAt } = incident;
  if (resolvedAt !== null) {
    const lasted = `${wordsOf(incident).label} ${formatDuration(resolvedAt - startedAt)} (${formatSpan(startedAt, resolvedAt)}).`;
    return `${headline(incident)} ${lasted}${countProbes(incident)}`;
  }
  const why = explain(incident);
  return [headline(incident), why && closed(why), capitalise(`${formatSince(startedAt, now)}.`)]
    .filter((part) => part !== null)
    .join(' ');
}

/** A few words for a subject line or a row: `tool calls fail: pool exhausted`, `health URL answers 503`. */
export function shortReason({ reason, cause }: Pick<Incident, 'reason' | 'cause'>): string {
  // Of a pool whose figures name the cause, both would say the same.
  const isSaid = isPoolReason(reason.code) && CAUSE_OF_FIGURES[reason.code] === cause?.code;
  const why = cause === null || isSaid ? null : SHORT_CAUSES[cause.code];
  return why === null ? shortWhat(reason) : `${shortWhat(reason)}: ${why}`;
}

function shortWhat({ code, message, step }: Incident['reason']): string {
  const status = /\b[1-5]\d\d\b/.exec(message)?.[0];
  if (code === 'latency_p95') return message.replace('; the limit is', ', limit').replace(/\.$/, '');
  if (code === 'tls_expiring') return message.replace(/^The /, '').replace(/ \(.*$/, '');
  if (code === 'timeout' && step !== null) return `${step} not answered in time`;
  if (status !== undefined && code === 'health_status') return `health URL answers ${status}`;
  if (status !== undefined && (code === 'http_client_error' || code === 'http_server_error'))
    return `answers HTTP ${status}`;
  return WORDINGS[code].short;
}

/** A `warn` on protocol or canary leaves the server degraded, not down. */
export function wordsOf({ about, signal, level, reason }: Incident): SignalWords {
  if (about !== undefined) return selfWords(reason.code);
  const words = SIGNAL_WORDS[signal];
  return level === 'warn' && (words.bad === 'DOWN' || words.bad === 'NO ACCESS') ? DEGRADED : words;
}

export function subjectLine(word: string, name: string, what: string): string {
  return cleanText(`${word} · ${name} · ${what}`.replace(/\s+/g, ' '), MAX_SUBJECT);
}

export function explain({ cause, reason }: Incident): string | null {
  return cause?.explanation ?? (reason.message === '' ? null : reason.message);
}

/** A sentence also where a target's words end it without a full stop. */
export function closed(text: string): string {
  return /[.!?…]["”)]?$/.test(text) ? text : `${text}.`;
}

export function adviceFor({ cause, reason }: Pick<Incident, 'cause' | 'reason'>): readonly string[] {
  const known = cause?.advice ?? [];
  const fallback = WORDINGS[reason.code].advice;
  return known.length > 0 || fallback === null ? known : [fallback];
}

/** Signals that are bad without a probe failing. */
const SEEN: readonly Signal[] = ['latency', 'tools', 'pool', 'tls'];

/** Nothing of the monitor itself: no probe is about it. */
export function countProbes({ about, probeCount, signal }: Incident): string {
  if (about !== undefined) return '';
  const what = SEEN.includes(signal) ? 'saw it' : 'failed';
  return ` ${probeCount} ${probeCount === 1 ? 'probe' : 'probes'} ${what}.`;
}

/** Label and value, for the fact tables of mail and page. */
export type Fact = readonly [label: string, value: string];

/** What it is, where it is and where it was seen from. */
export function placeFacts({ incident: { about }, server, location }: Notice): readonly Fact[] {
  const { name, url, tags } = server;
  const shown = shownAddress(url);
  return [
    [about === undefined ? 'Server' : 'Monitor', shown === '' ? name : `${name} · ${shown}`],
    ...(tags.length === 0 ? [] : [['Tags', tags.join(', ')] as const]),
    ['Probed from', location],
  ];
}

const LAYER_WORDS: Readonly<Partial<Record<Layer, string>>> = {
  transport: 'network',
  http: 'HTTP',
  auth: 'credentials',
  drift: 'tools',
  health_url: 'health URL',
  tls: 'TLS',
  stdio: 'process',
};

/** `said`: what stands above, which is not said again. */
export function reasonFacts({ about, reason, severity, evidence }: Incident, said = ''): readonly Fact[] {
  const { layer, message, code } = reason;
  const words = LAYER_WORDS[layer] ?? layer;
  return [
    ['Reason', message === '' || said.includes(message) ? code : `${message} (${code})`],
    ...(about === undefined && layer !== 'any'
      ? [['Layer', evidence.silentFailure ? `${words} (silent failure: the protocol answers)` : words] as const]
      : []),
    ['Severity', severity],
  ];
}

/** How it looks to monitors that do less. */
export function ladderFacts({ evidence: { ladder = [] } }: Incident): readonly Fact[] {
  return ladder.length === 0 ? [] : [['Others see', ladderText(ladder)]];
}

export function evidenceFacts({ evidence, signal }: Incident): readonly Fact[] {
  const texts = evidence.texts
    .slice(0, signal === 'tools' ? MAX_DIFFERENCES : MAX_TEXTS)
    .map((text): Fact => (signal === 'tools' ? ['Difference', cleanText(text)] : ['It said', `“${cleanText(text)}”`]));
  const facts = evidence.facts
    .slice(0, MAX_FACTS)
    .map(({ label, value }) => [labelOf(label), cleanText(value)] as const);
  return [...texts, ...facts];
}

/** `tools_list` as `Tools list`, `health_url` as `Health URL`. */
function labelOf(label: string): string {
  return capitalise(label.replaceAll('_', ' ')).replace(/\b(dns|tls|url)\b/gi, (word) => word.toUpperCase());
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
