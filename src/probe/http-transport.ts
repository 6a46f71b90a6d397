import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { StopSignal } from '../core/stop.ts';
import { askAgain } from './access.ts';
import { envelope } from './answers.ts';
import { type Conversation, type ConversationOptions, createConversation } from './conversation.ts';
import { ResultShapeError } from './probe-error.ts';

export interface ProbeTransportOptions extends ConversationOptions {
  /** Asked before each message: the signal of the step to which the message belongs. */
  readonly signalOf: (method: string) => StopSignal;
  /** Asked what becomes of a message that failed. Null: send it again; else the error to fail with. */
  readonly onRefused: (error: unknown) => Promise<unknown>;
}

type SendOptions = TransportSendOptions & { readonly headers?: Readonly<Record<string, string>> | undefined };

/** The SDK's transport over one guarded line. What `send` rejects with reaches the caller of `Client.request` unchanged. */
export interface ProbeTransport extends Transport {
  /** `headers` go with this one message, where the transport has such. */
  send(message: JSONRPCMessage, options?: SendOptions): Promise<void>;
  /** The revision the server chose; null before it did. */
  protocolVersion(): string | null;
  /** Tells the server that the last request is no longer waited for. */
  cancel(signal: StopSignal): Promise<void>;
  /** Called by the owner when the SDK could not read the message we just gave it. */
  unreadable(error: Error): void;
  /** Gives the session back. Resolves with whether there was one. */
  terminate(signal: StopSignal): Promise<boolean>;
}

/**
 * Streamable HTTP for one probe: no standalone GET stream, and the server's own requests are not answered, for which
 * the one connection would have to be two.
 */
export function createProbeTransport(options: ProbeTransportOptions): ProbeTransport {
  return createTransport(createConversation(options), options.signalOf, options.onRefused);
}

/** The same over any conversation. */
export function createTransport(
  conversation: Conversation,
  signalOf: ProbeTransportOptions['signalOf'],
  onRefused: ProbeTransportOptions['onRefused'] = async (error) => error,
): ProbeTransport {
  let refused: Error | null = null;
  let lastId: RequestId | null = null;

  const deliver = async (
    message: Extract<JSONRPCMessage, { method: string }>,
    headers: SendOptions['headers'],
  ): Promise<void> => {
    const signal = signalOf(message.method);
    if (!('id' in message)) return conversation.tell(message, signal);
    lastId = message.id;
    const answer = await conversation.ask(message, Number(message.id), signal, headers);
    refused = null;
    transport.onmessage?.(envelope(message.id, answer));
    if (refused !== null) throw new ResultShapeError('The SDK cannot read the answer.', refused);
  };

  const transport: ProbeTransport = {
    start: async () => undefined,
    async close() {
      transport.onclose?.();
    },
    setProtocolVersion: conversation.agreeOn,
    protocolVersion: conversation.protocolVersion,
    terminate: conversation.end,
    async send(message, options) {
      if ('method' in message) await askAgain(() => deliver(message, options?.headers), onRefused);
    },
    unreadable(error) {
      refused = error;
    },
    async cancel(signal) {
      if (lastId === null) return;
      const params = { requestId: lastId, reason: 'time is up' };
      await conversation.tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, signal);
    },
  };
  return transport;
}
