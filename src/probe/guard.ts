import {
  type Address,
  type Cidr,
  canonical,
  contains,
  formsOf,
  parseAddress,
  parseCidr,
  type Zone,
  zoneOf,
} from '../core/address.ts';

/** Which addresses may be reached. `allow` and `deny` are CIDR ranges; `deny` wins. */
export interface NetworkRules {
  readonly mode: 'private' | 'public';
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Judges where we may go. Each answer is null, or why not, as the end of a sentence. */
export interface Guard {
  /** What the URL itself says: scheme, credentials, port. */
  url(url: URL): string | null;
  /** One address, as a resolver or a socket gives it. */
  address(address: string): string | null;
  /** Where an address lies. What is none lies where nobody may go. */
  zone(address: string): Zone;
}

/** Ports where an HTTP request is an attack on something else (mail, memcached, Redis). Refused in `public` mode. */
const FOREIGN_PORTS: readonly string[] = ['22', '23', '25', '110', '143', '465', '587', '993', '995', '6379', '11211'];

/** @throws {RangeError} when a range of `allow` or `deny` is not CIDR. */
export function createGuard({ mode, allow, deny }: NetworkRules): Guard {
  const allowed = allow.map(toCidr);
  const denied = deny.map(toCidr);
  return {
    url({ protocol, port, username, password }) {
      if (protocol !== 'http:' && protocol !== 'https:') return `${protocol} is neither http: nor https:`;
      if (username !== '' || password !== '') return 'the URL carries a user name or a password';
      return mode === 'public' && FOREIGN_PORTS.includes(port) ? `port ${port} is not for HTTP` : null;
    },
    address(text) {
      const address = parseAddress(text);
      if (address === null) return `${text} is not an address`;
      const forms = formsOf(address);
      if (forms.some(isIn(denied))) return `${text} is in network.deny`;
      if ([address, canonical(address)].some(isIn(allowed))) return null;
      return refusal(text, address, mode);
    },
    zone: zoneOfText,
  };
}

function zoneOfText(text: string): Zone {
  const address = parseAddress(text);
  return address === null ? 'forbidden' : zoneOf(address);
}

function refusal(text: string, address: Address, mode: NetworkRules['mode']): string | null {
  const zone = zoneOf(address);
  if (zone === 'forbidden') return `${text} is a link-local, metadata, multicast or reserved address`;
  if (zone === 'public' || mode === 'private') return null;
  return `${text} is a ${zone} address and network.mode is public`;
}

function isIn(ranges: readonly Cidr[]): (address: Address) => boolean {
  return (address) => ranges.some((range) => contains(range, address));
}

function toCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === null) throw new RangeError(`${text} is not an address range such as 10.0.0.0/8`);
  return cidr;
}
