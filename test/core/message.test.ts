import { describe as about, expect, test } from 'vitest';
import { describe } from '../../src/core/message.ts';
import { headline, incidentSentence, shortReason } from '../../src/core/phrases.ts';
import type { ReasonCode } from '../../src/core/reasons.ts';
import { REASONS, reason } from '../../src/core/reasons.ts';
import type { Signal } from '../../src/core/signal.ts';
import { SIGNALS } from '../../src/core/signal.ts';
import { testNotice } from '../../src/core/test-notice.ts';
import { maskUrl } from '../../src/core/url.ts';
import { CAUSES } from '../../src/core/verdict.ts';
import { aNotice, anIncident, aRecovery, STARTED_AT } from '../fixtures/notices.ts';

const CODES = Object.keys(REASONS).filter((code): code is ReasonCode => code in REASONS);
const MINUTE = 60_000;

function opened(code: ReasonCode, signal: Signal, message?: string) {
  const incident = anIncident({ signal, reason: reason(code, null, message), cause: null });
  return describe(aNotice({ incident }));
}

function resolved(signal: Signal) {
  return describe(
    aRecovery({ incident: anIncident({ signal, resolvedAt: STARTED_AT + 14 * MINUTE, probeCount: 23 }) }),
  );
}

about('the silent failure', () => {
  const message = describe(aNotice());

  test('is named in the subject and in the first line', () => {
    expect(message.subject).toBe('DOWN · Orders MCP · tool calls fail: pool exhausted');
    expect(message.sentence).toBe('Orders MCP answers, but its tool calls fail.');
    expect(message.facts).toContainEqual(['Layer', 'canary (silent failure: the protocol answers)']);
  });

  test('says why and since when, with figures', () => {
    expect(message.explanation).toBe(
      'Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use. Since 12:03 UTC (40 s).',
    );
    expect(message.facts).toContainEqual(['Pool', '7 calls waiting, 10 of 10 connections in use']);
    expect(message.facts).toContainEqual(['It said', '“timeout exceeded when trying to connect”']);
  });

  test('gives the evidence first and where it was seen last', () => {
    expect(message.facts.map(([label]) => label)).toEqual([
      'It said',
      'Pool',
      'Initialize',
      'Reason',
      'Layer',
      'Severity',
      'Since',
      'Server',
      'Tags',
      'Probed from',
    ]);
    expect(message.severity).toBe('critical');
  });

  test('begins the evidence with what other monitors see, where that is known', () => {
    const ladder = [
      { what: 'A ping', level: 'ok', says: 'up, 200 in 12 ms' },
      { what: 'Tool calls', level: 'fail', says: 'fail' },
    ] as const;
    const { evidence } = anIncident();
    const told = describe(aNotice({ incident: anIncident({ evidence: { ...evidence, ladder } }) }));
    expect(told.facts[0]).toEqual(['Others see', 'A ping: up, 200 in 12 ms. Tool calls: fail.']);
  });

  test('names layer and steps in words, and says a reason once', () => {
    const told = opened('tcp_refused', 'protocol', 'Nothing listens there.');
    expect(told.explanation).toBe('Nothing listens there. Since 12:03 UTC (40 s).');
    expect(told.facts).toContainEqual(['Reason', 'tcp_refused']);
    const { evidence } = anIncident();
    const plain = anIncident({
      reason: reason('tcp_refused', 'connect'),
      evidence: { ...evidence, silentFailure: false },
    });
    expect(describe(aNotice({ incident: plain })).facts).toContainEqual(['Layer', 'network']);
    const facts = ['dns', 'tls', 'health_url'].map((label) => ({ label, value: 'ok' }));
    const steps = describe(aNotice({ incident: anIncident({ evidence: { ...evidence, texts: [], facts } }) })).facts;
    expect(steps.slice(0, 3).map(([label]) => label)).toEqual(['DNS', 'TLS', 'Health URL']);
  });

  test('says what to try and where to look', () => {
    expect(message.tryThis[0]).toBe('Look for a query that holds connections.');
    expect(message.link.url).toBe('http://127.0.0.1:8080/incidents/inc-1');
  });
});

about('a recovery', () => {
  test('says how long it was down and how many probes failed', () => {
    const { subject, sentence, explanation, tone } = resolved('canary');
    expect(subject).toBe('UP · Orders MCP · back after 14 min');
    expect(`${sentence} ${explanation}`).toBe(
      'Orders MCP works again. Down 14 min (12:03–12:17 UTC). 23 probes failed.',
    );
    expect(tone).toBe('up');
  });

  test('tells both when nobody was told of the beginning', () => {
    const { subject, sentence } = describe(aRecovery({ wasDown: true }));
    expect(subject).toBe('UP · Orders MCP · was down 14 min');
    expect(sentence).toBe('Orders MCP was down 12:03–12:17 UTC and works again.');
  });

  test.each([
    ['protocol', 'UP · Orders MCP · back after 14 min', 'Orders MCP works again.'],
    ['health_url', 'UP · Orders MCP · healthy again after 14 min', 'Orders MCP reports itself healthy again.'],
    ['latency', 'UP · Orders MCP · fast again after 14 min', 'Orders MCP is fast enough again.'],
    ['auth', 'UP · Orders MCP · credentials accepted again after 14 min', 'Orders MCP accepts the credentials again.'],
  ] as const)('of %s is worded for it', (signal, subject, sentence) => {
    expect(resolved(signal)).toMatchObject({ subject, sentence });
  });

  test('of latency does not say that probes failed', () => {
    expect(resolved('latency').explanation).toBe('Slow 14 min (12:03–12:17 UTC). 23 probes saw it.');
  });
});

