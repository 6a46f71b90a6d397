import { BlockList, isIP } from 'node:net';
import type { ListenAddress } from './config.ts';

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
