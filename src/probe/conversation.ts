import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { StopSignal } from '../core/stop.ts';
import { answerInBody, rpcErrorInBody, sessionIdOf } from './answers.ts';
import type { Received } from './exchange.ts';
import { statusError } from './http-status.ts';
import { ProbeError } from './probe-error.ts';
import type { RpcAnswer } from './rpc.ts';
import { standardHeaders } from './standard-headers.ts';
import { createStreamable, type SessionHeaders, type StreamableOptions } from './streamable.ts';

export interface ConversationOptions extends StreamableOptions {
  readonly hasCredentials: boolean;
  /** Takes the server's secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** Requests and their answers, and the session they belong to. Rejects with ProbeError, TimeUpError or what the line failed with. */
export interface Conversation {
  /** The answer to a request with the id `id`, sent with `headers` where there are such. That to `initialize` opens the session. */
  ask(
    message: JSONRPCMessage,
    id: number,
    signal: StopSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<RpcAnswer>;
  /** Sends what nothing answers. */
  tell(message: JSONRPCMessage, signal: StopSignal): Promise<void>;
  /** Gives the session back. Resolves with whether there was one; 404 (gone already) and 405 (not offered) are fine. */
  end(signal: StopSignal): Promise<boolean>;
  agreeOn(protocolVersion: string): void;
}

type Whole = Extract<Received<RpcAnswer>, { kind: 'body' }>;

export function createConversation(options: ConversationOptions): Conversation {
  const wire = createStreamable(options);
  let isCloseKept = false;
  let session: SessionHeaders = { sessionId: null, protocolVersion: null, standard: {} };

  const failure = (received: Whole, hasSession: boolean): ProbeError => {
    const { hasCredentials, clock, redact } = options;
    const sent = { hasSession, hasCredentials, now: clock.now(), redact };
    return statusError({ ...received, text: received.bytes.toString() }, sent);
  };
  /** A JSON-RPC error that answers us, unless the status itself speaks: of access, or of a lost session. */
  const refusal = (received: Whole, id: number): RpcAnswer => {
    const isLost = received.status === 404 && session.sessionId !== null;
    const answer = isLost || [401, 403, 429].includes(received.status) ? null : rpcErrorInBody(received, id);
    if (answer === null) throw failure(received, session.sessionId !== null);
    return answer;
  };

  /** Whether it opens the session. Then there must be a request left to give that back with. */
  const opens = (message: JSONRPCMessage): boolean => {
    const isOpening = 'method' in message && message.method === 'initialize';
    if (isOpening && !isCloseKept) options.budget.keepForClose();
    isCloseKept ||= isOpening;
    return isOpening;
  };

  return {
    async ask(message, id, signal, headers = {}) {
      const isOpening = opens(message);
      const standard = { ...headers, ...standardHeaders(message) };
      const received = await wire.post(JSON.stringify(message), id, { ...session, standard }, signal);
      if (received.kind === 'body' && received.status >= 300) return refusal(received, id);
      if (isOpening) session = { ...session, sessionId: sessionIdOf(received.headers) };
      if (received.kind === 'found') return received.found;
      // A stream of a revision without sessions cannot be taken up again.
      const isResumable = Object.keys(standard).length === 0;
      if (received.kind === 'ended')
        return wire.resume(isResumable ? received : { ...received, lastId: null }, id, session, signal);
      if (received.kind === 'body') return answerInBody(received, id, options.budget);
      throw new Error('a request was answered by its head alone');
    },
    async tell(message, signal) {
      const received = await wire.post(JSON.stringify(message), null, session, signal);
      if (received.kind === 'body') throw rejected(failure(received, session.sessionId !== null));
    },
    async end(signal) {
      if (session.sessionId === null) return false;
      const received = await wire.remove(session, signal);
      if (received.kind === 'body' && received.status !== 404 && received.status !== 405)
        throw failure(received, false);
      return true;
    },
    agreeOn(protocolVersion) {
      session = { ...session, protocolVersion };
    },
  };
}

/** What a plain refusal of a notification is called; access, limits and a lost session keep their own names. */
export function rejected(error: unknown): unknown {
  const isPlain =
    error instanceof ProbeError && (error.code === 'http_client_error' || error.code === 'http_server_error');
  return isPlain
    ? new ProbeError('initialized_rejected', `The server refused notifications/initialized: ${error.message}`)
    : error;
}
