import { isIP } from 'node:net';
import { ProblemError } from './problem.ts';

/** Where a request says it goes, and where it really arrived. */
export interface Arrival {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

export interface OwnNames {
  /** The host we were told to listen on. */
  readonly listenHost: string;
  readonly publicUrl: URL;
}

/**
 * Refuses what a strange web page made a browser send (contract, "Access"): a `Host` that is not ours (DNS rebinding,
 * 421), and a changing request from another origin (403). A request without `Origin`, as curl sends it, is served.
 */
export function judgeOrigin(arrival: Arrival, own: OwnNames): ProblemError | null {
  const { host, origin, method, fetchSite } = arrival;
  if (host === undefined || !isOurHost(host, arrival, own)) return wrongHost(host);
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return null;
  const isOurs = origin === undefined || origin === own.publicUrl.origin || hostOf(origin) === host.toLowerCase();
  const isForeign = fetchSite === 'cross-site' || fetchSite === 'same-site';
  return isOurs && !isForeign ? null : wrongOrigin(origin);
}

function isOurHost(host: string, { localAddress, localPort }: Arrival, { listenHost, publicUrl }: OwnNames): boolean {
  const url = parse(`http://${host}`);
  if (url === null || url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') return false;
  // Proxies that name the port name the usual one, too.
  if (parse(`${publicUrl.protocol}//${host}`)?.host === publicUrl.host) return true;
  if (Number(url.port === '' ? '80' : url.port) !== localPort) return false;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return isLoopback(name) || name === listenHost.toLowerCase() || name === localAddress?.replace(/^::ffff:/, '');
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

function hostOf(origin: string): string | null {
  return parse(origin)?.host ?? null;
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

function wrongHost(host: string | undefined): ProblemError {
  const said = host === undefined ? 'names no host' : `is for “${host.slice(0, 100)}”`;
  return new ProblemError(
    421,
    `This request ${said}, which is not this monitor. Use the address it listens on, or set monitor.public_url to the one you use.`,
  );
}

function wrongOrigin(origin: string | undefined): ProblemError {
  const from = origin === undefined ? 'another site' : `“${origin.slice(0, 100)}”`;
  return new ProblemError(
    403,
    `This request comes from a page of ${from} and was refused. If that is this monitor behind a proxy, set monitor.public_url to its address.`,
  );
}
