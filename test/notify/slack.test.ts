import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Notice } from '../../src/core/notice.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { slack } from '../../src/notify/slack.ts';
import { realClock } from '../fixtures/clock.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice, aRecovery } from '../fixtures/notices.ts';
import { answering, plainPost } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const HOOK = 'https://hooks.slack.com/services/T0AB1CD2E/B0FG3HI4J/kLmNoPqRsTuVwXyZ01234567';

const block = z.object({ type: z.string(), text: z.object({ type: z.string(), text: z.string() }) });
const shape = z.object({ text: z.string(), blocks: z.array(block) });

function blocksOf(notice: Notice) {
  return shape.parse(written(slack, { url: HOOK }, notice).body);
}

describe('a message', () => {
  test('says server and cause, what is broken, the evidence, what to try and where to look', () => {
    const { text, blocks } = blocksOf(aNotice());
    expect(text).toBe('🟥 DOWN · Orders MCP · tool calls fail: pool exhausted');
    const [header, what, facts, advice, link] = blocks.map((each) => each.text.text);
    expect(header).toBe(text);
    expect(what).toBe(
      'Orders MCP answers, but its tool calls fail.\nIts connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use. Since 12:03 UTC (40 s).',
    );
    expect(facts).toContain('*It said:* “timeout exceeded when trying to connect”');
    expect(advice).toMatch(/^\*Try:\*\n• Look for a query/);
    expect(link).toBe('<http://127.0.0.1:8080/incidents/inc-1|Open the incident>');
  });

  test('of a recovery says so at first sight and gives no advice', () => {
    const { text, blocks } = blocksOf(aRecovery());
    expect(text).toBe('🟢 UP · Orders MCP · back after 14 min');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'section']);
  });

  test('pings nobody, makes no link of its own and stays within what Slack takes, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const { text, blocks } = blocksOf(notice);
        expect(text.length).toBeLessThanOrEqual(150);
        expect(text).not.toMatch(/[<>]/);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const { type, text: part } of blocks) {
          expect(part.text.length).toBeGreaterThan(0);
          expect(part.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
          expect(part.text).not.toMatch(UNCLEAN);
          if (part.type === 'mrkdwn')
            expect(part.text.replace(/^<http:\/\/127[^<>|]*\|Open the incident>$/, '')).not.toMatch(/[<>`]/);
        }
      }),
    );
  });
});

describe('an answer', () => {
  const send = (status: number, body: string, headers = {}) =>
    sendTo(slack, (url) => ({ url }), { answers: [answering(status, body, headers)] });

  test.each(['ok', '{"ok":true}', ''])('of 200 %j is yes', async (body) => {
    expect((await send(200, body)).said).toMatch(/^answered 200/);
  });

  test.each([
    [404, 'no_service', false],
    [410, 'channel_is_archived', false],
    [400, 'invalid_blocks', false],
    [500, 'rollup_error', true],
    [200, 'invalid_token', true],
  ])('of %i %s is no, in Slack’s own word', async (status, word, retry) => {
    const { error } = await send(status, word);
    expect(error).toMatchObject({ message: `answered ${status}: ${word}`, retry });
  });

  test('of a server like Slack that says no in JSON is no', async () => {
    const { error } = await send(200, '{"success":false,"error":"unknown integration"}');
    expect(error).toMatchObject({ message: 'answered 200: unknown integration', retry: true });
  });

  test('that asks to slow down says how long', async () => {
    expect((await send(429, 'rate_limited', { 'retry-after': '30' })).error).toMatchObject({
      retry: true,
      retryAfterMs: 30_000,
    });
  });
});

describe('settings', () => {
  test.each([HOOK, 'https://hooks.slack-gov.com/services/T1/B2/abc', 'https://chat.example.com/hooks/x1'])(
    '%s is taken',
    (url) => {
      expect(complaintAbout(slack, { url })).toBeNull();
    },
  );

  test.each([
    'https://hooks.slack.com/services/T0AB1CD2E',
    'https://hooks.slack.com/triggers/T0AB1CD2E/123/hunter2',
    'http://hooks.slack.com/services/T1/B2/hunter2',
    'https://example.slack.com/archives/C012hunter2',
    'hooks.slack.com/services/T1/B2/hunter2',
  ])('%s is none of Slack’s, and is not repeated', (url) => {
    expect(complaintAbout(slack, { url })).toMatch(/^expected the address of a Slack incoming webhook/);
    expect(complaintAbout(slack, { url })).not.toContain('hunter2');
  });

  test('no part of the address but its host is shown', () => {
    const { target, notifier } = slack.open({ url: HOOK }, { post: plainPost, clock: realClock, limits: LIMITS });
    expect(target).toBe('hooks.slack.com');
    expect(JSON.stringify(notifier.preview(aNotice()))).not.toContain('kLmNoPqRsTuVwXyZ01234567');
  });
});
