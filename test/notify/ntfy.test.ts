import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Notice } from '../../src/core/notice.ts';
import { ntfy } from '../../src/notify/ntfy.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice, anIncident, aRecovery } from '../fixtures/notices.ts';
import type { Answer } from '../fixtures/receiver.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const TOKEN = `tk_${'a1b2c'.repeat(5)}xyz9`;
const settings = { topic: 'alive-7fK2xQ9w', token: TOKEN };

const shape = z.strictObject({
  topic: z.string(),
  title: z.string(),
  message: z.string(),
  tags: z.array(z.string()),
  priority: z.int().min(1).max(5),
  click: z.url(),
});

function pushOf(notice: Notice, changes = {}) {
  const { body, text, headers } = written(ntfy, { ...settings, ...changes }, notice);
  return { ...shape.parse(body), bytes: Buffer.byteLength(text), headers };
}

describe('a message', () => {
  test('has server and cause as its title, then what is broken, the evidence and what to try', () => {
    const { title, message, tags, click } = pushOf(aNotice());
    expect(title).toBe('DOWN · Orders MCP · tool calls fail: pool exhausted');
    const [what, evidence, advice] = message.split('\n\n');
    expect(what).toMatch(/^Orders MCP answers, but its tool calls fail\.\nIts connection pool is exhausted/);
    expect(evidence).toMatch(/^It said: “timeout exceeded when trying to connect”\n/);
    expect(advice).toMatch(/^Try:\n• Look for a query/);
    expect({ tags, click }).toEqual({ tags: ['red_square'], click: 'http://127.0.0.1:8080/incidents/inc-1' });
  });

  test.each([
    ['critical', 5],
    ['major', 4],
    ['warning', 3],
    ['info', 2],
  ] as const)('of severity %s has priority %i', (severity, priority) => {
    expect(pushOf(aNotice({ incident: anIncident({ severity }) })).priority).toBe(priority);
  });

  test('of a recovery wakes nobody, and a configured priority holds for what is broken', () => {
    expect(pushOf(aRecovery())).toMatchObject({ priority: 3, tags: ['green_circle'] });
    expect(pushOf(aNotice(), { priority: 'low' }).priority).toBe(2);
    expect(pushOf(aNotice(), { priority: 1 }).priority).toBe(1);
    expect(pushOf(aRecovery(), { priority: 'max' }).priority).toBe(3);
  });

  test('stays within 4,096 bytes, and its JSON within twice that, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const { title, message, bytes } = pushOf(notice);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
        expect(bytes).toBeLessThanOrEqual(8192);
        expect(title).not.toMatch(UNCLEAN);
        expect(message).not.toMatch(UNCLEAN);
      }),
    );
  });

  test('brings no text of a target into a header', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        expect(Object.keys(pushOf(notice).headers)).toEqual(['content-type', 'user-agent', 'authorization']);
      }),
      { numRuns: 20 },
    );
  });
});

function send(...answers: readonly Answer[]) {
  return sendTo(ntfy, (url) => ({ ...settings, url: new URL(url).origin }), { answers });
}

describe('an answer', () => {
  test('is yes with a message’s id; the token proved who asks', async () => {
    const { said, posts } = await send(answering(200, '{"id":"sPs71M8A2T","event":"message"}'));
    expect(said).toBe('answered 200: kept as message sPs71M8A2T');
    expect(posts[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({ topic: settings.topic });
  });

  test.each([
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [413, 'attachment too large, or bandwidth limit reached', false],
    [429, 'limit reached: too many requests', true],
    [507, 'no space left', true],
  ])('of %i is no, in its own words', async (status, error, retry) => {
    const body = JSON.stringify({ code: status * 100 + 1, http: status, error });
    expect((await send(answering(status, body))).error).toMatchObject({
      message: `answered ${status}: ${error}`,
      retry,
    });
  });

  test('that repeats topic and token is kept without them', async () => {
    const { error } = await send((response, { headers, body }) =>
      response.writeHead(403).end(`${headers.authorization} ${JSON.parse(body).topic}`),
    );
    expect(error?.message).toBe('answered 403: [secret] [secret]');
  });
});

describe('settings', () => {
  test.each([
    {},
    { url: 'https://push.example.com' },
    { url: 'http://127.0.0.1:2586/' },
    { priority: 'high' },
    { priority: 5 },
  ])('%j is taken', (changes) => {
    expect(complaintAbout(ntfy, { ...settings, ...changes })).toBeNull();
  });

  test.each([
    [{ url: 'https://ntfy.sh/hunter2' }, /^expected the address of an ntfy server without the topic/],
    [{ topic: 'hunter2/x' }, /^expected a topic of 1 to 64/],
    [{ topic: '' }, /^expected a topic of 1 to 64/],
    [{ token: 'hunter2' }, /^expected an access token/],
    [{ priority: 'urgent-hunter2' }, /^expected `min`/],
    [{ priority: 6 }, /^expected `min`/],
  ])('%j is a mistake', (changes, words) => {
    expect(complaintAbout(ntfy, { ...settings, ...changes })).toMatch(words);
    expect(complaintAbout(ntfy, { ...settings, ...changes })).not.toContain('hunter2');
  });
});
