import type { Address } from './address.ts';
import { parseAddress, zoneOf } from './address.ts';
import type { ProbeReport, Step } from './probe.ts';
import type { ReasonCode } from './reasons.ts';
import { REASONS } from './reasons.ts';
import type { Server } from './server.ts';
import type { StepName } from './step.ts';

/**
 * How far a probe came on its way to a server. `answered`: something answered it. `silent`: the way was free at first, but
 * an answer stayed out or was cut. `refused`: nothing listens there, so the way is free. `lost`: it did not get there.
 * `none`: it says nothing of any way (a process, our own rules, our own fault).
 */
type Way = 'answered' | 'silent' | 'refused' | 'lost' | 'none';

/** Steps before the first answer, in which a network that is gone shows. */
const WAY_STEPS: readonly StepName[] = ['dns', 'connect', 'tls'];
/** What a step fails with when the network goes away under it; a server can do that alone, too. */
const CUT: readonly ReasonCode[] = [
  'timeout',
  'connection_reset',
  'stream_ended',
  'token_endpoint_failed',
  'canary_timeout',
  'health_unreachable',
];

function wayOf({ steps }: Pick<ProbeReport, 'steps'>): Way {
  const failed = steps.find(({ status, name }) => status === 'failed' && name !== 'close');
  if (failed === undefined) return steps.some(isConnected) ? 'answered' : 'none';
  if (failed.error === null || REASONS[failed.error.code].turns === null) return 'none';
  const { code } = failed.error;
  if (code === 'tcp_refused') return 'refused';
  if (WAY_STEPS.includes(failed.name)) return 'lost';
  if (CUT.includes(code)) return 'silent';
  return steps.some(isConnected) ? 'answered' : 'none';
}

function isConnected({ name, status }: Step): boolean {
  return name === 'connect' && status === 'ok';
}

/**
 * What a probe tells of our own network. `through`: it is there. `ask`: it may be gone. A control address decides over
 * every way that did not end in an answer; without one a refusal is an answer, too, and a taken connection no loss.
 */
export type Telling = 'nothing' | 'through' | 'ask';

export function tellingOf(
  report: Pick<ProbeReport, 'steps'>,
  { target }: Pick<Server, 'target'>,
  controlUrl: string | null,
): Telling {
  if (target.kind !== 'http' || !isTold(hostOf(target.url), controlUrl)) return 'nothing';
  switch (wayOf(report)) {
    case 'none':
      return 'nothing';
    case 'answered':
      return 'through';
    case 'refused':
      return controlUrl === null ? 'through' : 'ask';
    case 'silent':
      return controlUrl === null ? 'nothing' : 'ask';
    case 'lost':
      return 'ask';
  }
}

/** What is on this machine is told of by a control address only if that is there, too. */
function isTold(host: string, controlUrl: string | null): boolean {
  return !isThisMachine(host) || (controlUrl !== null && isThisMachine(hostOf(controlUrl)));
}

/** What came of going somewhere. `unrouted`: this machine knows no way there; `blocked`: our own rules forbid it. */
export interface Sight {
  /** Its name or address, as it was asked for. */
  readonly host: string;
  readonly kind: 'answered' | 'refused' | 'silent' | 'unresolved' | 'unrouted' | 'blocked';
  /** Where it led; null: that was not found out. */
  readonly address: string | null;
  /** Of HTTP, where that answered. */
  readonly status: number | null;
  /** One sentence, without secrets. */
  readonly message: string;
}

/** What was found when we looked at our own network. */
export interface Survey {
  /** Has this machine an address that is not its own loopback? */
  readonly hasAddress: boolean;
  /** Of different hosts of the list, each reached until now. */
  readonly sights: readonly Sight[];
}

/** Fewer hosts, or all of them in fewer networks, may well be gone together. */
const MIN_HOSTS = 5;
const MIN_NETWORKS = 3;
const MIN_DOMAINS = 2;

/** Why it must be our own network that is gone, as a sentence; null: it may well be theirs. */
export function whyOurs({ hasAddress, sights }: Survey): string | null {
  if (!hasAddress) return 'This machine has no network address but its own loopback.';
  const abroad = sights.filter(({ kind, address }) => kind !== 'blocked' && !isOwn(address));
  const isAll = (kind: Sight['kind']): boolean => abroad.every((sight) => sight.kind === kind);
  if (abroad.length === 0 || abroad.some(({ kind }) => kind === 'answered' || kind === 'refused')) return null;
  if (isAll('unrouted')) return 'This machine knows no way to any of its servers.';
  if (isAll('unresolved')) return whyUnresolved(abroad);
  const hosts = new Set(abroad.map(({ address }, at) => address ?? `unresolved ${at}`));
  const networks = new Set(abroad.map(({ address }, at) => networkOf(address) ?? `unresolved ${at}`));
  if (hosts.size < MIN_HOSTS || networks.size < MIN_NETWORKS) return null;
  return `${hosts.size} servers in ${networks.size} networks, all reached until now, fell silent together.`;
}

/** Names of one domain may well be gone together. */
function whyUnresolved(abroad: readonly Sight[]): string | null {
  const domains = new Set(abroad.map(({ host }) => host.split('.').slice(-2).join('.')));
  return domains.size < MIN_DOMAINS ? null : `None of ${abroad.length} host names can be looked up.`;
}

function isOwn(text: string | null): boolean {
  const address = text === null ? null : parseAddress(text);
  return address !== null && zoneOf(address) === 'loopback';
}

/** Networks are given out in such pieces, mostly: /16 of IPv4, /32 of IPv6. */
function networkOf(text: string | null): string | null {
  const address: Address | null = text === null ? null : parseAddress(text);
  return address === null ? null : address.words.slice(0, address.family === 4 ? 1 : 2).join(':');
}

/** A host of the list: its name or address. All ports of it are one. */
export function hostOf(url: string): string {
  return new URL(url).hostname.toLowerCase();
}

/** Is that this machine, as far as its name says? Its servers tell nothing of a network. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isOwn(host.replace(/^\[|\]$/g, ''));
}
