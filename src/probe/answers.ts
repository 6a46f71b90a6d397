import type { Budget } from './budget.ts';
import type { Headers } from './dispatcher.ts';
import { mediaType, type Received } from './exchange.ts';
import { one } from './http-status.ts';
import { parseJson } from './json.ts';
import { ProbeError } from './probe-error.ts';
import { findAnswer, type RpcAnswer } from './rpc.ts';
import type { StreamEvent } from './sse.ts';

/** A session id is visible ASCII (MCP 2025-11-25, "Session Management"); longer than this it is no id. */
const MAX_SESSION_ID = 1024;

/** The answer to request `id`, if this event of a stream is it. */
export function answerInEvent({ type, data }: StreamEvent, id: number, budget: Budget): RpcAnswer | null {
  if (type !== 'message' || data.length === 0) return null;
  try {
    return findAnswer(parseJson(data), { id, isStream: true, onUnasked: budget.unasked });
  } catch (error) {
    const isBadEvent = error instanceof ProbeError && (error.code === 'bad_json' || error.code === 'not_jsonrpc');
    throw isBadEvent
      ? new ProbeError('stream_bad_event', `An event of the stream is not valid JSON-RPC. ${error.message}`)
      : error;
  }
}

/** The answer to request `id` in a body that is not a stream. */
export function answerInBody(
  received: Extract<Received<never>, { kind: 'body' }>,
  id: number,
  budget: Budget,
): RpcAnswer {
  const { status, headers, bytes } = received;
  if (status === 202 || status === 204)
    throw new ProbeError('no_response', `The server took the request (HTTP ${status}), but did not answer it.`);
  if (mediaType(headers) !== 'application/json') throw wrongContentType(headers, bytes);
  const answer = findAnswer(parseJson(bytes), { id, isStream: false, onUnasked: budget.unasked });
  if (answer === null)
    throw new ProbeError('no_response', 'The answer holds messages, but none that answers the request.');
  return answer;
}

/** The JSON-RPC error in the body of an HTTP error, if it answers our request by its id. */
export function rpcErrorInBody(
  { headers, bytes }: Extract<Received<never>, { kind: 'body' }>,
  id: number,
): RpcAnswer | null {
  if (mediaType(headers) !== 'application/json') return null;
  try {
    const text = bytes.toString();
    const isOurs = new RegExp(`"id"\\s*:\\s*"?${id}"?\\s*[,}]`).test(text);
    const answer = isOurs ? findAnswer(parseJson(bytes), { id, isStream: false, onUnasked: () => undefined }) : null;
    return answer?.kind === 'error' ? answer : null;
  } catch {
    return null;
  }
}

/** The session id an initialize answer carries; null: the server keeps no sessions. */
export function sessionIdOf(headers: Headers): string | null {
  const value = headers['mcp-session-id'];
  if (value === undefined) return null;
  if (typeof value === 'string' && value.length <= MAX_SESSION_ID && /^[\x21-\x7e]+$/.test(value)) return value;
  const why =
    typeof value !== 'string'
      ? 'comes more than once'
      : value.length > MAX_SESSION_ID
        ? 'is longer than 1 KiB'
        : 'is not visible ASCII';
  throw new ProbeError('session_invalid', `The session id ${why}.`);
}

/** Where to send the request again: a redirect that keeps the method and stays within the origin. Null: not one of those. */
export function redirectedPath(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  path: string,
  base: URL,
): string | null {
  const location = one(headers['location']);
  if ((status !== 307 && status !== 308) || location === undefined) return null;
  const from = new URL(path, base);
  if (!URL.canParse(location, from.href)) return null;
  const to = new URL(location, from);
  const isSameOrigin = to.origin === from.origin && to.username === '' && to.password === '';
  return isSameOrigin ? to.pathname + to.search : null;
}

/** We ask for no encoding: what comes encoded all the same cannot be measured before it is unpacked. */
export function refuseEncoding(headers: Headers): void {
  const encoding = [headers['content-encoding'] ?? []].flat().join(', ').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return;
  throw new ProbeError('bad_encoding', `The answer is encoded as ${encoding.slice(0, 60)} although we asked for none.`);
}

function wrongContentType(headers: Headers, bytes: Buffer): ProbeError {
  const type = one(headers['content-type']);
  const title = /<title[^>]{0,200}>([^<]{0,200})/i.exec(bytes.toString('utf8', 0, 8192))?.[1];
  const page = title === undefined ? '' : ` It is a page with the title “${title.trim()}”.`;
  return new ProbeError(
    'wrong_content_type',
    `The answer is ${type ?? 'of no content type'}, neither JSON nor an event stream.${page}`,
  );
}
