import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Notice } from '../../src/core/notice.ts';
import { telegram } from '../../src/notify/telegram.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice } from '../fixtures/notices.ts';
import type { Answer } from '../fixtures/receiver.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const TOKEN = `123456789:AA${'xY-_z'.repeat(6)}abc`;
const settings = { token: TOKEN, chat_id: -1001234567890 };
const shape = z.object({ chat_id: z.number(), text: z.string(), parse_mode: z.literal('HTML') });

function textOf(notice: Notice): string {
  return shape.parse(written(telegram, settings, notice).body).text;
}

const OWN_TAGS = /<\/?b>|<a href="http:\/\/127\.0\.0\.1:8080\/[^"<>]*">|<\/a>/g;

function send(...answers: readonly Answer[]) {
  return sendTo(telegram, (url) => ({ ...settings, url: new URL(url).origin }), { answers });
}

describe('a message', () => {
  test('says server and cause, what is broken, the evidence, what to try and where to look', () => {
    expect(textOf(aNotice()).split('\n\n')).toEqual([
      '<b>🟥 DOWN · Orders MCP · tool calls fail: pool exhausted</b>',
      'Orders MCP answers, but its tool calls fail.\nIts connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use. Since 12:03 UTC (40 s).',
      expect.stringMatching(/^<b>It said:<\/b> “timeout exceeded when trying to connect”\n/),
      '<b>Try:</b>\n• Look for a query that holds connections.\n• Set an acquire timeout of 3–5 s so that calls fail fast.',
      '<a href="http://127.0.0.1:8080/incidents/inc-1">Open the incident</a>',
    ]);
  });

  test('names nobody, has no tag of its own and stays within 4,096 characters, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const text = textOf(notice);
        expect(text).not.toMatch(UNCLEAN);
        const words = text.replace(OWN_TAGS, '');
        expect(words).not.toMatch(/[<>"@]|&(?!(amp|lt|gt|quot);)/);
        expect(words.length).toBeLessThanOrEqual(4096);
      }),
    );
  });

  test('goes to the bot’s own address, and the token stands nowhere else', async () => {
    let asked = '';
    const { said, posts } = await send((response) => {
      asked = response.req.url ?? '';
      response.writeHead(200).end('{"ok":true,"result":{"message_id":42,"chat":{"title":"Ops"}}}');
    });
    expect(asked).toBe(`/bot${TOKEN}/sendMessage`);
    expect(said).toBe('answered 200: kept as message 42');
    expect(posts[0]?.body).not.toContain(TOKEN.slice(12));
  });
});

describe('an answer', () => {
  test.each([
    [400, 'Bad Request: chat not found', false],
    [401, 'Unauthorized', false],
    [403, 'Forbidden: bot was blocked by the user', false],
    [500, 'Internal Server Error', true],
  ])('of error %i is no, whatever the status says', async (code, description, retry) => {
    const body = JSON.stringify({ ok: false, error_code: code, description });
    const answers = await Promise.all([send(answering(code, body)), send(answering(200, body))]);
    expect(answers.map(({ error }) => error?.retry)).toEqual([retry, retry]);
    expect(answers.map(({ error }) => error?.message)).toEqual([
      `answered ${code}: ${description}`,
      `answered 200: ${description}`,
    ]);
  });

  test('that asks to slow down says how long', async () => {
    const body = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":35}}';
    expect((await send(answering(429, body))).error).toMatchObject({ retry: true, retryAfterMs: 35_000 });
  });

  test('of a group that became a supergroup names its new number', async () => {
    const body =
      '{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1009}}';
    expect((await send(answering(400, body))).error?.message).toBe(
      'answered 400: Bad Request: group chat was upgraded; its chat_id is now -1009',
    );
  });

  test('that repeats the token is kept without it', async () => {
    const { error } = await send((response) => response.writeHead(404).end(`no ${response.req.url}, no ${TOKEN}`));
    expect(error?.message).toContain('[secret]');
    expect(error?.message).not.toContain(TOKEN.slice(12));
  });

  test('that is a web page is no', async () => {
    expect((await send(answering(200, '<!DOCTYPE html><title>Sign in</title>'))).error).toMatchObject({
      message: 'answered 200: a web page in place of the receiver’s own answer; check the address',
      retry: true,
    });
  });
});

describe('settings', () => {
  test.each([{}, { chat_id: '-1001234567890' }, { chat_id: '@ops_room' }, { url: 'http://127.0.0.1:8081' }])(
    '%j is taken',
    (changes) => {
      expect(complaintAbout(telegram, { ...settings, ...changes })).toBeNull();
    },
  );

  test.each([
    [{ token: 'hunter2' }, /^expected a bot’s token/],
    [{ token: `bot${TOKEN}` }, /^expected a bot’s token/],
    [{ chat_id: 'ops room' }, /^expected a chat’s number/],
    [{ chat_id: 1.5 }, /^expected a chat’s number/],
    [{ url: 'http://127.0.0.1:8081?x=1' }, /^expected the address of your own Bot API server/],
  ])('%j is a mistake', (changes, words) => {
    expect(complaintAbout(telegram, { ...settings, ...changes })).toMatch(words);
    expect(complaintAbout(telegram, { ...settings, ...changes })).not.toContain('hunter2');
  });
});
