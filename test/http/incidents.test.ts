import { expect, test } from 'vitest';
import type { QueuedNotice } from '../../src/core/notice.ts';
import {
  Channel,
  ChannelKindPage,
  ChannelPage,
  ChannelTest,
  Delivery,
  DeliveryPage,
  Incident,
  IncidentDetail,
  IncidentPage,
  Notice,
} from '../../src/http/schema-incident.ts';
import { notifierKinds } from '../../src/notify/registry.ts';
import { aNotice, anIncident, aRecovery, STARTED_AT } from '../fixtures/notices.ts';
import { start } from './start.ts';

function queued(changes: Partial<QueuedNotice> = {}): QueuedNotice {
  const fresh = { notice: aNotice(), channel: 'ops', message: null, nextTryAt: null, deliveries: [] };
  return { ...fresh, status: 'delivered', ...changes };
}

const refusal = { at: STARTED_AT, ms: 31, ok: false, answer: '451 try again later' };
const yes = { at: STARTED_AT + 5000, ms: 28, ok: true, answer: '250 OK: queued as 42' };

test('incidents are listed with what a person reads and what a program needs', async () => {
  const { get, memory, clock } = await start();
  clock.setWall(STARTED_AT + 60_000);
  memory.incidents = [anIncident()];
  const { items } = IncidentPage.parse((await get('/api/v1/incidents')).json);
  expect(items).toMatchObject([
    {
      id: 'inc-1',
      server: { id: 'orders', name: 'Orders MCP' },
      signal: 'canary',
      severity: 'critical',
      state: 'open',
      reason: { code: 'canary_is_error', layer: 'canary' },
      likely_cause: { code: 'pool_exhausted', advice: [expect.any(String), expect.any(String)] },
      evidence: { silent_failure: true, texts: ['timeout exceeded when trying to connect'], pools: [{ waiting: 7 }] },
      started_at: '2026-11-21T12:03:00.000Z',
      opened_at: '2026-11-21T12:03:40.000Z',
      resolved_at: null,
      duration_seconds: 60,
      probe_count: 3,
      told: ['ops'],
    },
  ]);
  expect(items[0]?.sentence).toMatch(/^Orders MCP .*tool calls/);
});

test.each([
  ['', ['open', 'past', 'other']],
  ['?state=open', ['open', 'other']],
  ['?state=resolved', ['past']],
  ['?server=orders', ['open', 'past']],
  ['?limit=1', ['open']],
])('GET /incidents%s lists %j', async (query, expected) => {
  const { get, memory } = await start();
  memory.incidents = [
    anIncident({ id: 'open' }),
    anIncident({ id: 'past', resolvedAt: STARTED_AT + 840_000 }),
    anIncident({ id: 'other', serverId: 'other' }),
  ];
  const page = IncidentPage.parse((await get(`/api/v1/incidents${query}`)).json);
  expect(page.items.map(({ id }) => id)).toEqual(expected);
  expect(page.next === null).toBe(query !== '?limit=1');
});

test('an incident that is over tells how long it lasted', async () => {
  const { get, memory } = await start();
  memory.incidents = [anIncident({ resolvedAt: STARTED_AT + 840_000 })];
  const incident = IncidentDetail.parse((await get('/api/v1/incidents/inc-1')).json);
  expect(incident).toMatchObject({ state: 'resolved', duration_seconds: 840, resolved_at: '2026-11-21T12:17:00.000Z' });
  expect(incident.sentence).toContain('14 min');
});

test('an incident shows every notice of it, every try with the answer, and the mail as it arrived', async () => {
  const { get, memory, monitor } = await start();
  monitor.listen({ id: 'ops' }, { id: 'ops', type: 'email' });
  memory.incidents = [anIncident()];
  memory.notices = [
    queued({ deliveries: [refusal, yes] }),
    queued({ notice: aRecovery(), status: 'pending', nextTryAt: STARTED_AT }),
  ];
  const { advice, notices } = IncidentDetail.parse((await get('/api/v1/incidents/inc-1')).json);
  expect(advice[0]).toBe('Look for a query that holds connections.');
  expect(notices).toMatchObject([
    {
      id: 'note-1',
      channel: 'ops',
      event: 'incident.opened',
      status: 'delivered',
      message: null,
      tries: [
        { ok: false, ms: 31, answer: '451 try again later' },
        { ok: true, answer: '250 OK: queued as 42' },
      ],
      previews: [{ kind: 'email', subject: 'DOWN · Orders MCP', html: '<p>It is down.</p>' }],
    },
    { id: 'note-2', event: 'incident.resolved', status: 'pending', next_try_at: '2026-11-21T12:03:00.000Z', tries: [] },
  ]);
});

