import type { Zone } from '../core/address.ts';
import { formatDuration } from '../core/duration.ts';
import type { StopSignal } from '../core/stop.ts';
import { bearerOf, type Challenge } from './challenge.ts';
import { classify } from './classify.ts';
import type { Dispatch } from './dispatcher.ts';
import { isObject, parseJson } from './json.ts';
import { DialError, TimeUpError } from './probe-error.ts';
import { askAside } from './side-request.ts';

export interface MetadataQuestion {
  readonly dispatch: Dispatch;
  /** The server's own. */
  readonly url: URL;
  /** Where the server lies: it names the address of its metadata, which may not lie further inside. */
  readonly zone: Zone;
  readonly challenges: readonly Challenge[];
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly signal: StopSignal;
  /** Takes secrets out of a text. Asked before a text is cut, which could leave half of one. */
  readonly redact: (text: string) => string;
}

/** What came of one address: metadata, or in words why there is none. */
type Look = { readonly found: Readonly<Record<string, unknown>> } | { readonly why: string };

/**
 * What a server that wants credentials says of how to get them (RFC 9728), in one or two sentences. Never rejects. Asks
 * without credentials, and nothing at all where the server wants something other than OAuth.
 */
export async function metadataWords(question: MetadataQuestion): Promise<string> {
  const { challenges } = question;
  const bearer = bearerOf(challenges);
  if (challenges.length > 0 && bearer === undefined) return '';
  const named = bearer?.params.get('resource_metadata');
  const complaints: string[] = [];
  for (const { address, isNamed } of addresses(question.url, named)) {
    const look = await lookAt(address, question);
    if ('found' in look) return [...complaints, describe(look.found, question)].join(' ');
    if (isNamed) complaints.push(`The OAuth metadata it names (${shown(address, question)}) is broken: ${look.why}`);
    if (question.signal.aborted) break;
  }
  if (complaints.length > 0) return complaints.join(' ');
  return 'It publishes no OAuth metadata.';
}

/** RFC 9728 3.1 and 5.1, in the order of the MCP specification: what the challenge names, then the well-known places. */
function addresses(
  { origin, pathname }: URL,
  named: string | undefined,
): readonly { readonly address: string; readonly isNamed: boolean }[] {
  const path = pathname.replace(/\/$/, '');
  const known = ['/.well-known/oauth-protected-resource', ...(path === '' ? [] : [path])].join('');
  const places = new Set([`${origin}${known}`, `${origin}/.well-known/oauth-protected-resource`]);
  return [
    ...(named === undefined ? [] : [{ address: named, isNamed: true }]),
    ...[...places].filter((place) => place !== named).map((address) => ({ address, isNamed: false })),
  ];
}

/** Without its query. */
function shown(address: string, { redact }: MetadataQuestion): string {
  return redact(address.split(/[?#]/, 1)[0] ?? '').slice(0, 120);
}

async function lookAt(address: string, question: MetadataQuestion): Promise<Look> {
  const { dispatch, url, zone, userAgent, timeoutMs, signal } = question;
  if (address.length > 2048 || !URL.canParse(address)) return { why: 'it is no address.' };
  const target = new URL(address);
  if (!target.protocol.startsWith('http')) return { why: 'blocked. It is neither http nor https.' };
  if (url.protocol === 'https:' && target.protocol === 'http:') return { why: 'it is not https, so it was not asked.' };
  const headers = { 'user-agent': userAgent, 'accept-encoding': 'identity', accept: 'application/json' };
  try {
    const request = { method: 'GET', url: target, headers, timeoutMs, signal, innermost: zone } as const;
    const { status, bytes } = await askAside(dispatch, request);
    if (status !== 200) return { why: `HTTP ${status}.` };
    const body = parseJson(bytes);
    return isObject(body) ? { found: body } : { why: 'it is no JSON object.' };
  } catch (error) {
    return { why: inWords(error, target.host) };
  }
}

function inWords(error: unknown, host: string): string {
  const cause = error instanceof DialError ? error.cause : error;
  if (cause instanceof TimeUpError) return `no answer within ${formatDuration(cause.ms)}.`;
  const { code, message } = classify(error, { step: 'connect', host, redact: (text) => text });
  return code === 'blocked' ? `blocked. ${message}` : message;
}

/** What is wrong with the metadata, or where to get a token. */
function describe(found: Readonly<Record<string, unknown>>, { url: server, redact }: MetadataQuestion): string {
  const servers = list(found['authorization_servers'], redact);
  const hosts = servers.map((each) => (URL.canParse(each) ? new URL(each).host : null));
  const complaint = isFor(found['resource'], server)
    ? servers.length === 0
      ? 'it names no authorization server.'
      : hosts.includes(null)
        ? `it names an authorization server that is no address: ${servers[hosts.indexOf(null)] ?? ''}`
        : null
    : `it is for another resource: ${redact(String(found['resource'])).slice(0, 120)}`;
  if (complaint !== null) return `Its OAuth metadata is broken: ${complaint}`;
  const scopes = list(found['scopes_supported'], redact);
  const words = scopes.length === 0 ? '' : `, scopes ${scopes.join(' ').slice(0, 200)}`;
  return `Its OAuth is well-formed: authorization server ${hosts.join(', ').slice(0, 200)}${words}.`;
}

/** The metadata is for this server, or for a part of it that the server's path lies in (RFC 9728 3.3, as MCP reads it). */
function isFor(resource: unknown, server: URL): boolean {
  if (typeof resource !== 'string' || !URL.canParse(resource)) return false;
  const { origin, pathname } = new URL(resource);
  const within = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return origin === server.origin && `${server.pathname}/`.startsWith(within);
}

/** At most ten texts. */
function list(value: unknown, redact: MetadataQuestion['redact']): readonly string[] {
  return Array.isArray(value)
    ? value
        .slice(0, 10)
        .filter((each) => typeof each === 'string')
        .map((each) => redact(each).slice(0, 200))
    : [];
}
