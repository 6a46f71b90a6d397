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
}

/** `Retry-After` is honoured up to ten minutes (contract, "States, signals, confirmation"). */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** The reason an answer with an error status stands for, with what it says as evidence. */
export function statusError(answer: ErrorAnswer, { hasSession, hasCredentials, now }: Sent): ProbeError {
  const { status, headers } = answer;
  const retryAfterMs = retryAfter(one(headers['retry-after']), now);
  const said = describe(answer);
  const challenge = headers['www-authenticate'];
  if (status === 401) {
    if (hasCredentials)
      return new ProbeError('auth_rejected', `The server rejects the configured credentials: ${said}`);
    return new ProbeError('auth_required', `The server wants credentials and none are configured: ${said}`);
  }
  if (status === 403) {
    const isScope = [challenge].flat().some((text) => text?.includes('insufficient_scope') === true);
    return isScope
      ? new ProbeError('insufficient_scope', `The credentials lack a scope the server wants: ${said}`)
      : new ProbeError('forbidden', `The server forbids this request: ${said}`);
  }
  if (status === 429)
    return new ProbeError('rate_limited', `The server asks us to slow down: ${said}`, { retryAfterMs });
  if (status === 404 && hasSession)
    return new ProbeError('session_lost', `The server no longer knows the session it opened: ${said}`);
  if (status >= 300 && status < 400)
    return new ProbeError(
      'redirect_refused',
      `${said} It redirects to ${destination(headers)}, where a session may not follow.`,
    );
  return new ProbeError(status >= 500 ? 'http_server_error' : 'http_client_error', said, { retryAfterMs });
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
function describe({ status, headers, text }: ErrorAnswer): string {
  const server = one(headers['server']);
  const said = evidence(text, one(headers['content-type']) ?? '').trim();
  return `HTTP ${status}${server === undefined ? '' : ` from ${server.slice(0, 60)}`}${said === '' ? '.' : `: ${said}`}`;
}

/** What the body says, as far as people can read it: the message of a JSON error, the title of a page, or plain text. */
function evidence(text: string, contentType: string): string {
  if (contentType.includes('html')) return /<title[^>]{0,200}>([^<]{0,200})/i.exec(text)?.[1] ?? '';
  return jsonMessage(text) ?? text.slice(0, 300);
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
  return typeof found === 'string' ? found.slice(0, 300) : null;
}

/** Where a redirect points, without its query: login redirects carry tokens there. */
function destination(headers: Headers): string {
  const location = one(headers['location']);
  if (location === undefined) return 'nowhere (no Location header)';
  return (
    location
      .split(/[?#]/, 1)[0]
      ?.replace(/\/\/[^/@]*@/, '//')
      .slice(0, 200) ?? ''
  );
}