test('a notice that reached nobody can be looked at as mail and as webhook', async () => {
  const { get, memory } = await start();
  memory.notices = [queued({ channel: null, status: 'nobody' })];
  const notice = Notice.parse((await get('/api/v1/deliveries/note-1')).json);
  expect(notice).toMatchObject({
    channel: null,
    status: 'nobody',
    previews: [{ kind: 'email' }, { kind: 'http', body: '{"version":1}' }],
  });
});

test('an incident is acknowledged with a note', async () => {
  const { call, memory } = await start();
  memory.incidents = [anIncident()];
  const answer = await call('POST', '/api/v1/incidents/inc-1/acknowledge', { note: 'Restarting the pool' });
  expect(Incident.parse(answer.json).acknowledged).toEqual({
    at: '2026-11-21T12:00:00.000Z',
    note: 'Restarting the pool',
  });
  const bare = await call('POST', '/api/v1/incidents/inc-1/acknowledge');
  expect(Incident.parse(bare.json).acknowledged).toMatchObject({ note: null });
});

test('the mail of a notice is a page that can do nothing', async () => {
  const { get, memory } = await start();
  memory.notices = [queued()];
  const mail = await get('/api/v1/deliveries/note-1/mail');
  expect(mail).toMatchObject({
    status: 200,
    text: '<p>It is down.</p>',
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
  expect(mail.headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'self'; sandbox$/);
});

test('deliveries are listed, and one that failed is sent again', async () => {
  const { call, get, memory } = await start();
  memory.notices = [queued({ status: 'failed', deliveries: [refusal] }), queued({ notice: aRecovery() })];
  const failed = DeliveryPage.parse((await get('/api/v1/deliveries?status=failed')).json);
  expect(failed.items).toMatchObject([{ id: 'note-1', incident: 'inc-1', server: { id: 'orders' }, status: 'failed' }]);
  const answer = await call('POST', '/api/v1/deliveries/note-1/resend');
  expect(Delivery.parse(answer.json)).toMatchObject({ id: 'note-1', status: 'pending' });
});

test('a notice that had no channel cannot be sent again', async () => {
  const { call, memory } = await start();
  memory.notices = [queued({ channel: null, status: 'nobody' })];
  expect(await call('POST', '/api/v1/deliveries/note-1/resend')).toMatchObject({ status: 404 });
});

test('a channel is added, tested, changed and removed', async () => {
  const { call, get } = await start();
  const added = await call('POST', '/api/v1/channels', { id: 'ops', type: 'email', smtp: 'smtp://user:s3cret@mail' });
  expect(added).toMatchObject({ status: 201, headers: { location: '/api/v1/channels/ops' } });
  expect(Channel.parse(added.json)).toMatchObject({ type: 'email', source: 'ui', config: { smtp: { set: true } } });
  const tried = await call('POST', '/api/v1/channels/ops/test');
  expect(ChannelTest.parse(tried.json)).toEqual({ ok: true, answer: '250 OK: queued as 42', ms: 12 });
  const changed = await call('PATCH', '/api/v1/channels/ops', { tags: ['prod'] });
  expect(Channel.parse(changed.json).config).toMatchObject({ tags: ['prod'] });
  expect(ChannelPage.parse((await get('/api/v1/channels')).json).items.map(({ id }) => id)).toEqual(['ops']);
  expect(await get('/api/v1/channels/ops')).toMatchObject({ status: 200 });
  expect(await call('DELETE', '/api/v1/channels/ops')).toMatchObject({ status: 204 });
  expect(ChannelPage.parse((await get('/api/v1/channels')).json)).toEqual({ items: [], next: null });
});

test('the kinds of channel say what each asks for', async () => {
  const { get } = await start({ channelForms: [...notifierKinds.values()].map(({ form }) => form) });
  const { items } = ChannelKindPage.parse((await get('/api/v1/channel-kinds')).json);
  expect(items.map(({ name, audience }) => `${name}: ${audience}`)).toEqual([
    'Email: people',
    'Webhook: machine',
    'Slack: people',
    'Discord: people',
    'Microsoft Teams: people',
    'Telegram: people',
    'ntfy: people',
    'PagerDuty: machine',
    'Alertmanager: machine',
  ]);
  expect(items[0]?.fields[0]).toEqual({
    key: 'to',
    label: 'To',
    hint: 'Several with commas.',
    example: 'ops@example.com',
    secret: false,
    required: true,
    list: true,
  });
});

test('channels come in pages', async () => {
  const { get, monitor } = await start();
  for (const id of ['c', 'a', 'b']) monitor.listen({ id }, { id });
  const first = ChannelPage.parse((await get('/api/v1/channels?limit=2')).json);
  expect(first.items.map(({ id }) => id)).toEqual(['a', 'b']);
  const second = ChannelPage.parse((await get(`/api/v1/channels?limit=2&cursor=${first.next}`)).json);
  expect(second).toMatchObject({ items: [{ id: 'c' }], next: null });
});
