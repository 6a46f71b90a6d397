import type { Socket } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Client, type Dispatcher } from 'undici';
import type { Zone } from '../core/address.ts';
import type { Clock } from '../core/ports.ts';
import { createStop, type Stop } from '../core/stop.ts';
import { createDial, type Dialled, type DialRequest, type Lookup, lookupAll } from './dial.ts';
import { createGuard, type NetworkRules } from './guard.ts';
import { ProbeError } from './probe-error.ts';

export interface WayOut {
  readonly network: NetworkRules;
  readonly clock: Clock;
  /** Default: the system's resolver. */
  readonly lookup?: Lookup;
  /** Where an address lies, in zones. Default: by the registries of special addresses (core/address.ts). */
  readonly zoneOf?: (address: string) => Zone;
  /** Certificates of private authorities (PEM), trusted beside the well-known ones. */
  readonly authorities?: readonly string[];
}

/** The one way out: every connection of the monitor is opened here, to an address the guard has judged. Proxies of the environment are not used. */
export interface Dispatch {
  /** Connects to the origin of `url`. Rejects with DialError. Whoever opens a line closes it. */
  open(request: DialRequest): Promise<Line>;
}

/**
 * One connection to one origin, for one request after the other. A connection that broke or was given up is opened
 * anew, through the same guard, by the next request.
 */
export interface Line {
  readonly tls: Dialled['tls'];
  /** Where the other end lies. */
  zone(): Zone;
  /** Starts a request; the returned function gives it up, which costs the connection. */
  start(request: LineRequest, events: LineEvents): (reason: Error) => void;
  close(): void;
}

export interface LineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Names in lower case. A header that came several times is a list. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Calls in this order: `head`, `chunk` for each piece of the body, then `end`; or `failed`, at any time. Nothing after either of these. */
export interface LineEvents {
  head(status: number, headers: Headers): void;
  chunk(bytes: Buffer): void;
  end(): void;
  failed(error: Error): void;
}

/** RFC 9110 15.2: interim answers. More of them than this is a flood. */
const MAX_INTERIM = 20;
/** Made once: with its stack, an error costs more than the request it ends. */
const CLOSED = new Error('the line was closed');
const MAX_HEADER_BYTES = 16 * 1024;
/**
 * Of one connection, twice what a probe may take. What wraps a body, such as the extensions of chunks, is handed to
 * nobody who counts it, and parsing it takes all the time there is: so the connection is looked at while an answer comes.
 */
const MAX_WIRE_BYTES = 8 * 1024 * 1024;
const LOOK_EVERY_MS = 50;

export function createDispatch({ network, clock, lookup = lookupAll, zoneOf, authorities = [] }: WayOut): Dispatch {
  const guard = { ...createGuard(network), ...(zoneOf === undefined ? {} : { zone: zoneOf }) };
  const dial = createDial({ guard, lookup, clock, secureContext: trust(authorities) });
  return {
    async open(request) {
      const first = await dial(request);
      let redial: Stop | null = null;
      let ready: Socket | null = first.socket;
      let alert: () => Error | null = () => null;
      let wire: () => number = () => 0;
      const zone = (): Zone => guard.zone(first.address);
      // A server could answer, let its name lead further inside and cut the connection: then we do not go there.
      const again = async (): Promise<Socket> => {
        redial = createStop();
        return (await dial({ ...request, signal: redial.signal, innermost: zone(), onPhase: () => undefined })).socket;
      };
      const connect = async (): Promise<Socket> => {
        const socket = ready ?? (await again());
        ready = null;
        alert = alertOf(socket);
        wire = () => socket.bytesRead;
        return socket;
      };
      const plug: Plug = { connect };
      const client = createClient(request.url.origin, plug);
      return {
        tls: first.tls,
        zone,
        start(lineRequest, events) {
          let giveUp: (reason: Error) => void = () => undefined;
          const unwatch = watch({ clock, wire: () => wire(), onTooMuch: (error) => giveUp(error) });
          giveUp = start(client, lineRequest, {
            ...events,
            end: () => {
              unwatch();
              events.end();
            },
            failed: (error) => {
              unwatch();
              events.failed(isClosed(error) ? (alert() ?? error) : error);
            },
          });
          return giveUp;
        },
        close() {
          redial?.abort(CLOSED);
          ready?.destroy();
          plug.connect = null;
          client.destroy(CLOSED, () => undefined);
        },
      };
    },
  };
}

/**
 * All that a client holds of ours, taken out when its line is closed. undici gives each connection an object with a getter
 * of its own, and what that refers to lives until V8 collects all of the heap.
 */
interface Plug {
  connect: (() => Promise<Socket>) | null;
}

function createClient(origin: string, plug: Plug): Client {
  return new Client(origin, {
    connect: (_, done) =>
      void (plug.connect?.() ?? Promise.reject(CLOSED)).then(
        (socket) => done(null, socket),
        (error) => done(asError(error), null),
      ),
    maxHeaderSize: MAX_HEADER_BYTES,
    // Every request has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function start(client: Client, request: LineRequest, events: LineEvents): (reason: Error) => void {
  let controller: Dispatcher.DispatchController | null = null;
  let givenUp: Error | null = null;
  let interim = 0;
  const giveUp = (reason: Error): void => {
    givenUp ??= reason;
    controller?.abort(givenUp);
  };
  const { method, path, headers, body = null } = request;
  client.dispatch(
    { method, path, headers: { ...headers }, body },
    {
      onRequestStart(started) {
        controller = started;
        if (givenUp !== null) started.abort(givenUp);
      },
      onResponseStart(_, status, received) {
        if (givenUp !== null) return;
        if (status >= 200) return events.head(status, received);
        interim += 1;
        if (interim > MAX_INTERIM)
          giveUp(
            new ProbeError(
              'server_flood',
              `The server sent more than ${MAX_INTERIM} interim answers (HTTP ${status}).`,
            ),
          );
      },
      onResponseData(_, bytes) {
        if (givenUp === null) events.chunk(bytes);
      },
      onResponseEnd() {
        if (givenUp === null) events.end();
      },
      onResponseError(_, error) {
        events.failed(givenUp ?? error);
      },
    },
  );
  return giveUp;
}

interface Watch {
  readonly clock: Clock;
  /** Bytes received so far. */
  readonly wire: () => number;
  readonly onTooMuch: (error: Error) => void;
}

/** Looks after a connection while an answer comes. The returned function ends it. */
function watch({ clock, wire, onTooMuch }: Watch): () => void {
  const look = (): void => {
    if (wire() <= MAX_WIRE_BYTES) cancel = clock.after(LOOK_EVERY_MS, look);
    else onTooMuch(new ProbeError('response_too_large', 'The server sent more than 8 MiB over one connection.'));
  };
  let cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}

/** One context for all connections: reading the well-known authorities anew for each costs milliseconds. */
function trust(authorities: readonly string[]): SecureContext {
  return authorities.length === 0
    ? createSecureContext()
    : createSecureContext({ ca: [...rootCertificates, ...authorities] });
}

/** Why the other side closed, if TLS said so: a TLS 1.3 server refuses a missing client certificate only after the handshake. */
function alertOf(socket: Socket): () => Error | null {
  let alert: Error | null = null;
  socket.once('error', (error) => {
    if ('code' in error && String(error.code).startsWith('ERR_SSL_')) alert = error;
  });
  return () => alert;
}

function isClosed(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_SOCKET';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
