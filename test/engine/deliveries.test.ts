import { expect, onTestFinished, test } from 'vitest';
import type { Channel } from '../../src/core/ports.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import { createBus } from '../../src/engine/bus.ts';
import { createDeliveries } from '../../src/engine/deliveries.ts';
import { createIds } from '../../src/engine/ids.ts';
import { createSelf } from '../../src/engine/self.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aNotice, anIncident } from '../fixtures/notices.ts';
import { keepingLog } from '../store/quiet.ts';
import { until } from './courier-house.ts';
import { openMemory, SECOND } from './support.ts';

type Mood = 'well' | 'refuses' | 'is busy';

/** The courier with what is said of it, and three channels whose receivers are in the mood given. */
async function start(moods: Record<string, Mood>, severities: Partial<Record<string, Channel['severity']>> = {}) {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const log = keepingLog();
  const bus = createBus({ log });
  const publicUrl = 'http://127.0.0.1:8080';
  const heard: { readonly channel: string; readonly subject: string }[] = [];
  const channels = new Map(
    Object.keys(moods).map((id): [string, Channel] => {
      const send: Channel['notifier']['send'] = async ({ event, incident, server }) => {
        if (moods[id] !== 'well')
          throw new DeliveryError(moods[id] === 'refuses' ? '550 no such user' : '451 later', {
            retry: moods[id] === 'is busy',
          });
        heard.push({ channel: id, subject: `${event} ${server.name} ${incident.reason.message}` });
        return '250 OK';
      };
      const preview = () => ({ kind: 'email' as const, subject: '', text: '', html: '' });
      const common = { kind: 'webhook', audience: 'machine', source: 'config', target: `${id}.example.com` } as const;
      return [id, { id, ...common, severity: severities[id] ?? null, tags: [], notifier: { send, preview } }];
    }),
  );
  const routes = () => [...channels.values()];
  const newId = createIds(clock);
  const wake = () => deliveries.courier.wake();
  const self = createSelf({ store, routes, location: 'local', publicUrl, newId, clock, bus, log, wake });
  const deliveries = await createDeliveries({ store, channels: () => channels, clock, log, bus, self, publicUrl });
  onTestFinished(() => deliveries.courier.stop());
  const put = async (id: string, channel: string) => {
    const incident = anIncident({ id, serverId: id });
    await store.saveIncident(incident, [{ notice: aNotice({ id, at: clock.now(), incident }), channel }]);
    wake();
  };
  return { clock, store, channels, deliveries, moods, heard, put };
}

test('a notice that was given up is told of once, on one other channel that works, and its end is too', async () => {
  const { clock, store, deliveries, moods, heard, put } = await start({ ops: 'refuses', pager: 'well', chat: 'well' });
  await put('first', 'chat');
  await until(clock, async () => heard.length === 1);
  await put('a', 'ops');
  await until(clock, async () => heard.length === 2);
  await put('b', 'ops');
  await until(clock, async () => (await store.notice('b'))?.status === 'failed');
  await until(clock, async () => (await store.outbox()).pending === 0);
  expect(heard[1]).toEqual({
    channel: 'chat',
    subject: 'incident.opened AliveMCP monitor The channel “ops” failed: “550 no such user”.',
  });
  expect(heard).toHaveLength(2);
  expect((await store.openIncidents()).filter(({ about }) => about === 'channel:ops')).toHaveLength(1);

  moods['ops'] = 'well';
  expect(await deliveries.resend('a')).toBe(true);
  await until(clock, async () => heard.length === 4);
  expect(heard.slice(2)).toMatchObject([
    { channel: 'ops', subject: expect.stringMatching(/^incident.opened Orders/) },
    { channel: 'chat', subject: expect.stringMatching(/^incident.resolved AliveMCP monitor/) },
  ]);
});

test('a channel that fails again and again is told of before its first notice is given up', async () => {
  const { clock, heard, put } = await start({ ops: 'is busy', pager: 'well' });
  for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id, 'ops');
  await until(clock, async () => heard.length === 1);
  expect(heard[0]?.subject).toContain('The channel “ops” failed 5 times in a row: “451 later');
});

test('where no other channel works or wants to know, it is an incident all the same', async () => {
  const { clock, store, heard, put } = await start(
    { ops: 'refuses', pager: 'refuses', chat: 'well' },
    { chat: 'critical' },
  );
  await put('p', 'pager');
  await put('a', 'ops');
  await until(clock, async () => (await store.openIncidents()).filter(({ about }) => about !== undefined).length === 2);
  await until(clock, async () => (await store.outbox()).pending === 0);
  expect(heard).toEqual([]);
});

test('how each channel fares is told, with what waits and when it is tried next', async () => {
  const { clock, deliveries, put } = await start({ ops: 'is busy', pager: 'well' });
  await put('a', 'ops');
  await put('b', 'pager');
  await until(clock, async () => (await deliveries.standings()).get('pager')?.health.lastOk !== null);
  const standings = await deliveries.standings();
  expect(standings.get('pager')).toMatchObject({ circuit: 'closed', nextTryAt: null, pending: 0, failed: 0 });
  const ops = standings.get('ops');
  expect(ops).toMatchObject({
    circuit: 'closed',
    pending: 1,
    health: { failures: 1, lastFailure: { answer: '451 later' } },
  });
  expect(Math.abs((ops?.nextTryAt ?? 0) - clock.now() - 5 * SECOND)).toBeLessThanOrEqual(SECOND);
});

test('nobody is troubled any more by a channel that is gone', async () => {
  const { clock, store, channels, deliveries, put } = await start({ ops: 'refuses', pager: 'well' });
  const open = async () => (await store.openIncidents()).filter(({ about }) => about !== undefined);
  await put('a', 'ops');
  await until(clock, async () => (await open()).length === 1);
  channels.delete('ops');
  await deliveries.changed([]);
  expect(await open()).toEqual([]);
});
