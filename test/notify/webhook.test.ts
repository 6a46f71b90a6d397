import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { DeliveryError } from '../../src/core/ports.ts';
import { reason } from '../../src/core/reasons.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { webhook } from '../../src/notify/webhook.ts';
import { createFakeClock, realClock } from '../fixtures/clock.ts';
import { aNotice, anIncident, aPool, aRecovery } from '../fixtures/notices.ts';
import type { Answer, Receiver } from '../fixtures/receiver.ts';
import { answering, hanging, plainPost, startReceiver } from '../fixtures/receiver.ts';

const SECRET = `whsec_${Buffer.from('a key of thirty-two bytes exactly').toString('base64')}`;
const never = new AbortController().signal;
const open: Receiver[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function receiving(...answers: readonly Answer[]): Promise<Receiver> {
  const receiver = await startReceiver(...answers);
  open.push(receiver);
  return receiver;
}

function poster(url: string, { clock = realClock, secret = SECRET } = {}) {
  return webhook.open({ url, secret }, { post: plainPost, clock, limits: LIMITS }).notifier;
}

async function failure(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError)) throw new Error('expected a DeliveryError', { cause: error });
  return error;
}

describe('what is posted', () => {
  test('carries a signature that the Standard Webhooks library verifies, over exactly this body', async () => {
    const { url, posts } = await receiving(answering(200, 'thanks'));
    await expect(poster(url).send(aNotice(), never)).resolves.toBe('answered 200: thanks');

    const [post] = posts;
    const headers = Object.fromEntries(
      Object.entries(post?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(headers['webhook-id']).toBe('note-1');
    expect(headers['content-type']).toBe('application/json');
    const verified = new Webhook(SECRET).verify(post?.body ?? '', headers);
    expect(verified).toMatchObject({ version: 1, event: 'incident.opened' });
    expect(() => new Webhook(SECRET).verify(`${post?.body} `, headers)).toThrow('No matching signature');
  });

  test('is the documented body', async () => {
    const { url, posts } = await receiving();
    await poster(url).send(aNotice(), never);
    expect(JSON.parse(posts[0]?.body ?? '')).toEqual({
      version: 1,
      event: 'incident.opened',
      dedup_key: 'alivemcp-inc-1',
      incident_id: 'inc-1',
      server: { id: 'orders', name: 'Orders MCP', url: 'https://orders.example.com/mcp', tags: ['prod', 'postgres'] },
      signal: 'canary',
      failure_layer: 'canary',
      reason: {
        code: 'canary_is_error',
        message: 'health_check returned isError: timeout exceeded when trying to connect',
      },
      likely_cause: {
        code: 'pool_exhausted',
        explanation: 'Its connection pool is exhausted: 7 calls waiting, 10 of 10 connections in use.',
        advice: [
          'Look for a query that holds connections.',
          'Set an acquire timeout of 3–5 s so that calls fail fast.',
        ],
      },
      severity: 'critical',
      started_at: '2026-11-21T12:03:00.000Z',
      resolved_at: null,
      duration_seconds: 40,
      probe_count: 3,
      last_error: 'timeout exceeded when trying to connect',
      evidence: {
        silent_failure: true,
        texts: ['timeout exceeded when trying to connect'],
        ladder: [],
        pools: [
          {
            name: 'default',
            kind: 'postgres',
            total: 10,
            idle: 0,
            used: 10,
            waiting: 7,
            max: 10,
            utilization: 1,
            error_rate: null,
            lag_seconds: null,
          },
        ],
        facts: [
          { label: 'pool', value: '7 calls waiting, 10 of 10 connections in use' },
          { label: 'initialize', value: 'ok, 84 ms' },
        ],
      },
      was_down: false,
      location: 'local',
      dashboard_url: 'http://127.0.0.1:8080/incidents/inc-1',
    });
  });

  test('a recovery says when it ended and how long it lasted; without a cause likely_cause is null', async () => {
    const { url, posts } = await receiving();
    const incident = anIncident({ cause: null, resolvedAt: Date.UTC(2026, 10, 21, 12, 17, 0) });
    await poster(url).send(aRecovery({ wasDown: true, incident }), never);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      event: 'incident.resolved',
      dedup_key: 'alivemcp-inc-1',
      resolved_at: '2026-11-21T12:17:00.000Z',
      duration_seconds: 840,
      was_down: true,
      likely_cause: null,
    });
  });

  test('is unsigned where there is no secret', async () => {
    const { url, posts } = await receiving();
    const { notifier } = webhook.open({ url }, { post: plainPost, clock: realClock, limits: LIMITS });
    await notifier.send(aNotice(), never);
    expect(posts[0]?.headers['webhook-signature']).toBeUndefined();
    expect(posts[0]?.headers['webhook-id']).toBe('note-1');
  });

  test('stays small whatever a target publishes', async () => {
    const { url, posts } = await receiving();
    const text = '漢'.repeat(500);
    const pools = Array.from({ length: 50 }, () => ({ ...aPool(), name: 'p'.repeat(64) }));
    const texts = Array.from({ length: 50 }, () => text);
    const facts = Array.from({ length: 100 }, () => ({ label: 'fact', value: text }));
    const why = reason('canary_is_error', 'canary', text);
    const incident = anIncident({ reason: why, evidence: { texts, pools, facts, silentFailure: true } });
    await poster(url).send(aNotice({ incident }), never);
    expect(Buffer.byteLength(posts[0]?.body ?? '')).toBeLessThan(20_000);
  });

  test('each try has its own timestamp and the notice’s one id', async () => {
    const { url, posts } = await receiving(answering(500), answering(200));
    const clock = createFakeClock();
    const notifier = poster(url, { clock });
    await failure(notifier.send(aNotice(), never));
    clock.advance(5000);
    await notifier.send(aNotice(), never);

    const [first, second] = posts.map(({ headers }) => headers);
    expect([first?.['webhook-id'], second?.['webhook-id']]).toEqual(['note-1', 'note-1']);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(5);
    expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature']);
  });
});

