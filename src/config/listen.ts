import { BlockList, isIP } from 'node:net';
import type { ListenAddress, MonitorSettings } from './config.ts';

const PATTERN = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/;

/** `HOST:PORT`, with an IPv6 address in brackets; null for anything else. */
export function parseListen(text: string): ListenAddress | null {
  const [, bracketed, plain, digits] = PATTERN.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) return null;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return null;
  return { host, port };
}

/** Only this machine can reach it. */
export function isLoopback({ host }: ListenAddress): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const family = isIP(host);
  if (family === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** `[::1]:8080`, `127.0.0.1:8080`. */
export function formatListen({ host, port }: ListenAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where links point: what `public_url` says, else the port it listens on, by a name a browser on this machine knows. */
export function linkBase(
  { publicUrl, listen }: Pick<MonitorSettings, 'publicUrl' | 'listen'>,
  port = listen.port,
): string {
  if (publicUrl !== null) return publicUrl;
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
  return `http://${formatListen({ host, port })}`;
}