about('what is wrong, in a subject line', () => {
  test.each<[ReasonCode, Signal, string | undefined, string]>([
    [
      'health_status',
      'health_url',
      'The health URL answered 503: draining.',
      'DEGRADED · Orders MCP · health URL answers 503',
    ],
    [
      'latency_p95',
      'latency',
      'P95 of initialize is 640 ms; the limit is 500 ms.',
      'SLOW · Orders MCP · P95 of initialize is 640 ms, limit 500 ms',
    ],
    ['tcp_refused', 'protocol', undefined, 'DOWN · Orders MCP · connection refused'],
    ['http_server_error', 'protocol', 'The server answered 502.', 'DOWN · Orders MCP · answers HTTP 502'],
    ['auth_rejected', 'auth', undefined, 'NO ACCESS · Orders MCP · credentials rejected'],
  ])('%s', (code, signal, message, subject) => {
    expect(opened(code, signal, message).subject).toBe(subject);
  });

  test('a step that did not answer is named', () => {
    expect(shortReason({ reason: reason('timeout', 'initialize'), cause: null })).toBe(
      'initialize not answered in time',
    );
  });

  test('an empty tool list leaves the server degraded, not down', () => {
    const incident = anIncident({
      signal: 'protocol',
      level: 'warn',
      reason: reason('tools_list_empty', 'tools_list'),
      cause: null,
    });
    expect(describe(aNotice({ incident }))).toMatchObject({
      tone: 'degraded',
      subject: 'DEGRADED · Orders MCP · no tools listed',
    });
  });

  test('stays one line of bounded length', () => {
    const name = `Orders\r\nBcc: x ${'long '.repeat(100)}`;
    const { subject } = describe(aNotice({ server: { ...aNotice().server, name } }));
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject.length).toBeLessThanOrEqual(200);
  });
});

about('every reason, signal and cause', () => {
  test.each(CODES)('%s makes a plain sentence', (code) => {
    const { sentence, subject, tryThis } = opened(code, REASONS[code].turns ?? 'protocol');
    expect(sentence).toMatch(/^Orders MCP [a-z][^!]+\.$/);
    expect(subject).not.toMatch(/undefined|null|!/);
    expect(tryThis.length).toBeLessThanOrEqual(1);
  });

  test.each(SIGNALS)('the end of %s makes a plain sentence', (signal) => {
    expect(resolved(signal).sentence).toMatch(/^Orders MCP [a-z][^!]+\.$/);
  });

  test.each(CAUSES)('%s reads well after the reason', (code) => {
    const cause = { code, explanation: 'So it is.', advice: [] };
    const short = shortReason({ reason: reason('canary_is_error', 'canary'), cause });
    expect(short).toMatch(code === 'unknown' ? /^tool calls fail$/ : /^tool calls fail: [a-z ]+$/);
  });
});

about('sentences for the page', () => {
  test('an open incident says what, why and since when', () => {
    expect(incidentSentence(anIncident(), STARTED_AT + 14 * MINUTE)).toBe(
      'Orders MCP answers, but its tool calls fail. Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use. Since 12:03 UTC (14 min).',
    );
  });

  test('a closed one says how long it lasted', () => {
    const incident = anIncident({ resolvedAt: STARTED_AT + 14 * MINUTE, probeCount: 1 });
    expect(headline(incident)).toBe('Orders MCP works again.');
    expect(incidentSentence(incident, STARTED_AT + 60 * MINUTE)).toBe(
      'Orders MCP works again. Down 14 min (12:03–12:17 UTC). 1 probe failed.',
    );
  });

  test('without a cause the reason itself explains', () => {
    const incident = anIncident({
      cause: null,
      reason: reason('canary_is_error', 'canary', 'health_check returned isError: boom'),
    });
    expect(incidentSentence(incident, STARTED_AT)).toContain('health_check returned isError: boom');
    expect(describe(aNotice({ incident })).explanation).toBe(
      'health_check returned isError: boom. Since 12:03 UTC (40 s).',
    );
  });
});

test('a test notice says that it is one and that nothing is broken', () => {
  const notice = testNotice({ id: 't-1', at: STARTED_AT, publicUrl: 'http://127.0.0.1:8080', location: 'local' });
  expect(describe(notice)).toMatchObject({
    tone: 'test',
    subject: 'TEST · AliveMCP · this channel works',
    sentence: 'This is a test: the channel works and nothing is broken.',
    link: { url: 'http://127.0.0.1:8080' },
  });
});

test.each([
  ['https://user:pw@example.com:8443/mcp?key=abc&b=#frag', 'https://example.com:8443/mcp?key=***&b=***'],
  ['https://example.com/mcp', 'https://example.com/mcp'],
  ['https://example.com/mcp?key=***', 'https://example.com/mcp?key=***'],
  ['npx -y server --token abc', ''],
])('%s is shown as “%s”', (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
});

test('tools that changed are told by their differences, not as the server’s words', () => {
  const incident = anIncident({
    signal: 'tools',
    severity: 'major',
    reason: reason('tools_changed_breaking', 'tools_list', 'The tool ship is gone, and 1 more difference.'),
    cause: null,
    evidence: {
      texts: ['The tool ship is gone.', 'search: parameter zip is new.'],
      pools: [],
      silentFailure: false,
      facts: [],
    },
  });
  const { subject, sentence, facts, tryThis } = describe(aNotice({ incident }));
  expect(subject).toMatch(/^TOOLS CHANGED · .* · tools changed, callers may break$/);
  expect(sentence).toContain('calls that worked may fail');
  expect(facts.filter(([label]) => label === 'Difference').map(([, value]) => value)).toEqual([
    'The tool ship is gone.',
    'search: parameter zip is new.',
  ]);
  expect(tryThis[0]).toMatch(/accept them/);
});