describe('an answer that is not yes', () => {
  test.each([
    [500, true],
    [503, true],
    [408, true],
    [425, true],
    [429, true],
    [400, false],
    [401, false],
    [404, false],
    [410, false],
    [302, true],
    [307, true],
  ])('%i may be retried: %s', async (status, retry) => {
    const { url, posts } = await receiving(answering(status, 'no', { location: '/elsewhere' }));
    const error = await failure(poster(url).send(aNotice(), never));
    expect(error.retry).toBe(retry);
    expect(error.message).toContain(`answered ${status}`);
    expect(posts).toHaveLength(1);
  });

  test('Retry-After is passed on, in seconds and as a date', async () => {
    const clock = createFakeClock();
    const date = new Date(clock.now() + 90_000).toUTCString();
    const { url } = await receiving(
      answering(429, '', { 'retry-after': '120' }),
      answering(503, '', { 'retry-after': date }),
    );
    const notifier = poster(url, { clock });
    expect((await failure(notifier.send(aNotice(), never))).retryAfterMs).toBe(120_000);
    expect((await failure(notifier.send(aNotice(), never))).retryAfterMs).toBe(90_000);
  });

  test('a receiver that hangs is retried once its time is up', async () => {
    const { url, posts } = await receiving(hanging);
    const clock = createFakeClock();
    const sending = failure(poster(url, { clock }).send(aNotice(), never));
    await expect.poll(() => posts.length).toBe(1);
    clock.advance(9999);
    clock.advance(1);
    expect(await sending).toMatchObject({ message: 'No answer within 10 s.', retry: true });
  });

  test('a receiver that is not there is retried', async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const error = await failure(poster(receiver.url).send(aNotice(), never));
    expect(error).toMatchObject({ retry: true });
    expect(error.message).toMatch(/^No answer: /);
  });
});

describe('secrets', () => {
  test('are taken out of what the receiver says', async () => {
    const { url } = await receiving((response, { body }) => {
      response
        .writeHead(400)
        .end(`no such hook /hook/4d1b6c0f9a2e47aa token very-private key ${SECRET} ${body.length}`);
    });
    const error = await failure(poster(url).send(aNotice(), never));
    expect(error.message).not.toMatch(/4d1b6c0f9a2e47aa|very-private|whsec_/);
    expect(error.message).toContain('[secret]');
  });

  test('are not in the target or the preview', () => {
    const { target, notifier } = webhook.open(
      { url: 'https://hooks.example.com/services/T000/very-private', secret: SECRET },
      { post: plainPost, clock: realClock, limits: LIMITS },
    );
    expect(target).toBe('hooks.example.com');
    const preview = notifier.preview(aNotice());
    expect(JSON.stringify(preview)).not.toMatch(/very-private|whsec_/);
    expect(preview).toMatchObject({
      kind: 'http',
      headers: { 'webhook-id': 'note-1', 'webhook-signature': expect.stringMatching(/^v1,/) },
    });
  });

  test('the watched server’s address is posted without user, password and query values', async () => {
    const { url, posts } = await receiving();
    const server = { ...aNotice().server, url: 'https://me:hunter2@orders.example.com/mcp?key=abc#x' };
    await poster(url).send(aNotice({ server }), never);
    expect(JSON.parse(posts[0]?.body ?? '').server.url).toBe('https://orders.example.com/mcp?key=***');
  });
});

describe('settings', () => {
  const url = 'https://hooks.example.com/x';
  const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

  test.each([24, 32, 64])('a secret of %i bytes is taken', (bytes) => {
    expect(webhook.settings.safeParse({ url, secret: key(bytes) }).success).toBe(true);
  });

  test.each([key(23), key(65), 'hunter2', 'whsec_', 'whsec_not base64!', key(24).slice('whsec_'.length)])(
    '%j is no secret, and is not repeated',
    (secret) => {
      const { error } = webhook.settings.safeParse({ url, secret });
      expect(error?.issues[0]?.message).toMatch(/^expected `whsec_`/);
      expect(error?.issues[0]?.message).not.toContain(secret.length > 6 ? secret : 'hunter');
    },
  );

  test.each(['hooks.example.com', 'ftp://example.com', 'file:///etc/passwd', 'https://user:pass@example.com'])(
    '%s is no receiver',
    (bad) => {
      expect(webhook.settings.safeParse({ url: bad }).success).toBe(false);
    },
  );
});
