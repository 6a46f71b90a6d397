import { isObject } from './json.ts';
import { ProbeError, ResultShapeError } from './probe-error.ts';

/** The answer to one request. */
export type RpcAnswer =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly detail: unknown };

/** What one JSON-RPC 2.0 message is to us: the answer to a request with that id, or something nobody asked for. */
export type RpcMessage =
  | { readonly kind: 'answer'; readonly id: unknown; readonly answer: () => RpcAnswer }
  | { readonly kind: 'other' };

/**
 * Reads one message of a server.
 * @throws {ProbeError} `not_jsonrpc`; `answer` throws it too, or ResultShapeError, for a broken answer
 */
export function readMessage(value: unknown): RpcMessage {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') throw notJsonRpc(value);
  if (typeof value['method'] === 'string') return { kind: 'other' };
  if (value['error'] === undefined && value['result'] === undefined) throw notJsonRpc(value);
  return { kind: 'answer', id: value['id'], answer: () => readAnswer(value) };
}

function readAnswer(value: Readonly<Record<string, unknown>>): RpcAnswer {
  const { error, result } = value;
  if (error === undefined) {
    if (!isObject(result)) throw new ResultShapeError('The result is not an object.');
    return { kind: 'result', result };
  }
  if (!isObject(error) || !Number.isInteger(error['code']) || typeof error['message'] !== 'string')
    throw notJsonRpc(value);
  return { kind: 'error', code: Number(error['code']), message: error['message'], detail: error['data'] };
}

function notJsonRpc(value: unknown): ProbeError {
  return new ProbeError('not_jsonrpc', `The answer is JSON, but not JSON-RPC 2.0. It starts with: ${startOf(value)}`);
}

/** Not JSON.stringify of the whole: it may be megabytes. */
function startOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]';
  if (!isObject(value)) return String(value).slice(0, 120);
  return `{ ${Object.keys(value)
    .slice(0, 8)
    .map((key) => key.slice(0, 40))
    .join(', ')} }`;
}

export interface Wanted {
  readonly id: number;
  /** In a stream, answers to our earlier requests are repetitions; a body that holds only one of those has the wrong id. */
  readonly isStream: boolean;
  /** Called for each message nobody asked for. May throw. */
  readonly onUnasked: () => void;
}

/**
 * Finds the answer to a request among messages of the server. Null: none of them is it.
 * Ids are compared as text: servers that answer 0 with "0" are common, and the SDKs accept them. An error without an id
 * answers what is open (JSON-RPC 2.0, 5).
 * @throws {ProbeError} `id_mismatch`, `not_jsonrpc`, or what `onUnasked` throws
 */
export function findAnswer(value: unknown, { id, isStream, onUnasked }: Wanted): RpcAnswer | null {
  let found: RpcAnswer | null = null;
  for (const item of Array.isArray(value) && value.length > 0 ? value : [value]) {
    const message = readMessage(item);
    if (message.kind === 'other' || found !== null || (isStream && isEarlier(message.id, id))) onUnasked();
    else found = String(message.id) === String(id) ? message.answer() : unidentified(message.answer(), message.id, id);
  }
  return found;
}

function isEarlier(theirs: unknown, ours: number): boolean {
  const number = typeof theirs === 'string' && theirs !== '' ? Number(theirs) : theirs;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < ours;
}

function unidentified(answer: RpcAnswer, theirs: unknown, ours: number): RpcAnswer {
  if (answer.kind === 'error' && (theirs === null || theirs === undefined)) return answer;
  throw new ProbeError(
    'id_mismatch',
    `The request had the id ${ours}, the answer has ${JSON.stringify(theirs)?.slice(0, 60) ?? 'none'}.`,
  );
}
