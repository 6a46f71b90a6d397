/** An IP address as 16-bit words: two of them for IPv4, eight for IPv6. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly number[];
}

/** A range of addresses: all whose first `bits` bits are those of `base`. */
export interface Cidr {
  readonly base: Address;
  readonly bits: number;
}

/** Where an address lies, from the outside in. `forbidden` are those no probe has business with, in any mode. */
export type Zone = 'public' | 'private' | 'loopback' | 'forbidden';

const DEPTH: Readonly<Record<Zone, number>> = { public: 0, private: 1, loopback: 2, forbidden: 3 };

/** Parses one address, without brackets or port. A scope (`fe80::1%eth0`) is ignored. Not an address: null. */
export function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseV6(text.split('%', 1)[0] ?? '') : parseV4(text);
}

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address. Anything else: null. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length, ...rest] = text.trim().split('/');
  const base = parseAddress(address);
  if (base === null || rest.length > 0) return null;
  const full = base.words.length * 16;
  if (length === undefined) return { base, bits: full };
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : full + 1;
  return bits > full ? null : { base, bits };
}

export function contains({ base, bits }: Cidr, { family, words }: Address): boolean {
  if (base.family !== family) return false;
  return base.words.every((word, at) => {
    const kept = Math.max(0, Math.min(16, bits - at * 16));
    const mask = (0xffff << (16 - kept)) & 0xffff;
    return (word & mask) === ((words[at] ?? 0) & mask);
  });
}

/**
 * Where an address lies. One that carries an IPv4 address inside (mapped, translated, compatible, NAT64, 6to4,
 * Teredo, ISATAP) lies where the innermost of them does, because a gateway may deliver it there.
 */
export function zoneOf(address: Address): Zone {
  const { outer, inner } = unwrap(address);
  const zones = [...inner.map(ownZone), ...(outer === null ? [] : [ownZone(outer)])];
  return zones.reduce((worst, zone) => (DEPTH[zone] > DEPTH[worst] ? zone : worst), 'public');
}

/** An address and every IPv4 address it carries inside. */
export function formsOf(address: Address): readonly Address[] {
  return [address, ...unwrap(address).inner];
}

/** The IPv4 address where the IPv6 address is only another way to write it (`::ffff:10.0.0.1`), else the address itself. */
export function canonical(address: Address): Address {
  const { outer, inner } = unwrap(address);
  return outer ?? inner[0] ?? address;
}

/** Is `zone` further inside than `than`? Public, then private, then loopback, then forbidden. */
export function isInner(zone: Zone, than: Zone): boolean {
  return DEPTH[zone] > DEPTH[than];
}

function parseV4(text: string): Address | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  return { family: 4, words: [a * 256 + b, c * 256 + d] };
}

function parseV6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = [
    wordsOf(halves[0] ?? '', halves.length === 1),
    halves.length === 2 ? wordsOf(halves[1] ?? '', true) : [],
  ];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return { family: 6, words: [...head, ...new Array<number>(missing).fill(0), ...tail] };
}

/** The words of one half; its end may be written as IPv4 where the address ends too. */
function wordsOf(half: string, isEnd: boolean): readonly number[] | null {
  if (half === '') return [];
  const words: number[] = [];
  const parts = half.split(':');
  for (const [at, part] of parts.entries()) {
    const v4 = isEnd && at === parts.length - 1 ? parseV4(part) : null;
    if (v4 !== null) words.push(...v4.words);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) words.push(Number.parseInt(part, 16));
    else return null;
  }
  return words;
}

function cidrs(...texts: readonly string[]): readonly Cidr[] {
  return texts.map(parseCidr).filter((range) => range !== null);
}

const UNSPECIFIED = cidrs('::/128');
const LOOPBACK = cidrs('127.0.0.0/8', '::1/128');
/** Link-local, cloud metadata and wire servers, multicast, reserved: never a server of somebody's. */
const FORBIDDEN = cidrs(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::/32',
  'fd20:ce::/32',
);
/** RFC 1918, shared address space (RFC 6598), protocol assignments, documentation and benchmark nets (RFC 6890). */
const PRIVATE_V4 = cidrs(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
);
/** Global unicast (RFC 4291 2.4) is public, but for the documentation nets (RFC 3849, RFC 9637). */
const GLOBAL_V6 = cidrs('2000::/3');
const DOCUMENTATION_V6 = cidrs('2001:db8::/32', '3fff::/20');

function ownZone(address: Address): Zone {
  const isIn = (ranges: readonly Cidr[]) => ranges.some((range) => contains(range, address));
  if (isIn(FORBIDDEN)) return 'forbidden';
  if (isIn(LOOPBACK)) return 'loopback';
  if (address.family === 4) return isIn(PRIVATE_V4) ? 'private' : 'public';
  return isIn(GLOBAL_V6) && !isIn(DOCUMENTATION_V6) ? 'public' : 'private';
}

/** Prefixes whose last 32 bits are an IPv4 address, and which mean nothing but that address. */
const WRAPPERS = cidrs('::ffff:0:0/96', '::ffff:0:0:0/96', '::/96', '64:ff9b::/96');
const LOCAL_NAT64 = cidrs('64:ff9b:1::/48');
const SIX_TO_FOUR = cidrs('2002::/16');
const TEREDO = cidrs('2001::/32');

/** `outer` is null where the IPv6 address is only another way to write the IPv4 address inside. */
function unwrap(address: Address): { readonly outer: Address | null; readonly inner: readonly Address[] } {
  if (address.family === 4) return { outer: address, inner: [] };
  const { words } = address;
  const isIn = (ranges: readonly Cidr[]) => ranges.some((range) => contains(range, address));
  const last = v4(words[6], words[7]);
  if (isIn(UNSPECIFIED) || isIn(LOOPBACK)) return { outer: address, inner: [] };
  if (isIn(WRAPPERS)) return { outer: null, inner: [last] };
  // RFC 6052 2.2: with a /48 prefix the address is split around the zero octet at bit 64.
  const split = v4(words[3], ((words[4] ?? 0) << 8) | ((words[5] ?? 0) >>> 8));
  if (isIn(LOCAL_NAT64)) return { outer: address, inner: [last, split] };
  if (isIn(SIX_TO_FOUR)) return { outer: address, inner: [v4(words[1], words[2])] };
  // RFC 4380 4: the server's address plain, the client's with every bit turned.
  const client = v4((words[6] ?? 0) ^ 0xffff, (words[7] ?? 0) ^ 0xffff);
  if (isIn(TEREDO)) return { outer: address, inner: [v4(words[2], words[3]), client] };
  const isIsatap = ((words[4] ?? 0) & 0xfdff) === 0 && words[5] === 0x5efe;
  return { outer: address, inner: isIsatap ? [last] : [] };
}

function v4(high = 0, low = 0): Address {
  return { family: 4, words: [high & 0xffff, low & 0xffff] };
}
