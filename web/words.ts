import type { Incident, ServerRow, StatusPage, Step } from '../src/http/wire.ts';

export type State = ServerRow['state'];
export type Signal = keyof ServerRow['signals'];
export type Level = NonNullable<ServerRow['signals'][Signal]>;

/** From worst to best, the order of counts and of the default sorting. */
export const STATES: readonly State[] = [
  'down',
  'degraded',
  'auth_required',
  'rate_limited',
  'unknown',
  'paused',
  'up',
];

const STATE_WORDS: Readonly<Record<State, string>> = {
  down: 'down',
  degraded: 'degraded',
  auth_required: 'needs credentials',
  rate_limited: 'rate limited',
  unknown: 'unknown',
  paused: 'paused',
  up: 'up',
};

export function stateWord(state: State): string {
  return STATE_WORDS[state];
}

/** Five shapes and colours stand for seven states. */
export type Tone = 'up' | 'degraded' | 'down' | 'auth' | 'unknown';

const STATE_TONES: Readonly<Record<State, Tone>> = {
  down: 'down',
  degraded: 'degraded',
  auth_required: 'auth',
  rate_limited: 'auth',
  unknown: 'unknown',
  paused: 'unknown',
  up: 'up',
};

export function stateTone(state: State): Tone {
  return STATE_TONES[state];
}

const LEVEL_TONES: Readonly<Record<Level, Tone>> = { ok: 'up', warn: 'degraded', fail: 'down', unknown: 'unknown' };
const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  ok: 'good',
  warn: 'warning',
  fail: 'failing',
  unknown: 'unknown',
};

/** Only protocol and canary bring a server down; other failing signals degrade it. */
export function levelTone(signal: Signal, level: Level): Tone {
  if (level !== 'fail') return LEVEL_TONES[level];
  if (signal === 'auth') return 'auth';
  return signal === 'protocol' || signal === 'canary' ? 'down' : 'degraded';
}

export function levelWord(level: Level): string {
  return LEVEL_WORDS[level];
}

const SIGNAL_WORDS: Readonly<Record<Signal, string>> = {
  protocol: 'protocol',
  canary: 'canary',
  health_url: 'health URL',
  latency: 'latency',
  pool: 'pool',
  tools: 'tools',
  tls: 'TLS',
  auth: 'credentials',
};

export function signalWord(signal: Signal): string {
  return SIGNAL_WORDS[signal];
}

export const SIGNALS: readonly Signal[] = [
  'protocol',
  'canary',
  'health_url',
  'latency',
  'pool',
  'tools',
  'tls',
  'auth',
];

const STEP_WORDS: Readonly<Record<Step['name'], string>> = {
  dns: 'look up name',
  connect: 'connect',
  tls: 'TLS handshake',
  auth: 'credentials',
  initialize: 'initialize',
  initialized: 'initialized',
  tools_list: 'tools/list',
  canary: 'canary',
  health_url: 'health URL',
  close: 'close session',
};

export function stepWord(name: Step['name']): string {
  return STEP_WORDS[name];
}

/** A fact's label; where it names a step, in the words for it. */
export function factWord(label: string): string {
  return Object.entries(STEP_WORDS).find(([name]) => name === label)?.[1] ?? label;
}

/** A sentence without the name it begins with, where the name already stands beside it. */
export function withoutName(sentence: string, name: string): string {
  return sentence.startsWith(`${name} `) ? sentence.slice(name.length + 1) : sentence;
}

/** An incident's sentence without its times: they are shown beside it, in the viewer's zone and going on. */
export function plainSentence({ sentence }: Incident): string {
  return sentence.replace(/ Since [^()]* UTC \([^()]*\)\.$/, '').replace(/ \([^()]* UTC\)/, '');
}

const SEVERITIES: readonly Incident['severity'][] = ['critical', 'major', 'warning', 'info'];

export function bySeverity(a: Incident, b: Incident): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.started_at.localeCompare(b.started_at);
}

/** How a server stands: as its worst open incident puts it, else in the words of its own row. */
export function standingSentence(row: ServerRow, open: readonly Incident[]): string {
  const [worst] = open.filter(({ server }) => server.id === row.id).sort(bySeverity);
  return worst === undefined || row.state === 'paused'
    ? (row.sentence?.replace(/ until .* UTC/, '') ?? '')
    : plainSentence(worst);
}

/** Where something stands that may be in the file or made in the browser. */
export function sourceWords({
  source,
  defined_at: place,
}: {
  readonly source: 'config' | 'ui';
  readonly defined_at?: { readonly file: string; readonly line: number } | null;
}): string {
  if (source === 'ui') return 'added here';
  return place == null ? 'from the configuration file' : `from the configuration file, ${place.file}:${place.line}`;
}

/** `orders, files, servers tagged prod or eu` */
export function whichServers({ servers, tags }: Pick<StatusPage, 'servers' | 'tags'>, none: string): string {
  const tagged = tags.length === 0 ? [] : [`servers tagged ${tags.join(' or ')}`];
  return [...servers, ...tagged].join(', ') || none;
}

/** What was asked for, if it is one of those there are. */
export function keyIn<T extends string>(known: Readonly<Record<T, unknown>>, asked: string | null): T | null {
  const isKnown = (key: string | null): key is T => key !== null && Object.hasOwn(known, key);
  return isKnown(asked) ? asked : null;
}

/** Those that stand for themselves; the others are evidence of one of them. */
export function roots(open: readonly Incident[]): readonly Incident[] {
  return open.filter((incident) => incident.attached_to === null);
}
