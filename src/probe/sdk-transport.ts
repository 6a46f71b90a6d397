import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { StopSignal } from '../core/stop.ts';
import { askAgain } from './access.ts';
import type { Conversation } from './conversation.ts';
import { ResultShapeError } from './probe-error.ts';
import type { RpcAnswer } from './rpc.ts';
import type { Wire } from './session.ts';

type Result = Extract<RpcAnswer, { kind: 'result' }>['result'];

export interface SdkTransportOptions extends Pick<Wire, 'onRefused'> {
  readonly conversation: Conversation;
  /** Asked before each message: the signal of the step to which the message belongs. */
  readonly signalOf: () => StopSignal;
  /** What the SDK gets of a result. */
  readonly shorten: (result: Result) => Result;
}

/** A conversation as the SDK's newer Client takes it. What `send` rejects with reaches its caller unchanged. */
export interface SdkTransport extends Transport {
  /** Called by the owner when the SDK could not read the message we just gave it. */
  unreadable(error: Error): void;
}

export function createSdkTransport({ conversation, signalOf, shorten, onRefused }: SdkTransportOptions): SdkTransport {
  let refused: Error | null = null;

  const deliver = async (
    message: Extract<JSONRPCMessage, { method: string }>,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<void> => {
    const signal = signalOf();
    if (!('id' in message)) return conversation.tell(message, signal);
    const answer = await conversation.ask(message, Number(message.id), signal, headers);
    refused = null;
    transport.onmessage?.(envelope(message.id, answer, shorten));
    if (refused !== null) throw new ResultShapeError('The SDK cannot read the answer.', refused);
  };

  const transport: SdkTransport = {
    hasPerRequestStream: true,
    start: async () => undefined,
    async close() {
      transport.onclose?.();
    },
    setProtocolVersion: conversation.agreeOn,
    async send(message, options) {
      if ('method' in message) await askAgain(() => deliver(message, options?.headers), onRefused);
    },
    unreadable(error) {
      refused = error;
    },
  };
  return transport;
}

function envelope(id: string | number, answer: RpcAnswer, shorten: SdkTransportOptions['shorten']): JSONRPCMessage {
  if (answer.kind === 'result') return { jsonrpc: '2.0', id, result: { ...shorten(answer.result) } };
  return { jsonrpc: '2.0', id, error: { code: answer.code, message: answer.message, data: answer.detail } };
}
