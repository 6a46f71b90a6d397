import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { GATHER_MS } from '../../src/core/pace.ts';
import type { Channel } from '../../src/core/ports.ts';
import { createChannelHealths } from '../../src/engine/channel-healths.ts';
import type { CourierDeps } from '../../src/engine/courier.ts';
import { createCourier } from '../../src/engine/courier.ts';
import { openChannel } from '../../src/notify/channel.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { createHttpPost } from '../../src/probe/http-post.ts';
import type { FakeClock } from '../fixtures/clock.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { answering, startReceiver } from '../fixtures/receiver.ts';
import type { MailBehaviour } from '../fixtures/smtp.ts';
import { startMailReceiver, startSilentServer } from '../fixtures/smtp.ts';
import { open, temporaryFolder } from '../store/folder.ts';
import { keepingLog } from '../store/quiet.ts';
import { incident, opening, resolving } from '../store/samples.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const MINUTE = 60_000;
const orders = incident('orders', 'i1');

/** The outbox on disk, the courier, and the way out through the guard: everything from a commit to a receiver. */
async function monitor(clock: FakeClock) {
  const store = await open(`sqlite:${temporaryFolder()}/alivemcp.db`, { clock });
  const channels = new Map<string, Channel>();
  const post = createHttpPost({ network: { mode: 'private', allow: [], deny: [] }, clock });
  return {
    store,
    channel(id: string, type: string, settings: Record<string, unknown>) {
      const spec = { id, type, settings, source: 'config', severity: null, tags: [] } as const;
      channels.set(id, openChannel(spec, { post, clock, limits: { ...LIMITS, smtpGreetingMs: 500 } }));
    },
    courier(changes: Partial<CourierDeps> = {}) {
      const onSettled = () => undefined;
      const all = () => channels;
      const healths = createChannelHealths({ health: new Map(), channels: all, clock });
      const publicUrl = 'http://127.0.0.1:8080';
      const deps = { store, healths, channels: all, clock, log: keepingLog(), random: () => 0.5, publicUrl, onSettled };
      const courier = createCourier({ ...deps, ...changes });
      onTestFinished(() => courier.stop());
      courier.wake();
      return courier;
    },
    statusOf: async (id: string) => (await store.notice(id))?.status,
    triesOf: async (id: string) => (await store.notice(id))?.deliveries ?? [],
  };
}

async function mailbox(behaviour: MailBehaviour = {}) {
  const receiver = await startMailReceiver(behaviour);
  onTestFinished(() => receiver.close());
  const smtp = `smtp://127.0.0.1:${receiver.port}`;
  return { ...receiver, settings: { to: ['ops@example.com'], from: 'alivemcp@example.com', smtp } };
}

test('an incident and its end reach a mailbox as two mails of one thread', async () => {
  const clock = createFakeClock();
  const { store, channel, courier, statusOf } = await monitor(clock);
  const { settings, mails } = await mailbox();
  channel('ops', 'email', settings);
  const { wake } = courier();

  await store.commit(opening(orders, 1, clock.now(), ['ops']));
  wake();
  await expect.poll(() => statusOf('i1-incident.opened-ops')).toBe('delivered');
  clock.advance(14 * MINUTE);
  await store.commit(resolving(orders, 2, clock.now(), ['ops']));
  wake();
  await expect.poll(() => statusOf('i1-incident.resolved-ops')).toBe('delivered');

  const [down, up] = mails.map(({ parsed }) => parsed);
  expect(down?.subject).toMatch(/^DOWN · /);
  expect(up?.subject).toMatch(/^UP · .* · back after /);
  expect(up?.references).toBe(down?.references);
});

test('what could not be delivered before the incident ended is told as one mail', async () => {
  const clock = createFakeClock();
  let isFull = true;
  const { store, channel, courier, statusOf, triesOf } = await monitor(clock);
  const { settings, mails } = await mailbox({
    atData: () => (isFull ? { code: 451, text: 'mailbox full' } : undefined),
  });
  channel('ops', 'email', settings);
  const { wake } = courier();

  await store.commit(opening(orders, 1, clock.now(), ['ops']));
  wake();
  await expect.poll(() => triesOf('i1-incident.opened-ops')).toMatchObject([{ ok: false, answer: '451 mailbox full' }]);
  clock.advance(2000);
  isFull = false;
  await store.commit(resolving(orders, 2, clock.now(), ['ops']));
  clock.advance(GATHER_MS);
  wake();
  await expect.poll(() => statusOf('i1-incident.resolved-ops')).toBe('delivered');

  expect(await statusOf('i1-incident.opened-ops')).toBe('merged');
  expect(mails).toHaveLength(1);
  expect(mails[0]?.parsed.subject).toMatch(/^UP · .* · was down /);
});

