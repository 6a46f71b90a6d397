import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, parseAddress, parseCidr, type Zone, zoneOf } from '../../src/core/address.ts';

function zone(text: string): Zone {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is not an address`);
  return zoneOf(address);
}

test.each<[Zone, readonly string[]]>([
  [
    'public',
    [
      '1.1.1.1',
      '8.8.8.8',
      '172.15.0.1',
      '172.32.0.1',
      '100.63.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '64:ff9b::808:808',
      '::ffff:8.8.8.8',
      '2002:808:808::1',
    ],
  ],
  [
    'private',
    [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '198.18.0.1',
      '192.0.2.1',
      'fd00::1',
      'fc00::1',
      '2001:db8::1',
      '4000::1',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
      '2002:a00:1::',
    ],
  ],
  [
    'loopback',
    [
      '127.0.0.1',
      '127.255.255.254',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '::127.0.0.1',
      '2002:7f00:1::',
    ],
  ],
  [
    'forbidden',
    [
      '0.0.0.0',
      '0.1.2.3',
      '169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      '224.0.0.1',
      '239.255.255.255',
      '240.0.0.1',
      '255.255.255.255',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'febf::1',
      'fec0::1',
      'ff02::1',
      'fd00:ec2::254',
      'fd20:ce::254',
    ],
  ],
])('%s addresses', (expected, addresses) => {
  expect(addresses.map((address) => [address, zone(address)])).toEqual(addresses.map((address) => [address, expected]));
});

describe('the metadata address is forbidden in every form that carries it', () => {
  test.each([
    ['plain', '169.254.169.254'],
    ['mapped, dotted', '::ffff:169.254.169.254'],
    ['mapped, in words', '::ffff:a9fe:a9fe'],
    ['translated (SIIT)', '::ffff:0:169.254.169.254'],
    ['compatible', '::169.254.169.254'],
    ['NAT64', '64:ff9b::169.254.169.254'],
    ['local NAT64', '64:ff9b:1::169.254.169.254'],
    ['local NAT64 with a /48 prefix', '64:ff9b:1:a9fe:a9:fe00::'],
    ['6to4', '2002:a9fe:a9fe::1'],
    ['Teredo, as the server', '2001:0:a9fe:a9fe::1'],
    ['Teredo, as the client', '2001:0:808:808:0:0:5601:5601'],
    ['ISATAP', '2606:4700::5efe:a9fe:a9fe'],
  ])('%s', (_, address) => expect(zone(address)).toBe('forbidden'));
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4x',
  '1.2.3.4/8',
  ':',
  ':::',
  '1::2::3',
  '12345::',
  'g::1',
  '::1.2.3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '::1.2.3.4:5',
  '1.2.3.4::',
  'localhost',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeNull();
});

test.each(['', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', 'ten/8', '/8'])(
  '%j is no range',
  (text) => {
    expect(parseCidr(text)).toBeNull();
  },
);

const byte = fc.integer({ min: 0, max: 255 });
const v4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
const v6 = fc.ipV6();

test('what node:net calls an address is one, and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6, fc.stringMatching(/^[0-9a-f:.]{0,20}$/)), (text) => {
      expect(parseAddress(text) !== null).toBe(isIP(text) !== 0);
    }),
  );
});

test('a range contains what node:net says it contains', () => {
  const ranges = fc.oneof(
    fc.tuple(v4, fc.integer({ min: 0, max: 32 }), v4, fc.constant('ipv4' as const)),
    fc.tuple(v6, fc.integer({ min: 0, max: 128 }), v6, fc.constant('ipv6' as const)),
  );
  fc.assert(
    fc.property(ranges, fc.boolean(), ([base, bits, other, family], isSame) => {
      const address = isSame ? base : other;
      // BlockList takes mapped addresses for IPv4, which is the business of zones here.
      fc.pre(!/^(0*:)*:?(0*:)*ffff:/i.test(address) && !/^(0*:)*:?(0*:)*ffff:/i.test(base));
      const list = new BlockList();
      list.addSubnet(base, bits, family);
      const [range, parsed] = [parseCidr(`${base}/${bits}`), parseAddress(address)];
      expect(range !== null && parsed !== null && contains(range, parsed)).toBe(list.check(address, family));
    }),
  );
});

test('however an IPv4 address is wrapped, the wrapping lies no further out than it', () => {
  const order: readonly Zone[] = ['public', 'private', 'loopback', 'forbidden'];
  const wrap = fc.constantFrom(
    (text: string) => `::ffff:${text}`,
    (text: string) => `64:ff9b::${text}`,
    (text: string) => `64:ff9b:1::${text}`,
    (text: string) => `::ffff:0:${text}`,
  );
  fc.assert(
    fc.property(v4, wrap, (text, wrapped) => {
      expect(order.indexOf(zone(wrapped(text)))).toBeGreaterThanOrEqual(order.indexOf(zone(text)));
    }),
  );
});
