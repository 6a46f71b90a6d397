import { lookup as resolve } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { isInner, type Zone } from '../core/address.ts';
import { withDeadline } from '../core/deadline.ts';
import type { Clock } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import { certificateError, expiryOf } from './certificate.ts';
import type { Guard } from './guard.ts';
import { DialError, ProbeError, TimeUpError } from './probe-error.ts';

/** All addresses of a name, IPv4 and IPv6. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** A connection whose peer was judged, ready for the first byte of a request. */
export interface Dialled {
  readonly socket: Socket;
  /** The peer's. */
  readonly address: string;
  readonly tls: { readonly expiresAt: number } | null;
}

export interface DialRequest {
  readonly url: URL;
  /** Deadline of each phase; the lookup ends after 5 s at the latest. */
  readonly timeoutMs: number;
  readonly signal: StopSignal;
  /** Where a target gave us the URL: the zone of that target. An address further inside is `blocked`. */
  readonly innermost?: Zone;
  /** Called as each phase ends, with what failed or null. */
  readonly onPhase: (phase: DialError['phase'], ms: number, error: DialError | null) => void;
}

export type Dial = (request: DialRequest) => Promise<Dialled>;

/** A resolver that is silent this long will not answer the other requests of a probe in time either. */
const DNS_MS = 5000;

/** The system's resolver, all answers in its order. */
export async function lookupAll(hostname: string): Promise<readonly string[]> {
  const answers = await resolve(hostname, { all: true, verbatim: true });
  return answers.map(({ address }) => address);
}

/**
 * Opens connections: looks the name up, judges every address (one forbidden answer refuses the name), connects to the
 * judged addresses in turn, judges the peer again, then does the TLS handshake. Rejects with DialError.
 */
export function createDial({
  guard,
  lookup,
  clock,
  secureContext,
}: {
  guard: Guard;
  lookup: Lookup;
  clock: Clock;
  secureContext: SecureContext;
}): Dial {
  return async ({ url, timeoutMs, signal, innermost, onPhase }) => {
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const judge = judgeOf(hostname, guard, innermost);
    const phase = async <T>(
      name: DialError['phase'],
      ms: number,
      work: (signal: StopSignal) => Promise<T>,
    ): Promise<T> => {
      const from = clock.monotonic();
      try {
        const result = await withDeadline({ clock, ms, signal, expired: () => new TimeUpError('step', ms) }, work);
        onPhase(name, clock.monotonic() - from, null);
        return result;
      } catch (cause) {
        const error = new DialError(name, cause);
        onPhase(name, clock.monotonic() - from, error);
        throw error;
      }
    };
    const isLiteral = isIP(hostname) !== 0;
    const addresses = isLiteral
      ? [hostname]
      : await phase('dns', Math.min(timeoutMs, DNS_MS), () => judgedAddresses(hostname, judge, lookup));
    const socket = await phase('connect', timeoutMs, (ends) => {
      const why = guard.url(url);
      refuse(why === null ? (isLiteral ? judge(hostname) : null) : forbidden(hostname, why));
      return connectInTurn({ addresses, port: portOf(url), ms: timeoutMs, clock, signal: ends, judge });
    });
    const address = socket.remoteAddress ?? '';
    if (url.protocol === 'http:') return { socket, address, tls: null };
    const secure = await phase('tls', timeoutMs, (ends) =>
      handshake({ socket, hostname, secureContext, signal: ends }),
    );
    const expiresAt = expiryOf(secure);
    return { socket: secure, address, tls: expiresAt === null ? null : { expiresAt } };
  };
}

/** Why not to go to an address, as a sentence; null: go. */
type Judge = (address: string) => string | null;

function judgeOf(hostname: string, guard: Guard, innermost: Zone | undefined): Judge {
  return (address) => {
    const why = guard.address(address);
    if (why !== null) return forbidden(hostname, why);
    const zone = guard.zone(address);
    if (innermost === undefined || !isInner(zone, innermost)) return null;
    const where = hostname === address ? `${address} is` : `${hostname} leads to ${address},`;
    return `${where} a ${zone} address, where a server with a ${innermost} address may not send us.`;
  };
}

function forbidden(hostname: string, why: string): string {
  return `Our network rules forbid ${hostname}: ${why}. network.allow in the configuration makes exceptions.`;
}

async function judgedAddresses(hostname: string, judge: Judge, lookup: Lookup): Promise<readonly string[]> {
  const addresses = await lookup(hostname);
  if (addresses.length === 0) throw new ProbeError('dns_not_found', `${hostname} has no address.`);
  for (const address of addresses) refuse(judge(address));
  return addresses;
}

function refuse(why: string | null): void {
  if (why !== null) throw new ProbeError('blocked', why);
}

interface Attempts {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly ms: number;
  readonly clock: Clock;
  readonly signal: StopSignal;
  readonly judge: Judge;
}

/** Shares the time that is left evenly among the addresses that are left, so that a dead first one costs only its part. */
async function connectInTurn({ addresses, port, ms, clock, signal, judge }: Attempts): Promise<Socket> {
  const endsAt = clock.monotonic() + ms;
  for (const [at, address] of addresses.entries()) {
    const left = addresses.length - at;
    // The last one has all the time that is left, which is the caller's own deadline.
    if (left === 1) return connect(address, port, judge, signal);
    const share = Math.max(1, (endsAt - clock.monotonic()) / left);
    try {
      const attempt = { clock, ms: share, signal, expired: () => new TimeUpError('step', ms) };
      return await withDeadline(attempt, (ends) => connect(address, port, judge, ends));
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  throw new ProbeError('dns_not_found', 'The name has no address.');
}

function connect(address: string, port: number, judge: Judge, signal: StopSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port, noDelay: true });
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      const why = judge(socket.remoteAddress ?? '');
      if (why === null) return resolve(socket);
      socket.destroy();
      reject(new ProbeError('blocked', why));
    });
  });
}

interface Handshake {
  readonly socket: Socket;
  readonly hostname: string;
  readonly secureContext: SecureContext;
  readonly signal: StopSignal;
}

function handshake({ socket, hostname, secureContext, signal }: Handshake): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    // Node drops the certificate together with a refused connection. So we look at it first and refuse ourselves, before
    // a byte is sent: `authorized` is the same judgement, of chain and name.
    const name = isIP(hostname) === 0 ? { servername: hostname } : {};
    const secure = connectTls({
      socket,
      host: hostname,
      ...name,
      secureContext,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
    });
    secure.on('error', reject);
    const cut = () => reject(new ProbeError('connection_reset', 'The connection was cut during the TLS handshake.'));
    secure.once('close', cut);
    secure.once('secureConnect', () => {
      secure.off('close', cut);
      signal.removeEventListener('abort', abort);
      const error = certificateError(secure, hostname);
      if (error === null) return resolve(secure);
      secure.destroy();
      reject(error);
    });
  });
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
