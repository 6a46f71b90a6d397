import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/ports.ts';

export type EventName = 'server' | 'incident' | 'config';

export interface EventHub {
  /** Sends to every stream and keeps it for those that come back. */
  publish(event: EventName, body: object): void;
  /**
   * Makes an answer a stream of everything published from now on, after what was missed since `lastEventId`. False: as
   * many are open as we bear. `session` is the one that opened it.
   */
  open(response: ServerResponse, lastEventId: string | null, session: string | null): boolean;
  endSession(session: string): void;
  streams(): number;
  /** Was any stream ever opened? Before, nobody can come back for what was missed. */
  wasHeard(): boolean;
  close(): void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly session: string | null;
}

const MAX_STREAMS = 100;
/** A reader this far behind is cut; it comes back with its Last-Event-ID. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const MAX_KEPT_EVENTS = 500;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const COMMENT_EVERY_MS = 15_000;
const COMMENT = Buffer.from(': still here\n\n');

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
};

/** `boot` tells this process's event ids from those of the one before. */
export function createEventHub(clock: Clock, boot: string): EventHub {
  const streams = new Set<Stream>();
  const kept = createRing();
  let last = 0;
  let hasOpened = false;
  let cancel = clock.after(COMMENT_EVERY_MS, comment);

  function comment(): void {
    cancel = clock.after(COMMENT_EVERY_MS, comment);
    sendAll(COMMENT);
  }

  function sendAll(bytes: Buffer): void {
    for (const stream of streams) send(stream, bytes);
  }

  function send(stream: Stream, bytes: Buffer): void {
    if (stream.response.writableLength > MAX_UNSENT_BYTES) stream.response.destroy();
    else stream.response.write(bytes);
  }

  /** What to send first: all that was missed, or the word that it is no longer known. */
  function greeting(lastEventId: string | null): Buffer[] {
    const here = `retry: 2000\nid: ${boot}-${last}\n`;
    if (lastEventId === null) return [Buffer.from(`${here}\n`)];
    const missed = kept.since(numberOf(lastEventId, boot), last);
    if (missed === null) return [Buffer.from(`${here}event: reset\ndata: {}\n\n`)];
    // Its own id still: one that is cut off while it reads what it missed comes back for the rest.
    return [Buffer.from(`retry: 2000\nid: ${lastEventId}\n\n`), ...missed];
  }

  return {
    publish(event, body) {
      last += 1;
      const bytes = Buffer.from(`id: ${boot}-${last}\nevent: ${event}\ndata: ${JSON.stringify(body)}\n\n`);
      kept.add(last, bytes);
      sendAll(bytes);
    },
    open(response, lastEventId, session) {
      if (streams.size >= MAX_STREAMS) return false;
      const stream = { response, session };
      hasOpened = true;
      streams.add(stream);
      response.once('close', () => streams.delete(stream));
      response.on('error', () => response.destroy());
      response.writeHead(200, HEADERS);
      for (const bytes of greeting(lastEventId)) response.write(bytes);
      return true;
    },
    endSession(session) {
      for (const stream of streams) if (stream.session === session) stream.response.end();
    },
    streams: () => streams.size,
    wasHeard: () => hasOpened,
    close() {
      cancel();
      for (const { response } of streams) response.end();
    },
  };
}

interface Ring {
  add(n: number, bytes: Buffer): void;
  /** The events after number `n` up to `last`; null when some of them are no longer held. */
  since(n: number | null, last: number): readonly Buffer[] | null;
}

function createRing(): Ring {
  const events: { n: number; bytes: Buffer }[] = [];
  let size = 0;
  return {
    add(n, bytes) {
      events.push({ n, bytes });
      size += bytes.length;
      while (events.length > MAX_KEPT_EVENTS || size > MAX_KEPT_BYTES) size -= events.shift()?.bytes.length ?? size;
    },
    since(n, last) {
      if (n === null || n > last) return null;
      const oldest = events[0]?.n ?? last + 1;
      return n + 1 < oldest ? null : events.filter((event) => event.n > n).map((event) => event.bytes);
    },
  };
}

/** The number in an id of this boot; null for any other. */
function numberOf(id: string, boot: string): number | null {
  const digits = id.startsWith(`${boot}-`) ? id.slice(boot.length + 1) : '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}
