import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { type StopSignal, stopUnder } from '../core/stop.ts';
import { refuseEncoding } from './answers.ts';
import { LIMITS } from './budget.ts';
import { type Conversation, rejected } from './conversation.ts';
import { exchange } from './exchange.ts';
import { statusError } from './http-status.ts';
import { createSseStream, type SseOptions } from './sse-stream.ts';

/** An answer on the stream may overtake the end of the request it answers; waiting for that keeps the connection. */
const REST_MS = 50;
const ANSWERED = new Error('the answer has come');

/** HTTP+SSE (MCP 2024-11-05): requests are posted on one connection, all answers come over a stream on another. */
export function createSseConversation(options: SseOptions): Conversation {
  const { line, headers, budget, clock, hasCredentials, redact } = options;
  const stream = createSseStream(options);
  const { mailbox } = stream;
  let isOpen = false;
  let protocolVersion: string | null = null;

  const post = async (message: JSONRPCMessage, { pathname, search }: URL, signal: StopSignal): Promise<void> => {
    budget.request();
    const version = protocolVersion === null ? {} : { 'mcp-protocol-version': protocolVersion };
    const received = await exchange<never>(
      line,
      {
        method: 'POST',
        path: pathname + search,
        headers: { ...headers, ...version, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(message),
      },
      { signal, spend: budget.bytes, maxBytes: () => LIMITS.errorBytes, accept: refuseEncoding },
    );
    if (received.kind !== 'body' || received.status < 300) return;
    const sent = { hasSession: isOpen, hasCredentials, now: clock.now(), redact };
    throw statusError({ ...received, text: received.bytes.toString() }, sent);
  };

  return {
    async ask(message, id, signal) {
      const endpoint = await stream.open(signal);
      const sending = stopUnder(signal);
      const answer = mailbox.wait(id, signal);
      const posted = post(message, endpoint, sending.signal).catch(mailbox.refuse);
      try {
        const found = await answer;
        isOpen = true;
        return found;
      } finally {
        const cancel = clock.after(REST_MS, () => sending.abort(ANSWERED));
        await posted;
        cancel();
        sending.release();
      }
    },
    async tell(message, signal) {
      mailbox.check();
      await post(message, await stream.open(signal), signal).catch((error: unknown) => {
        throw rejected(error);
      });
    },
    end: async () => stream.close(),
    agreeOn(version) {
      protocolVersion = version;
    },
  };
}
