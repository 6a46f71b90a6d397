import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { type ReceivedPost, startReceiver } from '../fixtures/receiver.ts';
import { startMailReceiver } from '../fixtures/smtp.ts';
import { until } from '../fixtures/until.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes for a signature').toString('base64')}`;
const LOGIN = { user: 'alive', password: 'mail-password-of-the-test' };

const body = z.object({
  version: z.literal(1),
  event: z.string(),
  dedup_key: z.string(),
  incident_id: z.string(),
  server: z.object({ id: z.string(), name: z.string(), url: z.string(), tags: z.array(z.string()) }),
  signal: z.string(),
  failure_layer: z.string(),
  reason: z.object({ code: z.string(), message: z.string() }),
  likely_cause: z.object({ code: z.string(), explanation: z.string(), advice: z.array(z.string()) }).nullable(),
  severity: z.string(),
  started_at: z.iso.datetime(),
  resolved_at: z.iso.datetime().nullable(),
  duration_seconds: z.number(),
  probe_count: z.number(),
  last_error: z.string(),
  evidence: z.looseObject({
    silent_failure: z.boolean(),
    pools: z.array(z.looseObject({ waiting: z.number().nullable() })),
  }),
  was_down: z.boolean(),
  location: z.string(),
  dashboard_url: z.url(),
});

/** The body, once its signature was verified as a receiver would. */
function verified({ headers, body: text }: ReceivedPost): z.output<typeof body> {
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
  return body.parse(new Webhook(SECRET).verify(text, signed));
}

test('the pool of a server runs dry: one mail and one webhook say so, one of each that it works again', {
  timeout: 120_000,
}, async () => {
  const smtp = await startMailReceiver({ login: LOGIN, starttls: true });
  onTestFinished(smtp.close);
  const hook = await startReceiver();
  onTestFinished(hook.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db', demo: true },
    defaults: { channels: ['ops', 'pager'] },
    channels: {
      ops: {
        type: 'email',
        to: ['ops@example.com'],
        from: 'alivemcp@example.com',
        smtp: `smtp://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${smtp.port}`,
      },
      pager: { type: 'webhook', url: hook.url, secret: SECRET },
    },
  });
  const program = await here.serve();
  const api = openApi(program.url);
  await api.becomes('pooled', 'up');
  const { demo_url: demo } = await api.summary();
  const switchFaults = async (path: string, wanted: object): Promise<void> => {
    const answer = await fetch(new URL(path, demo ?? ''), { method: 'POST', body: JSON.stringify(wanted) });
    expect(answer.status).toBe(200);
  };

  const brokenAt = Date.now();
  await switchFaults('faults/pooled/exhaust_pool', { on: true });
  const [opened] = await until(
    async () => {
      const found = await api.incidents('&server=pooled&state=open');
      return found.some(({ signal }) => signal === 'canary') && found.filter(({ signal }) => signal === 'canary');
    },
    { what: 'an incident of the canary', ms: 60_000 },
  );
  const secondsToIncident = (Date.now() - brokenAt) / 1000;
  await until(() => smtp.mails.length > 0 && hook.posts.length > 0, { what: 'mail and webhook' });
  expect(await api.server('pooled')).toMatchObject({
    state: 'down',
    silent_failure: true,
    pools: [{ waiting: 7, max: 10 }],
  });
  // Where the pool ran dry in the middle of a probe, after the health URL was asked, this one comes a probe later.
  const beside = await until(
    async () => (await api.incidents('&server=pooled&state=open')).find(({ signal }) => signal === 'health_url'),
    { what: 'an incident of the health URL', ms: 60_000 },
  );
  expect(beside).toMatchObject({ attached_to: opened?.id, told: null });

  const repairedAt = Date.now();
  await switchFaults('reset/pooled', {});
  await api.becomes('pooled', 'up', 60_000);
  const secondsToRecovery = (Date.now() - repairedAt) / 1000;
  await until(() => smtp.mails.length > 1 && hook.posts.length > 1, { what: 'the second mail and webhook' });
  // One more probe, so that what would come twice has had its time.
  await api.probed('pooled', (await api.probes('pooled')).length + 1, 60_000);

  expect(hook.posts).toHaveLength(2);
  const [down, up] = hook.posts.map(verified);
  expect(down).toMatchObject({
    event: 'incident.opened',
    incident_id: opened?.id,
    server: { id: 'pooled', name: 'Orders MCP' },
    signal: 'canary',
    failure_layer: 'canary',
    reason: { code: 'canary_is_error' },
    likely_cause: { code: 'pool_exhausted' },
    severity: 'critical',
    resolved_at: null,
    evidence: { silent_failure: true, pools: [{ total: 10, idle: 0, used: 10, waiting: 7, max: 10, utilization: 1 }] },
    was_down: false,
    location: 'local',
    dashboard_url: `${program.url}/incidents/${opened?.id}`,
  });
  expect(up).toMatchObject({
    event: 'incident.resolved',
    dedup_key: down?.dedup_key,
    incident_id: opened?.id,
    was_down: false,
  });
  expect(Date.parse(up?.resolved_at ?? '')).toBeGreaterThan(repairedAt);

  expect(smtp.mails.map(({ parsed, to, secure, user }) => ({ subject: parsed.subject, to, secure, user }))).toEqual([
    {
      subject: 'DOWN · Orders MCP · tool calls fail: pool exhausted',
      to: ['ops@example.com'],
      secure: true,
      user: 'alive',
    },
    {
      subject: expect.stringMatching(/^UP · Orders MCP · back after [\d.]+ s$/),
      to: ['ops@example.com'],
      secure: true,
      user: 'alive',
    },
  ]);
  const [downMail, upMail] = smtp.mails;
  expect(downMail?.parsed.text).toContain('Orders MCP answers, but its tool calls fail.');
  expect(downMail?.parsed.text).toContain('silent failure: the protocol answers');
  expect(downMail?.parsed.text).toMatch(
    /Others see +A ping: up, 200 in [\d.]+ m?s\. Handshake: ok\. \d+ tools?: ok\. Tool calls: fail\. Health URL: 503\./,
  );
  expect(downMail?.parsed.text).toMatch(/7 \w+ waiting, 10 of 10 connections in use/);
  expect(upMail?.parsed.references).toBe(downMail?.parsed.references);

  const deliveries = await api.deliveries();
  expect(
    deliveries.map(({ event, channel, status, tries }) => [event, channel, status, tries.length]).toSorted(),
  ).toEqual([
    ['incident.opened', 'ops', 'delivered', 1],
    ['incident.opened', 'pager', 'delivered', 1],
    ['incident.resolved', 'ops', 'delivered', 1],
    ['incident.resolved', 'pager', 'delivered', 1],
  ]);
  expect(hook.posts.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual(
    deliveries.flatMap(({ id, channel }) => (channel === 'pager' ? [id] : [])).toSorted(),
  );
  expect((await api.incidents('&server=pooled')).filter(({ state }) => state === 'open')).toEqual([]);
  expect((await api.incident(opened?.id ?? '')).notices).toHaveLength(4);
  expect(program.stderr()).toBe('');
  console.info(`incident after ${secondsToIncident.toFixed(1)} s, up again after ${secondsToRecovery.toFixed(1)} s`);
});
