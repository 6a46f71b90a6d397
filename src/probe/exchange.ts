import type { StopSignal } from '../core/stop.ts';
import type { Headers, Line, LineRequest } from './dispatcher.ts';
import { one } from './http-status.ts';
import { createStreamReader, type StreamEvent } from './sse.ts';

/** How to read an answer. */
export interface Reading<T> {
  /** Ends the exchange; its reason becomes the rejection, unless the status is known to be an error already. */
  readonly signal: StopSignal;
  /** Counts each piece of the body, and may throw. */
  readonly spend: (bytes: number) => void;
  /** A body is cut here. Where that would make it useless, `spend` throws before. */
  readonly maxBytes: (status: number) => number;
  /** Looks at the head of a good answer, and may throw. */
  readonly accept?: (headers: Headers) => void;
  /** Of a good answer only the head is wanted. */
  readonly isHeadEnough?: boolean;
  /** Looks at an event of a stream; anything but null is what we waited for. Without it a stream is read as a body. */
  readonly look?: (event: StreamEvent) => T | null;
}

export type Received<T> = { readonly status: number; readonly headers: Headers } & (
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'head'; readonly rest: Rest }
  /** `rest`: the stream goes on; the connection is free when it has ended. */
  | { readonly kind: 'found'; readonly found: T; readonly rest: Rest }
  | { readonly kind: 'ended'; readonly lastId: string | null; readonly retryMs: number | null }
);

/** What is still to come after we have what we wanted. */
export interface Rest {
  readonly ended: Promise<void>;
  /** Ends it at the price of the connection. */
  giveUp(): void;
}

/** A stream that says more than this after its answer is cut off. */
const MAX_REST_BYTES = 64 * 1024;

/** What a piece of a body counts at least: a million pieces of one byte each would take a hundred times their size. */
const PIECE_BYTES = 64;

/** Sends one request and reads its answer. Rejects with what `reading` throws, with what the line failed with, or with the signal's reason. */
export function exchange<T = never>(line: Line, request: LineRequest, reading: Reading<T>): Promise<Received<T>> {
  return new Promise((resolve, reject) => {
    const { signal } = reading;
    const rest = createRest();
    const reader = createReader(reading, rest.handle);
    let isSettled = false;
    const settle = (received: Received<T> | null, error: unknown = null): void => {
      if (isSettled) return;
      isSettled = true;
      signal.removeEventListener('abort', abort);
      if (received === null) reject(error);
      else resolve(received);
    };
    const fail = (error: Error): void => {
      settle(reader.evidence(), error);
      giveUp(error);
    };
    const abort = (): void =>
      fail(signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason }));
    const guarded = (work: () => Received<T> | null): void => {
      try {
        const received = work();
        if (received === null) return;
        settle(received);
        if (received.kind === 'body') giveUp(new Error('the rest is not wanted'));
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const giveUp = line.start(request, {
      head: (status, headers) => guarded(() => reader.head(status, headers)),
      chunk: (bytes) => (isSettled ? rest.chunk(bytes) : guarded(() => reader.chunk(bytes))),
      end: () => {
        rest.end();
        if (!isSettled) settle(reader.end());
      },
      failed: (error) => {
        rest.end();
        settle(reader.evidence(), error);
      },
    });
    rest.onGiveUp(() => giveUp(new Error('the rest is not wanted')));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

interface Reader<T> {
  head(status: number, headers: Headers): Received<T> | null;
  chunk(bytes: Buffer): Received<T> | null;
  end(): Received<T>;
  /** What is known when the answer breaks off: an error status counts even if its body does not come. */
  evidence(): Received<T> | null;
}

function createReader<T>({ spend, maxBytes, accept, isHeadEnough = false, look }: Reading<T>, rest: Rest): Reader<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  let head: { readonly status: number; readonly headers: Headers } = { status: 0, headers: {} };
  let stream: ((chunk: Buffer) => void) | null = null;
  let [found, last]: [T | null, StreamEvent | null] = [null, null];
  const body = (): Received<T> => ({
    kind: 'body',
    ...head,
    bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
  });
  const onEvent = (event: StreamEvent): void => {
    last = event;
    if (found === null && look) found = look(event);
  };
  return {
    head(status, headers) {
      head = { status, headers };
      const isGood = status >= 200 && status < 300;
      if (!isGood) return null;
      if (isHeadEnough) return { kind: 'head', ...head, rest };
      accept?.(headers);
      if (look && mediaType(headers) === 'text/event-stream') stream = createStreamReader(onEvent);
      return null;
    },
    chunk(bytes) {
      spend(Math.max(bytes.length, PIECE_BYTES));
      stream?.(bytes);
      if (found !== null) return { kind: 'found', ...head, found, rest };
      if (stream !== null) return null;
      const room = maxBytes(head.status) - size;
      chunks.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
      size += bytes.length;
      return bytes.length > room ? body() : null;
    },
    end: () =>
      stream === null ? body() : { kind: 'ended', ...head, lastId: last?.id ?? null, retryMs: last?.retryMs ?? null },
    evidence: () => (head.status >= 300 ? body() : null),
  };
}

/** The media type without its parameters, in lower case; empty: none. */
export function mediaType(headers: Headers): string {
  return (one(headers['content-type']) ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function createRest() {
  let bytesLeft = MAX_REST_BYTES;
  let release: () => void = () => undefined;
  let giveUp: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    handle: { ended, giveUp: () => giveUp() } satisfies Rest,
    onGiveUp(run: () => void) {
      giveUp = () => {
        run();
        release();
      };
    },
    chunk(bytes: Buffer) {
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) giveUp();
    },
    end: () => release(),
  };
}
