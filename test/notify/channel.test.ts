import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChannelSpec } from '../../src/notify/channel.ts';
import { openChannel } from '../../src/notify/channel.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { previewers } from '../../src/notify/previewers.ts';
import { notifierKinds } from '../../src/notify/registry.ts';
import { testChannel } from '../../src/notify/test-channel.ts';
import { realClock } from '../fixtures/clock.ts';
import { aNotice } from '../fixtures/notices.ts';
import { answering, plainPost, startReceiver } from '../fixtures/receiver.ts';
import { startMailReceiver } from '../fixtures/smtp.ts';

const page = readFileSync(new URL('../../docs/reference/channels.md', import.meta.url), 'utf8');
const deps = { post: plainPost, clock: realClock, limits: LIMITS };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function spec(type: string, settings: Record<string, unknown>): ChannelSpec {
  return { id: 'ops', source: 'config', severity: 'major', tags: ['prod'], type, settings };
}

function context() {
  const publicUrl = 'https://alive.example.com';
  return { clock: realClock, publicUrl, location: 'fra', signal: AbortSignal.timeout(10_000) };
}

test('a channel keeps what it was configured with and says where it goes', () => {
  const channel = openChannel(spec('webhook', { url: 'https://hooks.example.com/private' }), deps);
  const { notifier, ...rest } = channel;
  expect(rest).toEqual({
    id: 'ops',
    kind: 'webhook',
    audience: 'machine',
    source: 'config',
    severity: 'major',
    tags: ['prod'],
    target: 'hooks.example.com',
  });
  expect(notifier.preview(aNotice()).kind).toBe('http');
});

test('a type that does not exist names those that do', () => {
  expect(() => openChannel(spec('pigeon', {}), deps)).toThrow(
    'there is no type “pigeon”; known are email, webhook, slack, ',
  );
});

test('every kind says which of its settings are secret, and has them', () => {
  for (const { settings, secrets } of notifierKinds.values()) {
    expect(secrets.length).toBeGreaterThan(0);
    expect(Object.keys(settings.shape)).toEqual(expect.arrayContaining([...secrets]));
  }
});

test.each([...notifierKinds.values()])('$kind is documented with every setting, and a form can ask for it', (kind) => {
  const [, section = ''] = page.split(`\n## ${kind.kind}\n`);
  const own = section.split('\n## ')[0];
  for (const key of Object.keys(kind.settings.shape)) expect(own).toContain(`\`${key}\``);
  const { fields } = kind.form;
  expect(fields.map(({ key }) => key).toSorted()).toEqual(Object.keys(kind.settings.shape).toSorted());
  expect(fields.filter(({ isSecret }) => isSecret).map(({ key }) => key)).toEqual(kind.secrets);
});

test('a form knows what may be left out and what is a list', () => {
  const marks = (kind: string) =>
    notifierKinds.get(kind)?.form.fields.map(({ key, isRequired, isList }) => [key, isRequired, isList]);
  expect(marks('email')).toEqual([
    ['to', true, true],
    ['from', true, false],
    ['smtp', true, false],
  ]);
  expect(marks('webhook')).toEqual([
    ['url', true, false],
    ['secret', false, false],
  ]);
});

test('what reached nobody can be looked at as a mail and as a signed webhook', () => {
  const [mail, post] = previewers().map((preview) => preview(aNotice()));
  expect(mail).toMatchObject({ kind: 'email', subject: 'DOWN · Orders MCP · tool calls fail: pool exhausted' });
  expect(post).toMatchObject({ kind: 'http', headers: { 'webhook-id': 'note-1' } });
});

describe('testing a channel', () => {
  test('sends one mail that says it is a test, and gives the server’s answer', async () => {
    const receiver = await startMailReceiver();
    open.push(receiver);
    const smtp = `smtp://127.0.0.1:${receiver.port}`;
    const channel = openChannel(spec('email', { to: ['ops@example.com'], from: 'a@example.com', smtp }), deps);
    const result = await testChannel(channel, context());

    expect(result).toMatchObject({ ok: true, answer: '250 queued as A1B2' });
    expect(result.ms).toBeGreaterThan(0);
    expect(receiver.mails.map(({ parsed }) => parsed.subject)).toEqual(['TEST · AliveMCP · this channel works']);
    expect(receiver.mails[0]?.parsed.text).toContain('https://alive.example.com');
  });

  test('posts one webhook of event test, which is over as it begins', async () => {
    const receiver = await startReceiver(answering(202, 'ok'));
    open.push(receiver);
    const channel = openChannel(spec('webhook', { url: receiver.url }), deps);
    await expect(testChannel(channel, context())).resolves.toMatchObject({ ok: true, answer: 'answered 202: ok' });

    const body = JSON.parse(receiver.posts[0]?.body ?? '');
    expect(body).toMatchObject({ event: 'test', severity: 'info', location: 'fra', was_down: false });
    expect(body.resolved_at).toBe(body.started_at);
  });

  test('gives a refusal in the receiver’s words', async () => {
    const receiver = await startReceiver(answering(403, 'who are you?'));
    open.push(receiver);
    const channel = openChannel(spec('webhook', { url: receiver.url }), deps);
    const result = await testChannel(channel, context());
    expect(result).toMatchObject({ ok: false, answer: 'answered 403: who are you?' });
    expect(receiver.posts).toHaveLength(1);
  });
});
