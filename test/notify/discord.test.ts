import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Notice } from '../../src/core/notice.ts';
import { discord } from '../../src/notify/discord.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice, aRecovery } from '../fixtures/notices.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const HOOK = `https://discord.com/api/webhooks/123456789012345678/${'a1B2-_'.repeat(11)}xy`;

const shape = z.strictObject({
  username: z.string(),
  content: z.string(),
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
  embeds: z.tuple([
    z.strictObject({ title: z.string(), description: z.string(), color: z.int(), timestamp: z.iso.datetime() }),
  ]),
});

function embedOf(notice: Notice) {
  const { content, embeds } = shape.parse(written(discord, { url: HOOK }, notice).body);
  return { content, ...embeds[0] };
}

/** What is left once every escaped character is taken out. */
function bare(text: string): string {
  return text.replace(/\\[^0-9A-Za-z\s]/g, '');
}

describe('a message', () => {
  test('says server and cause where a notification shows it, then what is broken, the evidence, what to try and where', () => {
    const { content, title, description } = embedOf(aNotice());
    expect(content).toBe('🟥 DOWN · Orders MCP · tool calls fail: pool exhausted');
    expect(title).toBe('Orders MCP answers, but its tool calls fail.');
    expect(description.split('\n\n').map((part) => part.slice(0, 24))).toEqual([
      'Its connection pool is e',
      '**It said:** “timeout ex',
      '**Try:**\n• Look for a qu',
      '[Open the incident](http',
    ]);
  });

  test('has the colour of its state and the time of the viewer', () => {
    expect(embedOf(aNotice()).color).toBe(0xd93a3a);
    expect(embedOf(aRecovery())).toMatchObject({ color: 0x2f9e5f, timestamp: '2026-11-21T12:17:20.000Z' });
  });

  test('pings nobody, formats nothing and stays within what Discord takes, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const { content, title, description } = embedOf(notice);
        expect(content.length).toBeLessThanOrEqual(2000);
        expect(title.length).toBeLessThanOrEqual(256);
        expect(description.length).toBeLessThanOrEqual(4096);
        for (const text of [content, title, description]) expect(text).not.toMatch(UNCLEAN);
        expect(bare(content + title)).not.toMatch(/[\\*_~`|<>[\]()#@]/);
        const own = /\*\*[^*\n]{0,100}:\*\*|\[Open the incident\]\(http:\/\/127[^)]*\)/g;
        expect(bare(description).replace(own, '')).not.toMatch(/[\\*_~`|<>[\]()#@]/);
      }),
    );
  });
});

describe('an answer', () => {
  const send = (status: number, body: string, headers = {}) =>
    sendTo(discord, (url) => ({ url }), { answers: [answering(status, body, headers)] });

  test('is asked for, because without being asked Discord never says no', async () => {
    let asked = '';
    const { said } = await sendTo(discord, (url) => ({ url }), {
      answers: [
        (response) => {
          asked = response.req.url ?? '';
          response.writeHead(200).end('{"id":"1234567890"}');
        },
      ],
    });
    expect(asked).toMatch(/\?token=very-private&wait=true$/);
    expect(said).toBe('answered 200: kept as message 1234567890');
  });

  test.each([
    [404, '{"message":"Unknown Webhook","code":10015}', 'Unknown Webhook', false],
    [401, '{"message":"Invalid Webhook Token","code":50027}', 'Invalid Webhook Token', false],
    [400, '{"embeds":["0"]}', '{"embeds":["0"]}', false],
    [500, '{"message":"500: Internal Server Error","code":0}', '500: Internal Server Error', true],
  ])('of %i is no, in Discord’s own words', async (status, body, words, retry) => {
    const { error } = await send(status, body);
    expect(error).toMatchObject({ message: `answered ${status}: ${words}`, retry });
  });

  test('that asks to slow down says how long, to the millisecond', async () => {
    const { error } = await send(429, '{"message":"You are being rate limited.","retry_after":0.6512,"global":false}');
    expect(error).toMatchObject({ retry: true, retryAfterMs: 652 });
  });
});

describe('settings', () => {
  test.each([HOOK, `${HOOK}?thread_id=123456789012345678`, 'https://discord.example.com/hooks/1'])(
    '%s is taken',
    (url) => {
      expect(complaintAbout(discord, { url })).toBeNull();
    },
  );

  test.each([
    'https://discord.com/channels/123456789012345678/123456789012345678',
    'https://discord.com/api/webhooks/1234/hunter2',
    `${HOOK}/slack`,
    HOOK.replace('https', 'http'),
    'discord.com/api/webhooks/1/hunter2',
  ])('%s is none of Discord’s', (url) => {
    expect(complaintAbout(discord, { url })).toBe(
      'expected the address of a Discord webhook, such as `https://discord.com/api/webhooks/…/…`',
    );
  });
});
