import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../src/core/notice.ts';
import { teams } from '../../src/notify/teams.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice } from '../fixtures/notices.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const FLOW =
  'https://default0a1b.2c.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0123abcd/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aZ09';

/** Every element of a card of one type, however deep. */
function all(type: string, node: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(node)) return node.flatMap((each) => all(type, each));
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.fromEntries(Object.entries(node));
  return [...(own['type'] === type ? [own] : []), ...Object.values(own).flatMap((each) => all(type, each))];
}

function cardOf(notice: Notice) {
  const { body, text } = written(teams, { url: FLOW }, notice);
  return { body, texts: all('TextRun', body).map((run) => String(run['text'])), bytes: Buffer.byteLength(text) };
}

describe('a message', () => {
  test('is an Adaptive Card in the envelope that a workflow takes', () => {
    expect(written(teams, { url: FLOW }, aNotice()).body).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', version: '1.4', msteams: { width: 'Full' } },
        },
      ],
    });
  });

  test('says server and cause, what is broken, the evidence, what to try and where to look, in this order', () => {
    const { texts, body } = cardOf(aNotice());
    expect(texts.slice(0, 5)).toEqual([
      '🟥 DOWN · Orders MCP · tool calls fail: pool exhausted',
      'Orders MCP answers, but its tool calls fail.',
      'Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use. Since 12:03 UTC (40 s).',
      'It said',
      '“timeout exceeded when trying to connect”',
    ]);
    expect(texts.slice(-3)).toEqual([
      'Try',
      '• Look for a query that holds connections.',
      '• Set an acquire timeout of 3–5 s so that calls fail fast.',
    ]);
    expect(all('Action.OpenUrl', body)).toEqual([
      { type: 'Action.OpenUrl', title: 'Open the incident', url: 'http://127.0.0.1:8080/incidents/inc-1' },
    ]);
  });

  test('has no text in which Markdown means anything, and stays below 28 KB, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const { body, texts, bytes } = cardOf(notice);
        expect(bytes).toBeLessThanOrEqual(28 * 1024);
        expect([...all('TextBlock', body), ...all('FactSet', body)]).toEqual([]);
        for (const text of texts) {
          expect(text).not.toMatch(UNCLEAN);
          expect(text).not.toContain('{{');
        }
      }),
    );
  });

  test('that is long in every part says how much is left out', () => {
    const facts = Array.from({ length: 20 }, (_, at) => ({ label: `fact ${at}`, value: '漢'.repeat(500) }));
    const { texts, bytes } = cardOf(
      aNotice({ incident: { ...aNotice().incident, evidence: { texts: [], pools: [], silentFailure: false, facts } } }),
    );
    expect(bytes).toBeLessThanOrEqual(28 * 1024);
    expect(texts).toContainEqual(expect.stringMatching(/^… and \d+ more$/));
  });
});

describe('an answer', () => {
  const send = (status: number, body: string) =>
    sendTo(teams, (url) => ({ url }), { answers: [answering(status, body)] });

  test.each([
    [202, ''],
    [200, '1'],
  ])('of %i %j is yes', async (status, body) => {
    expect((await send(status, body)).error).toBeNull();
  });

  test.each([
    [
      401,
      '{"error":{"code":"DirectApiAuthorizationRequired","message":"The request must be authenticated."}}',
      'DirectApiAuthorizationRequired: The request must be authenticated.',
      false,
    ],
    [404, '{"error":{"code":"WorkflowNotFound","message":"gone"}}', 'WorkflowNotFound: gone', false],
    [
      200,
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      true,
    ],
    [502, '', '', true],
  ])('of %i is no, in its own words', async (status, body, words, retry) => {
    const { error } = await send(status, body);
    expect(error?.message).toBe(words === '' ? `answered ${status}` : `answered ${status}: ${words}`);
    expect(error?.retry).toBe(retry);
  });
});

describe('settings', () => {
  test.each([
    FLOW,
    'https://prod-23.westeurope.logic.azure.com:443/workflows/0123/triggers/manual/paths/invoke?api-version=2016-06-01&sig=x',
    'https://relay.example.com/teams',
  ])('%s is taken', (url) => {
    expect(complaintAbout(teams, { url })).toBeNull();
  });

  test.each([
    FLOW.replace(/&sig=.*/, ''),
    FLOW.replace('https', 'http'),
    'https://teams.microsoft.com/l/channel/19%3ahunter2',
    'https://outlook.office.com/webhook/hunter2',
  ])('%s is no workflow’s', (url) => {
    expect(complaintAbout(teams, { url })).toBe(
      'expected the address that a Teams workflow (“When a Teams webhook request is received”) gives, with its `sig=`',
    );
  });
});
