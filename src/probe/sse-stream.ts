import { createStop, type Stop, type StopSignal } from '../core/stop.ts';
import { answerInEvent, redirectedPath, refuseEncoding } from './answers.ts';
import { LIMITS } from './budget.ts';
import type { ConversationOptions } from './conversation.ts';
import type { Headers, Line } from './dispatcher.ts';
import { exchange, mediaType, type Received } from './exchange.ts';
import { one, statusError } from './http-status.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { ProbeError, TimeUpError } from './probe-error.ts';
import type { StreamEvent } from './sse.ts';

export interface SseOptions extends ConversationOptions {
  /** Opens a second connection to the origin of `url`: the stream keeps one for itself. */
  readonly openLine: (signal: StopSignal) => Promise<Line>;
}

/** The event stream of HTTP+SSE (MCP 2024-11-05, "Transports"): it begins with where to send messages, and brings all answers. */
export interface SseStream {
  /** Opens the stream if it is not open. Resolves with where messages go. */
  open(signal: StopSignal): Promise<URL>;
  readonly mailbox: Mailbox;
  /** Resolves with whether it was open. */
  close(): boolean;
}

const MAX_ENDPOINT = 2048;
const CLOSED = new Error('the stream was closed');

/** What the beginning of a stream leads to. */
type Beginning =
  | { readonly kind: 'endpoint'; readonly endpoint: URL }
  | { readonly kind: 'redirect'; readonly path: string };

export function createSseStream(options: SseOptions): SseStream {
  const { url, budget, openLine } = options;
  const mailbox = createMailbox();
  let line: Line | null = null;
  let closing: Stop | null = null;
  let endpoint: URL | null = null;

  return {
    mailbox,
    async open(signal) {
      if (endpoint !== null) return endpoint;
      line ??= await openLine(signal);
      let path = url.pathname + url.search;
      for (;;) {
        budget.request();
        closing = createStop();
        const beginning = await begin({ options, line, path, mailbox, closing, signal });
        if (beginning.kind === 'endpoint') {
          endpoint = beginning.endpoint;
          return endpoint;
        }
        path = beginning.path;
      }
    },
    close() {
      closing?.abort(CLOSED);
      line?.close();
      return endpoint !== null;
    },
  };
}

interface Attempt {
  readonly options: SseOptions;
  readonly line: Line;
  readonly path: string;
  readonly mailbox: Mailbox;
  /** Ends the stream. */
  readonly closing: Stop;
  /** Ends the wait for its beginning. */
  readonly signal: StopSignal;
}

function begin({ options, line, path, mailbox, closing, signal }: Attempt): Promise<Beginning> {
  const { url, headers, budget } = options;
  return new Promise((resolve, reject) => {
    let state: 'asked' | 'open' | 'begun' = 'asked';
    const stop = (): void => {
      reject(state === 'open' ? silentError(signal.reason) : signal.reason);
      closing.abort(CLOSED);
    };
    const look = (event: StreamEvent): null => {
      if (event.type === 'endpoint' && state !== 'begun') {
        resolve({ kind: 'endpoint', endpoint: endpointIn(event, url) });
        signal.removeEventListener('abort', stop);
        state = 'begun';
      } else {
        const answer = answerInEvent(event, mailbox.openId(), budget);
        if (answer !== null) mailbox.deliver(answer);
      }
      return null;
    };
    const accept = (received: Headers): void => {
      refuseEncoding(received);
      refuseType(received);
      state = 'open';
    };
    const failed = (error: unknown): void => {
      signal.removeEventListener('abort', stop);
      reject(error);
      if (state === 'begun') mailbox.fail(error instanceof Error ? error : new Error(String(error)));
    };
    signal.addEventListener('abort', stop, { once: true });
    const request = { method: 'GET', path, headers: { ...headers, accept: 'text/event-stream' } } as const;
    const reading = { spend: budget.bytes, maxBytes: () => LIMITS.errorBytes, accept, look };
    exchange<never>(line, request, { ...reading, signal: closing.signal }).then((received) => {
      const next = state === 'asked' ? redirectedPath(received, path, url) : null;
      if (next === null) return failed(endError(received, state === 'begun', options));
      signal.removeEventListener('abort', stop);
      resolve({ kind: 'redirect', path: next });
    }, failed);
    if (signal.aborted) stop();
  });
}

/** Messages go to the same origin only (MCP 2024-11-05; both SDKs refuse another). */
function endpointIn({ data }: StreamEvent, url: URL): URL {
  const text = data.toString('utf8', 0, MAX_ENDPOINT).trim();
  const endpoint = data.length <= MAX_ENDPOINT && URL.canParse(text, url.href) ? new URL(text, url) : null;
  if (endpoint === null || text === '')
    throw new ProbeError('sse_no_endpoint', 'The event stream names an address for messages that cannot be read.');
  if (endpoint.origin !== url.origin || endpoint.username !== '' || endpoint.password !== '')
    throw new ProbeError(
      'sse_no_endpoint',
      `The event stream names ${endpoint.origin} for messages, which is another origin than ${url.origin}.`,
    );
  return endpoint;
}

function refuseType(headers: Headers): void {
  if (mediaType(headers) === 'text/event-stream') return;
  const type = one(headers['content-type']) ?? 'of no content type';
  throw new ProbeError('wrong_content_type', `The answer to GET is ${type}, not an event stream.`);
}

function silentError(reason: unknown): unknown {
  if (!(reason instanceof TimeUpError)) return reason;
  return new ProbeError(
    'sse_no_endpoint',
    'The event stream is open, but did not say in time where to send messages.',
    {
      cause: reason,
    },
  );
}

/** Why a stream is no longer there, or never was. */
function endError(
  received: Received<never>,
  hasBegun: boolean,
  { hasCredentials, clock, redact }: SseOptions,
): ProbeError {
  if (received.kind === 'body')
    return statusError(
      { ...received, text: received.bytes.toString() },
      { hasSession: false, hasCredentials, now: clock.now(), redact },
    );
  return hasBegun
    ? new ProbeError('stream_ended', 'The event stream ended before the answer.')
    : new ProbeError('sse_no_endpoint', 'The event stream ended before it said where to send messages.');
}
