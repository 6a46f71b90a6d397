import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type * as wire from '../../src/http/wire.ts';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { type Answer, answering, hanging, type Receiver, startReceiver } from '../fixtures/receiver.ts';
import { BROKEN, type Moody, startMoody, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const body = z.object({ event: z.string(), incident_id: z.string(), dedup_key: z.string(), was_down: z.boolean() });

interface Scene {
  readonly here: Place;
  readonly target: Moody;
  readonly receiver: Receiver;
  /** How the receiver answers from now on. */
  answer(next: Answer): void;
  /** What it got, in order. */
  told(): readonly (z.output<typeof body> & { readonly id: string })[];
}

/** A server that was up, a webhook, and a monitor that looks each second. */
async function scene(): Promise<Scene> {
  const target = await startMoody();
  onTestFinished(target.close);
  let current = answering(204);
  const receiver = await startReceiver((response, post) => current(response, post));
  onTestFinished(receiver.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['pager'] },
    channels: { pager: { type: 'webhook', url: receiver.url } },
    servers: [{ id: 'orders', url: target.url() }],
  });
  return {
    here,
    target,
    receiver,
    answer(next) {
      current = next;
    },
    told: () =>
      receiver.posts.map(({ headers, body: text }) => ({
        ...body.parse(JSON.parse(text)),
        id: String(headers['webhook-id']),
      })),
  };
}

async function opened(api: Api): Promise<wire.Incident> {
  const [incident] = await until(
    async () => {
      const found = await api.incidents();
      return found.length > 0 && found;
    },
    { what: 'an incident' },
  );
  if (incident === undefined) throw new Error('no incident');
  return incident;
}

test('killed while it tells of an incident: it tells it again under the same id, and of its end', async () => {
  const { here, target, told, answer } = await scene();
  const first = await here.serve();
  const before = openApi(first.url);
  await before.becomes('orders', 'up');
  answer(hanging);
  target.become(BROKEN);
  const incident = await opened(before);
  await until(() => told().length === 1, { what: 'the receiver is being told' });
  expect(await first.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });

  answer(answering(204));
  const second = await here.serve();
  const after = openApi(second.url);
  expect(await after.incident(incident.id)).toMatchObject({ state: 'open', started_at: incident.started_at });
  await until(() => told().length === 2, { what: 'it is told again' });
  target.become(WELL);
  await after.becomes('orders', 'up');
  await until(() => told().length === 3, { what: 'the end is told' });
  await after.probed('orders', (await after.probes('orders')).length + 2);

  const key = { incident_id: incident.id, dedup_key: `alivemcp-${incident.id}`, was_down: false };
  expect(told()).toMatchObject([
    { event: 'incident.opened', ...key },
    { event: 'incident.opened', ...key },
    { event: 'incident.resolved', ...key },
  ]);
  expect(told()[1]?.id).toBe(told()[0]?.id);
  expect(told()[2]?.id).not.toBe(told()[0]?.id);
  expect((await after.deliveries()).map(({ event, status }) => [event, status])).toEqual([
    ['incident.resolved', 'delivered'],
    ['incident.opened', 'delivered'],
  ]);
});

test('killed after it told of an incident: it does not tell it again, and tells of its end', async () => {
  const { here, target, told } = await scene();
  const first = await here.serve();
  const before = openApi(first.url);
  await before.becomes('orders', 'up');
  target.become(BROKEN);
  const incident = await opened(before);
  await until(async () => (await before.deliveries()).some(({ status }) => status === 'delivered'), {
    what: 'the receiver was told',
  });
  await first.stop('SIGKILL');

  const second = await here.serve();
  const after = openApi(second.url);
  expect(await after.server('orders')).toMatchObject({ state: 'down', open_incidents: [incident.id] });
  const probes = (await after.incident(incident.id)).probe_count;
  await until(async () => (await after.incident(incident.id)).probe_count > probes, { what: 'it is probed on' });
  target.become(WELL);
  await until(() => told().length > 1, { what: 'the end is told' });
  expect(told().map(({ event, incident_id }) => [event, incident_id])).toEqual([
    ['incident.opened', incident.id],
    ['incident.resolved', incident.id],
  ]);
  expect(await after.incidents()).toHaveLength(1);
});

test('killed while the receiver is away, and the server recovered meanwhile: one message tells both', {
  timeout: 120_000,
}, async () => {
  const { here, target, told, answer } = await scene();
  const first = await here.serve();
  const before = openApi(first.url);
  await before.becomes('orders', 'up');
  answer(answering(503));
  target.become(BROKEN);
  const incident = await opened(before);
  await until(() => told().length > 0, { what: 'the first try' });
  target.become(WELL);
  await before.becomes('orders', 'up');
  await first.stop('SIGKILL');
  const refused = told();

  answer(answering(204));
  const second = await here.serve();
  const after = openApi(second.url);
  await until(async () => (await after.deliveries()).every(({ status }) => status !== 'pending'), {
    what: 'nothing waits any more',
    ms: 60_000,
  });
  const [accepted, ...more] = told().slice(refused.length);
  expect(more).toEqual([]);
  expect(accepted).toMatchObject({ event: 'incident.resolved', incident_id: incident.id, was_down: true });
  // Before the end it tried to tell of the opening; after it, at most of both.
  for (const { event, id, was_down: wasDown } of refused) {
    if (event === 'incident.resolved') expect([id, wasDown]).toEqual([accepted?.id, true]);
    else expect(event).toBe('incident.opened');
  }
  expect((await after.deliveries()).map(({ event, status }) => [event, status])).toEqual([
    ['incident.resolved', 'delivered'],
    ['incident.opened', 'merged'],
  ]);
});
