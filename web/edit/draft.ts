import type { ServerDetail } from '../../src/http/wire.ts';

export type Entry = ServerDetail['config'];
type Json = Entry[string];

/** A secret in a form: kept as the monitor has it, or typed here. */
export interface Secret {
  readonly kept: boolean;
  readonly text: string;
}

export interface HeaderDraft {
  readonly name: string;
  readonly value: Secret;
}

export type AuthDraft =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: Secret }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | {
      readonly type: 'client_credentials';
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly scope: string;
      /** Keys that the form does not show, a private key among them: left as they are. */
      readonly more: Entry;
    };

export type CanaryDraft =
  | { readonly kind: 'none' }
  | { readonly kind: 'tool'; readonly tool: string; readonly arguments: string }
  | { readonly kind: 'resource'; readonly resource: string }
  /** A list of canaries: more than this form shows, so it is left as it is. */
  | { readonly kind: 'several'; readonly count: number };

/** What a person is typing. Keys of the entry that the form does not show stay as they are (entry.ts). */
export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly canary: CanaryDraft;
  readonly healthUrl: string;
  readonly headers: readonly HeaderDraft[];
  readonly auth: AuthDraft;
  readonly every: { readonly kind: 'interval' | 'cron'; readonly text: string };
  /** null: those of the defaults. */
  readonly channels: readonly string[] | null;
  readonly tags: string;
}

const NO_SECRET: Secret = { kept: false, text: '' };
const KEPT: Secret = { kept: true, text: '' };

export const EMPTY: Draft = {
  id: '',
  name: '',
  url: '',
  canary: { kind: 'none' },
  healthUrl: '',
  headers: [],
  auth: { type: 'none' },
  every: { kind: 'interval', text: '' },
  channels: null,
  tags: '',
};

export function draftOf(entry: Entry): Draft {
  const cron = text(entry['cron']);
  const health = entry['health_url'];
  return {
    id: text(entry['id']),
    name: text(entry['name']),
    url: text(entry['url']),
    canary: canaryOf(entry['canary']),
    healthUrl: isMap(health) ? text(health['ready']) : text(health),
    headers: Object.entries(mapOf(entry['headers'])).map(([name, value]) => ({ name, value: secretOf(value) })),
    auth: authOf(mapOf(entry['auth'])),
    every: cron === '' ? { kind: 'interval', text: text(entry['interval']) } : { kind: 'cron', text: cron },
    channels: Array.isArray(entry['channels']) ? entry['channels'].map(text) : null,
    tags: Array.isArray(entry['tags']) ? entry['tags'].map(text).join(', ') : '',
  };
}

/** The draft of another server like this one: it gets its own id, and its secrets are typed again. */
export function copyOf(entry: Entry): Draft {
  const draft = draftOf(JSON.parse(JSON.stringify(entry).replaceAll('{"set":true}', '""')));
  return { ...draft, id: '', name: `${draft.name || text(entry['id'])} copy` };
}

function canaryOf(value: Json | undefined): CanaryDraft {
  if (Array.isArray(value)) return value.length === 1 ? canaryOf(value[0]) : { kind: 'several', count: value.length };
  if (!isMap(value)) return { kind: 'none' };
  if (value['resource'] !== undefined) return { kind: 'resource', resource: text(value['resource']) };
  const args = mapOf(value['arguments']);
  return {
    kind: 'tool',
    tool: text(value['tool']),
    arguments: Object.keys(args).length === 0 ? '' : JSON.stringify(args, null, 2),
  };
}

function authOf(auth: Entry): AuthDraft {
  if (auth['type'] === 'bearer') return { type: 'bearer', token: secretOf(auth['token']) };
  if (auth['type'] === 'basic')
    return { type: 'basic', username: text(auth['username']), password: secretOf(auth['password']) };
  if (auth['type'] === 'client_credentials') {
    const { type, issuer, client_id: clientId, client_secret: secret, scope, ...more } = auth;
    const words = { issuer: text(issuer), clientId: text(clientId), scope: text(scope) };
    return { type, ...words, clientSecret: secretOf(secret), more };
  }
  return { type: 'none' };
}

function secretOf(value: Json | undefined): Secret {
  if (isMap(value)) return KEPT;
  return value === undefined ? NO_SECRET : { kept: false, text: text(value) };
}

export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function isMap(value: Json | undefined): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapOf(value: Json | undefined): Entry {
  return isMap(value) ? value : {};
}

/** A stable id from a name or a URL's host: `https://orders.example.com/mcp` becomes `orders-example-com`. */
export function idFrom(words: string): string {
  const base = URL.canParse(words) ? new URL(words).host : words;
  return base
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');
}