test.each([
  ['550 for every recipient', { atRecipient: () => ({ code: 550, text: 'no such user here' }) }, '550'],
  ['a wrong password', { login: { user: 'alive', password: 'right' } }, '535'],
] as const)(
  '%s gives the mail up at once: it is listed with the receiver’s words and goes out when asked for',
  async (_what, behaviour, code) => {
    const clock = createFakeClock();
    const { store, channel, courier, statusOf, triesOf } = await monitor(clock);
    const { settings, port } = await mailbox(behaviour);
    channel('ops', 'email', { ...settings, smtp: `smtp://alive:wrong-secret@127.0.0.1:${port}` });
    const { wake } = courier();
    await store.commit(opening(orders, 1, clock.now(), ['ops']));
    wake();
    await expect.poll(() => statusOf('i1-incident.opened-ops')).toBe('failed');
    const tries = await triesOf('i1-incident.opened-ops');
    expect(tries).toMatchObject([{ ok: false, answer: expect.stringContaining(code) }]);
    expect(JSON.stringify(tries)).not.toContain('wrong-secret');
    expect((await store.outbox()).failed).toBe(1);

    const mended = await mailbox();
    channel('ops', 'email', mended.settings);
    clock.advance(GATHER_MS);
    expect(await store.resend('i1-incident.opened-ops', clock.now())).toBe(true);
    wake();
    await expect.poll(() => statusOf('i1-incident.opened-ops')).toBe('delivered');
    expect(mended.mails).toHaveLength(1);
  },
);

test('a mail server that says nothing is tried again, and the mail comes when it speaks', async () => {
  const clock = createFakeClock();
  const { store, channel, courier, statusOf, triesOf } = await monitor(clock);
  const silent = await startSilentServer();
  onTestFinished(() => silent.close());
  const { settings, mails } = await mailbox();
  channel('ops', 'email', { ...settings, smtp: `smtp://127.0.0.1:${silent.port}` });
  const { wake } = courier();
  await store.commit(opening(orders, 1, clock.now(), ['ops']));
  wake();
  await expect.poll(() => triesOf('i1-incident.opened-ops'), { timeout: 30_000 }).toMatchObject([{ ok: false }]);
  expect(await statusOf('i1-incident.opened-ops')).toBe('pending');
  channel('ops', 'email', settings);
  clock.advance(6000);
  wake();
  await expect.poll(() => statusOf('i1-incident.opened-ops')).toBe('delivered');
  expect(mails).toHaveLength(1);
});

test('a webhook that answers 500 is posted again 5 s later with the same id and a signature of its own', async () => {
  const clock = createFakeClock(Date.now());
  const { store, channel, courier, statusOf, triesOf } = await monitor(clock);
  const receiver = await startReceiver(answering(500, 'restarting'), answering(200, 'thanks'));
  onTestFinished(() => receiver.close());
  channel('pager', 'webhook', { url: receiver.url, secret: SECRET });
  const { wake } = courier();

  await store.commit(opening(orders, 1, clock.now(), ['pager']));
  wake();
  await expect.poll(async () => (await triesOf('i1-incident.opened-pager')).length).toBe(1);
  clock.advance(4999);
  wake();
  await expect.poll(() => clock.untilNext()).toBeLessThanOrEqual(1000);
  expect(receiver.posts).toHaveLength(1);
  clock.advance(1000);
  await expect.poll(() => statusOf('i1-incident.opened-pager')).toBe('delivered');

  expect(await triesOf('i1-incident.opened-pager')).toMatchObject([
    { ok: false, answer: 'answered 500: restarting' },
    { ok: true, answer: 'answered 200: thanks' },
  ]);
  const posts = receiver.posts.map(({ headers, body }) => ({ headers: strings(headers), body }));
  expect(posts.map(({ headers }) => headers['webhook-id'])).toEqual(Array(2).fill('i1-incident.opened-pager'));
  expect(posts[1]?.headers['webhook-signature']).not.toBe(posts[0]?.headers['webhook-signature']);
  for (const { headers, body } of posts)
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ version: 1 });
});

test('a crash between the receiver’s yes and our note of it repeats the mail with the same Message-ID', async () => {
  const clock = createFakeClock();
  const { store, channel, courier, statusOf } = await monitor(clock);
  const { settings, mails } = await mailbox();
  channel('ops', 'email', settings);
  const crashing = {
    claim: store.claim,
    due: store.due,
    settle: () => Promise.reject(new Error('killed')),
  };
  await store.commit(opening(orders, 1, clock.now(), ['ops']));
  const first = courier({ store: crashing });
  await expect.poll(() => mails.length).toBe(1);
  await first.stop();
  expect(await statusOf('i1-incident.opened-ops')).toBe('pending');

  await store.freeLeases();
  courier();
  await expect.poll(() => statusOf('i1-incident.opened-ops')).toBe('delivered');
  expect(mails.map(({ parsed }) => parsed.messageId)).toEqual(Array(2).fill(mails[0]?.parsed.messageId));
});

test('a webhook into a network that our own rules forbid is not posted, and says so without its path', async () => {
  const clock = createFakeClock();
  const { store, channel, courier, triesOf } = await monitor(clock);
  channel('pager', 'webhook', { url: 'http://169.254.169.254/latest/very-private' });
  await store.commit(opening(orders, 1, clock.now(), ['pager']));
  courier();
  await expect.poll(async () => (await triesOf('i1-incident.opened-pager')).length).toBe(1);
  const [only] = await triesOf('i1-incident.opened-pager');
  expect(only?.ok).toBe(false);
  expect(only?.answer).toContain('169.254.169.254');
  expect(only?.answer).not.toContain('very-private');
});

function strings(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
