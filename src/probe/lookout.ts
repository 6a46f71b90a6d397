import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseAddress, zoneOf } from '../core/address.ts';
import { withDeadline } from '../core/deadline.ts';
import type { Sight } from '../core/offline.ts';
import type { Clock, Lookout } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import { classify } from './classify.ts';
import type { Lookup } from './dial.ts';
import { lookupAll } from './dial.ts';
import type { Dispatch, WayOut } from './dispatcher.ts';
import { createDispatch } from './dispatcher.ts';
import { exchange } from './exchange.ts';
import { DialError, ProbeError, TimeUpError } from './probe-error.ts';

/** Whoever waits for the answer has a probe that failed already. */
const ASK_MS = 5_000;
const KNOCK_MS = 3_000;
const DNS_MS = 2_000;

export interface LookoutOptions extends WayOut {
  /** Of the monitor, told as `user-agent`. */
  readonly version: string;
}

/** Looks at our own network through the guarded dispatcher. */
export function createLookout(options: LookoutOptions): Lookout {
  const { clock, lookup = lookupAll, version } = options;
  const dispatch = createDispatch(options);
  return {
    ask: (address, signal) =>
      attempt({ clock, ms: ASK_MS, url: new URL(address), signal }, (url, ends) =>
        ask(dispatch, url, { 'user-agent': `AliveMCP/${version} (+uptime monitor)` }, ends),
      ),
    knock: (address, signal) =>
      attempt({ clock, ms: KNOCK_MS, url: new URL(address), signal }, (url, ends) =>
        knock({ clock, dispatch, lookup }, url, ends),
      ),
    hasAddress: () =>
      Object.values(networkInterfaces()).some((all = []) => all.some(({ address }) => leadsOut(address))),
  };
}

/** A link-local address is what a machine gives itself where nobody gave it one (RFC 3927). */
function leadsOut(text: string): boolean {
  const address = parseAddress(text);
  const zone = address === null ? 'forbidden' : zoneOf(address);
  return zone === 'public' || zone === 'private';
}

interface Attempt {
  readonly clock: Clock;
  readonly ms: number;
  readonly url: URL;
  readonly signal: StopSignal;
}

async function attempt(
  { clock, ms, url, signal }: Attempt,
  go: (url: URL, signal: StopSignal) => Promise<Sight>,
): Promise<Sight> {
  const expired = () => new TimeUpError('step', ms);
  try {
    return await withDeadline({ clock, ms, signal, expired }, (ends) => go(url, ends));
  } catch (error) {
    return sightOf(error, url, null);
  }
}

/** Any status will do: whoever answers was reached. Redirects are not followed. */
async function ask(
  dispatch: Dispatch,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: StopSignal,
): Promise<Sight> {
  const line = await dispatch.open({ url, timeoutMs: ASK_MS, signal, onPhase: () => undefined });
  try {
    const request = { method: 'GET', path: url.pathname + url.search, headers } as const;
    const { status } = await exchange(line, request, {
      signal,
      spend: () => undefined,
      maxBytes: () => 0,
      isHeadEnough: true,
    });
    return {
      host: url.hostname,
      kind: 'answered',
      address: null,
      status,
      message: `${url.host} answered HTTP ${status}.`,
    };
  } finally {
    line.close();
  }
}

interface Door {
  readonly clock: Clock;
  readonly dispatch: Dispatch;
  readonly lookup: Lookup;
}

/** The connection alone, without TLS. The name is looked up here, so that its address is known also where it is silent. */
async function knock(door: Door, url: URL, signal: StopSignal): Promise<Sight> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const address = isIP(name) === 0 ? await lookUp(door, name, signal) : name;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const there = new URL(`http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`);
  try {
    const line = await door.dispatch.open({ url: there, timeoutMs: KNOCK_MS, signal, onPhase: () => undefined });
    line.close();
    return { host: url.hostname, kind: 'answered', address, status: null, message: `${url.host} takes connections.` };
  } catch (error) {
    return sightOf(error, url, address);
  }
}

async function lookUp({ clock, lookup }: Door, name: string, signal: StopSignal): Promise<string> {
  const expired = () => new TimeUpError('step', DNS_MS);
  try {
    const [first] = await withDeadline({ clock, ms: DNS_MS, signal, expired }, () => lookup(name));
    if (first !== undefined) return first;
  } catch (error) {
    throw new DialError('dns', error);
  }
  throw new DialError('dns', new ProbeError('dns_not_found', `${name} has no address.`));
}

function sightOf(error: unknown, url: URL, address: string | null): Sight {
  const step = error instanceof DialError ? error.phase : 'connect';
  const { message } = classify(error, { step, host: url.host, redact: (text) => text });
  return { host: url.hostname, kind: kindOf(error), address, status: null, message };
}

/** Errors by which the system says that it has no way there, whoever lives there. */
const NO_ROUTE: readonly string[] = ['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'];

function kindOf(error: unknown): Sight['kind'] {
  if (error instanceof ProbeError) return error.code === 'blocked' ? 'blocked' : 'silent';
  if (!(error instanceof Error)) return 'silent';
  if (error instanceof DialError && kindOf(error.cause) === 'blocked') return 'blocked';
  if (error instanceof DialError && error.phase === 'dns') return 'unresolved';
  if (error instanceof DialError) return kindOf(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'refused';
  return NO_ROUTE.includes(code) ? 'unrouted' : 'silent';
}
