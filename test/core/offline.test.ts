import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sight, Survey } from '../../src/core/offline.ts';
import { tellingOf, whyOurs } from '../../src/core/offline.ts';
import type { ReasonCode } from '../../src/core/reasons.ts';
import { reason } from '../../src/core/reasons.ts';
import type { StepName } from '../../src/core/step.ts';
import { aFailure, aReport, aServer } from '../fixtures/facts.ts';

const far = aServer({ url: 'https://orders.example.com/mcp' });
const near = aServer({ url: 'http://localhost:9000/mcp' });
const process = aServer({ target: { kind: 'stdio', command: ['x'], shown: ['x'], env: {}, protocol: 'auto' } });
const control = 'https://control.example.net/';

const failing = (code: ReasonCode, step: StepName) => aFailure(reason(code, step));

test.each([
  ['dns_failed', 'dns', 'ask', 'ask'],
  ['tcp_timeout', 'connect', 'ask', 'ask'],
  ['tls_untrusted', 'tls', 'ask', 'ask'],
  ['tcp_refused', 'connect', 'through', 'ask'],
  ['timeout', 'initialize', 'nothing', 'ask'],
  ['connection_reset', 'tools_list', 'nothing', 'ask'],
  ['stream_ended', 'initialize', 'nothing', 'ask'],
  ['canary_timeout', 'canary', 'nothing', 'ask'],
  ['health_unreachable', 'health_url', 'nothing', 'ask'],
  ['token_endpoint_failed', 'auth', 'nothing', 'ask'],
  ['blocked', 'connect', 'nothing', 'nothing'],
  ['monitor_fault', 'initialize', 'nothing', 'nothing'],
] as const)('%s at %s tells “%s” alone and “%s” beside a control address', (code, step, alone, beside) => {
  expect(tellingOf(failing(code, step), far, null)).toBe(alone);
  expect(tellingOf(failing(code, step), far, control)).toBe(beside);
});

test('an answer, good or bad, tells that the network is there', () => {
  const refused = aReport({
    steps: [
      { name: 'connect', status: 'ok', ms: 1, error: null },
      { name: 'initialize', status: 'failed', ms: 1, error: reason('http_server_error', 'initialize') },
    ],
  });
  for (const url of [null, control]) {
    expect(tellingOf(aReport(), far, url)).toBe('through');
    expect(tellingOf(refused, far, url)).toBe('through');
  }
});

test('what runs on this machine tells nothing of its network, unless the control address is there, too', () => {
  for (const server of [near, process]) {
    expect(tellingOf(failing('tcp_timeout', 'connect'), server, null)).toBe('nothing');
    expect(tellingOf(failing('tcp_timeout', 'connect'), server, control)).toBe('nothing');
    expect(tellingOf(aReport(), server, null)).toBe('nothing');
  }
  expect(tellingOf(failing('tcp_timeout', 'connect'), near, 'http://127.0.0.1:1/')).toBe('ask');
  expect(tellingOf(failing('tcp_timeout', 'connect'), process, 'http://127.0.0.1:1/')).toBe('nothing');
});

const sight = (kind: Sight['kind'], address: string | null, host = 'orders.example.com'): Sight => ({
  host,
  kind,
  address,
  status: null,
  message: '',
});
const seen = (...sights: readonly Sight[]): Survey => ({ hasAddress: true, sights });
/** In `count` networks of their own. */
const silent = (count: number): readonly Sight[] =>
  Array.from({ length: count }, (_, at) => sight('silent', `9.${at}.0.1`));

test('a machine without an address, or without a way to anybody, is off the network', () => {
  expect(whyOurs({ hasAddress: false, sights: [] })).toBe('This machine has no network address but its own loopback.');
  expect(whyOurs(seen(sight('unrouted', '9.1.0.1')))).toBe('This machine knows no way to any of its servers.');
});

test('five silent hosts in three networks are our network; fewer, or all in two, may well be theirs', () => {
  expect(whyOurs(seen(...silent(5)))).toBe('5 servers in 5 networks, all reached until now, fell silent together.');
  expect(whyOurs(seen(...silent(4)))).toBeNull();
  const inTwo = [...Array(8).keys()].map((at) => sight('silent', `9.${at % 2}.0.${at}`));
  expect(whyOurs(seen(...inTwo))).toBeNull();
  expect(whyOurs(seen(...inTwo, sight('silent', '2001:db8::1')))).not.toBeNull();
});

test('names of one domain that cannot be looked up are theirs; names of two are our resolver', () => {
  const names = (...hosts: readonly string[]) => seen(...hosts.map((host) => sight('unresolved', null, host)));
  expect(whyOurs(names('a.example.com'))).toBeNull();
  expect(whyOurs(names('a.example.com', 'b.example.com'))).toBeNull();
  expect(whyOurs(names('a.example.com', 'b.example.net'))).toBe('None of 2 host names can be looked up.');
});

test('what lies on this machine and what our own rules forbid says nothing of the network', () => {
  const others = [sight('blocked', null), sight('silent', '127.0.0.1'), sight('refused', '127.0.0.2')];
  expect(whyOurs(seen(...others))).toBeNull();
  expect(whyOurs(seen(...others, ...silent(5)))).not.toBeNull();
});

const kinds = fc.constantFrom<Sight['kind']>('silent', 'unresolved', 'unrouted', 'blocked');

test('whoever is reached proves the network, whatever the others say', () => {
  const others = fc.array(fc.tuple(kinds, fc.ipV4()), { maxLength: 12 });
  const reached = fc.constantFrom<Sight['kind']>('answered', 'refused');
  fc.assert(
    fc.property(others, reached, (all, kind) => {
      const sights = all.map(([other, address]) => sight(other, other === 'unresolved' ? null : address));
      expect(whyOurs(seen(...sights, sight(kind, '9.9.9.9')))).toBeNull();
    }),
  );
});
