import { expect, test } from 'vitest';
import { groupBy } from '../../src/core/group.ts';
import { HOUR, MINUTE, pass, SECOND, servers, startEngine } from './support.ts';

const CHANNELS = {
  chat: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' },
  pager: { type: 'webhook', url: 'https://hooks.example.com/x' },
};

/** A server that has been up, and who is told of it. */
async function start(entry: Readonly<Record<string, unknown>> = {}, channels: object = CHANNELS) {
  const orders = { id: 'orders', channels: Object.keys(channels), ...entry };
  const engine = await startEngine(JSON.stringify({ channels, ...JSON.parse(servers(orders)) }));
  await pass(engine.clock, 2 * MINUTE);
  const notices = async () => (await engine.store.deliveries(null, { limit: 1000, cursor: null })).items.toReversed();
  /** Events by the message they came in. */
  const messages = async (channel: string) => {
    const own = (await notices()).filter((one) => one.channel === channel && one.status === 'delivered');
    return [...groupBy(own, ({ message }) => message)].map(([, all]) => all.map(({ notice }) => notice.event));
  };
  const flip = async (times: number, everyMs: number) => {
    for (let flips = 0; flips < times; flips += 1) {
      if (flips % 2 === 0) engine.prober.isDown('orders');
      else engine.prober.isWell('orders');
      await pass(engine.clock, everyMs);
    }
  };
  const turns = (to: 'bad' | 'good'): void => {
    if (to === 'bad') engine.prober.isDown('orders');
    else engine.prober.isWell('orders');
  };
  const { clock, store, monitor } = engine;
  return { clock, store, monitor, notices, messages, flip, turns };
}

test.each([
  ['2s', { down: 3, up: 2, recheck: '1s' }],
  ['5s', { down: 3, up: 2 }],
  ['10s', { down: 1, up: 1 }],
  ['30s', { down: 1, up: 1 }],
])(
  'a server that flips every 30 s for an hour, seen every %s: three messages to people at most, the machine hears of each change',
  async (interval, confirm) => {
    const { clock, messages, notices, flip } = await start({ interval, confirm });
    await flip(120, 30 * SECOND);
    const told = await messages('chat');
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.flat()).toContain('incident.flapping');
    const machine = (await messages('pager')).flat();
    expect(machine.length).toBeGreaterThan(50);
    expect(new Set(machine)).toEqual(new Set(['incident.opened', 'incident.resolved']));

    await pass(clock, 30 * MINUTE);
    expect((await messages('chat')).flat().filter((event) => event === 'incident.calm')).toHaveLength(1);
    expect((await messages('chat')).length).toBeLessThanOrEqual(4);
    expect((await notices()).filter(({ status }) => status === 'pending')).toEqual([]);
  },
);

test('at the defaults flips of 30 s are never confirmed: nobody is troubled', async () => {
  const { notices, flip } = await start();
  await flip(120, 30 * SECOND);
  expect(await notices()).toEqual([]);
});

test('a server that flapped and then stays down is told as down, and later as up', async () => {
  const { clock, turns, messages, flip } = await start({ interval: '10s', confirm: { down: 1, up: 1 } });
  await flip(7, 30 * SECOND);
  await pass(clock, 5 * MINUTE);
  expect((await messages('chat')).flat()).toEqual([
    'incident.opened',
    'incident.resolved',
    'incident.flapping',
    'incident.opened',
  ]);
  turns('good');
  await pass(clock, MINUTE);
  expect((await messages('chat')).flat().at(-1)).toBe('incident.resolved');
});

test('down twice in half an hour is no flapping: each is told, the second a minute after its confirmation', async () => {
  const { clock, turns, messages } = await start();
  turns('bad');
  await pass(clock, 5 * MINUTE);
  turns('good');
  await pass(clock, 10 * MINUTE);
  turns('bad');
  await pass(clock, 4 * MINUTE);
  expect((await messages('chat')).flat()).toEqual(['incident.opened', 'incident.resolved', 'incident.opened']);
});

test('an incident that nobody acknowledges is told again after 1 h, 2 h, 4 h; acknowledged, no more', async () => {
  const { clock, turns, store, monitor, notices, messages } = await start({ alerts: { reminder: '1h' } });
  turns('bad');
  const reminders = async () => (await notices()).filter(({ notice }) => notice.event === 'incident.reminder');
  await pass(clock, 8 * HOUR);
  const [open] = await store.openIncidents();
  const at = (await reminders()).filter(({ channel }) => channel === 'chat').map(({ notice }) => notice.at);
  const hours = at.map((time) => Math.round((time - (open?.openedAt ?? 0)) / HOUR));
  expect(hours).toEqual([1, 3, 7]);
  expect((await messages('pager')).flat().filter((event) => event === 'incident.reminder')).toHaveLength(3);
  await monitor.acknowledge(open?.id ?? '', null);
  await pass(clock, 30 * HOUR);
  expect(await reminders()).toHaveLength(6);
  turns('good');
  await pass(clock, 5 * MINUTE);
  expect((await messages('chat')).flat().at(-1)).toBe('incident.resolved');
});

test('in quiet hours nobody is disturbed but for what is excepted; in the morning one message tells what came', async () => {
  // The fake clock starts at noon UTC.
  const quiet = { from: '12:00', to: '18:00', timezone: 'UTC' };
  const { clock, turns, messages, notices } = await start(
    {},
    {
      chat: { ...CHANNELS.chat, quiet },
      night: { ...CHANNELS.chat, quiet: { ...quiet, except: 'critical' } },
      pager: CHANNELS.pager,
    },
  );
  turns('bad');
  await pass(clock, 5 * MINUTE);
  expect(await messages('chat')).toEqual([]);
  expect(await messages('night')).toEqual([['incident.opened']]);
  expect(await messages('pager')).toEqual([['incident.opened']]);
  turns('good');
  await pass(clock, HOUR);
  turns('bad');
  await pass(clock, HOUR);
  expect(await messages('chat')).toEqual([]);
  await pass(clock, 5 * HOUR);
  expect(await messages('chat')).toEqual([['incident.resolved', 'incident.opened']]);
  const [first] = (await notices()).filter(({ channel, status }) => channel === 'chat' && status === 'delivered');
  expect(new Date(first?.deliveries[0]?.at ?? 0).getUTCHours()).toBe(18);
});
