import { expect, test } from 'vitest';
import { messageOf } from '../../src/core/digest.ts';
import { describe } from '../../src/core/message.ts';
import type { Notice } from '../../src/core/notice.ts';
import { reason } from '../../src/core/reasons.ts';
import { aNotice, anIncident, aRecovery, STARTED_AT } from '../fixtures/notices.ts';

const message = { id: 'n0-and-1', publicUrl: 'http://127.0.0.1:8080/' };
const AT = STARTED_AT + 100_000;

function down(n: number, changes: Partial<Notice['incident']> = {}): Notice {
  const id = `server-${n}`;
  const incident = anIncident({
    id: `inc-${n}`,
    serverId: id,
    serverName: `Server ${n}`,
    signal: 'protocol',
    reason: reason('tcp_refused', 'connect'),
    cause: null,
    startedAt: STARTED_AT + n * 10,
    ...changes,
  });
  return aNotice({ id: `n${n}`, at: AT, incident, server: { ...aNotice().server, id, name: incident.serverName } });
}

test('one notice is a message of its own, under the message’s id', () => {
  expect(messageOf([down(1)], message)).toEqual({ ...down(1), id: 'n0-and-1' });
});

test('500 servers that are down are one message that names thirty and counts the rest', () => {
  const { id, dashboardUrl, ...digest } = messageOf(
    Array.from({ length: 500 }, (_, n) => down(n)),
    message,
  );
  expect({ id, dashboardUrl }).toEqual({ id: 'n0-and-1', dashboardUrl: 'http://127.0.0.1:8080/incidents' });
  const { facts, ...words } = describe({ ...digest, id, dashboardUrl });
  expect(words).toEqual({
    tone: 'down',
    severity: 'critical',
    subject: 'DOWN · 500 servers · connection refused',
    sentence: '500 servers are down.',
    explanation: 'All of them: connection refused, the first since 12:03 UTC (1 min 40 s).',
    tryThis: [
      'Look first for what they share: the network, DNS, a machine, a database, a certificate, a change just made.',
    ],
    link: { label: 'Open the incidents', url: 'http://127.0.0.1:8080/incidents' },
  });
  expect(facts).toHaveLength(31);
  expect(facts[0]).toEqual(['Server 0', 'DOWN since 12:03 UTC (1 min 40 s): connection refused']);
  expect(facts[30]).toEqual(['And', '470 more: see the page Incidents']);
});

test('what is broken comes before what is well again, the worst first', () => {
  const recovery = aRecovery({ id: 'r', at: AT });
  const slow = down(2, {
    signal: 'latency',
    severity: 'warning',
    reason: reason('latency_p95', 'initialize', 'Slow.'),
  });
  const timedOut = down(3, { reason: reason('dns_not_found', 'dns') });
  const words = describe(messageOf([recovery, slow, down(1), timedOut], message));
  expect(words).toMatchObject({
    tone: 'down',
    severity: 'critical',
    sentence: '2 servers are down, Server 2 is slow, Orders MCP is well again.',
    facts: [
      ['Server 1', 'DOWN since 12:03 UTC (1 min 39 s): connection refused'],
      ['Server 3', 'DOWN since 12:03 UTC (1 min 39 s): host name not found'],
      ['Server 2', 'SLOW since 12:03 UTC (1 min 39 s): Slow'],
      ['Orders MCP', 'UP after 14 min'],
    ],
  });
  expect(words.subject).toBe('DOWN · 2 servers · connection refused · and 1 SLOW, 1 UP');
  expect(words.explanation).toBe('Most often: connection refused, the first since 12:03 UTC (1 min 39 s).');
});

test('servers that are all well again are told so', () => {
  const again = [1, 2].map((n) => ({
    ...aRecovery({ id: `r${n}`, at: AT, wasDown: n === 1 }),
    server: { ...aNotice().server, id: `server-${n}`, name: `Server ${n}` },
  }));
  expect(describe(messageOf(again, message))).toMatchObject({
    tone: 'up',
    subject: 'UP · 2 servers · well again',
    sentence: '2 servers are well again.',
    explanation: null,
    tryThis: [],
    facts: [
      ['Server 1', 'UP, was down 14 min'],
      ['Server 2', 'UP after 14 min'],
    ],
  });
});

test('two notices of one server name it', () => {
  const both = [down(1), { ...down(1, { id: 'other', signal: 'tls', severity: 'warning' }), id: 'n1b' }];
  expect(describe(messageOf(both, message)).subject).toBe('DOWN · Server 1 · connection refused · and 1 DEGRADED');
});
