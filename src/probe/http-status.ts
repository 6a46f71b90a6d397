import type { ReasonCode } from '../core/reasons.ts';
import { bearerOf, challengeWords, parseChallenges } from './challenge.ts';
import type { Headers } from './dispatcher.ts';
import { isObject } from './json.ts';
import { ProbeError } from './probe-error.ts';

/** An answer that is not 2xx. `text` is the beginning of its body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What we had sent, on which the meaning of a status depends. */
export interface Sent {
  readonly hasSession: boolean;
  readonly hasCredentials: boolean;
  /** Epoch milliseconds, for a `Retry-After` that is a date. */
  readonly now: number;
  /** Takes secrets out of a text. Asked before a text is cut, which could leave half of one. */
  readonly redact: (text: string) => string;
}

/** `Retry-After` is honoured up to ten minutes (contract, "States, signals, confirmation"). */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** The reason an answer with an error status stands for, with what it says as evidence. */
export function statusError(answer: ErrorAnswer, { hasSession, hasCredentials, now, redact }: Sent): ProbeError {
  const { status, headers } = answer;
  const retryAfterMs = retryAfter(one(headers['retry-after']), now);
  const said = describe(answer, redact);
  if (status === 401 || status === 403) {
    const header = [headers['www-authenticate'] ?? []].flat().map(redact);
    return accessError(status, said, { hasCredentials, header });
  }
  if (status === 429)
    return new ProbeError('rate_limited', `The server asks us to slow down: ${said}`, { retryAfterMs });
  if (status === 404 && hasSession)
    return new ProbeError('session_lost', `The server no longer knows the session it opened: ${said}`);
  if (status >= 300 && status < 400)
    return new ProbeError(
      'redirect_refused',
      `${said} It redirects to ${destination(headers, redact)}, where a session may not follow.`,
    );
  return new ProbeError(status >= 500 ? 'http_server_error' : 'http_client_error', said, { retryAfterMs, status });
}

interface Refusal {
  readonly hasCredentials: boolean;
  readonly header: readonly string[];
}

/** 401 and 403 with what `WWW-Authenticate` adds (RFC 6750 3). */
function accessError(status: 401 | 403, said: string, { hasCredentials, header }: Refusal): ProbeError {
  const challenges = parseChallenges(header);
  const words = challengeWords(challenges);
  const refusal = (code: ReasonCode, what: string) =>
    new ProbeError(code, `${what}: ${said}${words === '' ? '' : ` ${words}`}`, { challenges });
  const bearer = bearerOf(challenges)?.params;
  if (status === 401)
    return hasCredentials
      ? refusal('auth_rejected', 'The server rejects the configured credentials')
      : refusal('auth_required', 'The server wants credentials and none are configured');
  if (bearer?.get('error') !== 'insufficient_scope') return refusal('forbidden', 'The server forbids this request');
  const scope = bearer.get('scope');
  const wanted = scope ? `the scope ${scope.slice(0, 200)}` : 'a scope the server wants';
  return refusal('insufficient_scope', `The credentials lack ${wanted}`);
}

/** Seconds or a date (RFC 9110 10.2.3), as milliseconds from now, at most ten minutes; null when it says nothing usable. */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** The first value of a header. */
export function one(header: Headers[string]): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header[0];
}

/** `HTTP 502 from nginx/1.25: Bad Gateway.` */
function describe({ status, headers, text }: ErrorAnswer, redact: Sent['redact']): string {
  const server = one(headers['server']);
  const said = redact(evidence(text, one(headers['content-type']) ?? ''))
    .slice(0, 300)
    .trim();
  return `HTTP ${status}${server === undefined ? '' : ` from ${redact(server).slice(0, 60)}`}${said === '' ? '.' : `: ${said}`}`;
}

/** More than is kept, so that the redactor sees whole secrets. */
const MAX_EVIDENCE = 8192;

/** What the body says, as far as people can read it: the message of a JSON error, the title of a page, or plain text. */
function evidence(text: string, contentType: string): string {
  if (contentType.includes('html')) return /<title[^>]{0,200}>([^<]{0,200})/i.exec(text)?.[1] ?? '';
  return (jsonMessage(text) ?? text).slice(0, MAX_EVIDENCE);
}

function jsonMessage(text: string): string | null {
  if (!text.trimStart().startsWith('{')) return null;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body)) return null;
  const { error } = body;
  const candidates = [
    isObject(error) ? error['message'] : undefined,
    body['error_description'],
    body['detail'],
    body['message'],
    error,
  ];
  const found = candidates.find((candidate) => typeof candidate === 'string');
  return typeof found === 'string' ? found : null;
}

/** Where a redirect points, without its query: login redirects carry tokens there. */
function destination(headers: Headers, redact: Sent['redact']): string {
  const location = one(headers['location']);
  if (location === undefined) return 'nowhere (no Location header)';
  const bare = location.split(/[?#]/, 1)[0]?.replace(/\/\/[^/@]*@/, '//') ?? '';
  return redact(bare).slice(0, 200);
}
