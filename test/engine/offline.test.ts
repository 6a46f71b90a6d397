import { expect, test } from 'vitest';
import type { Sight } from '../../src/core/offline.ts';
import type { Lookout } from '../../src/core/ports.ts';
import type { ReasonCode } from '../../src/core/reasons.ts';
import { reason } from '../../src/core/reasons.ts';
import type { StepName } from '../../src/core/step.ts';
import { uptimeOf } from '../../src/core/uptime.ts';
import { aFailure } from '../fixtures/facts.ts';
import { HOUR, MINUTE, pass, SECOND, startEngine } from './support.ts';

type Started = Awaited<ReturnType<typeof startEngine>>;

const CONTROL = 'https://control.example.org/';

/** A network whose parts can be told to be gone. Every host lies in a network of its own. */
function createWorld() {
  const world = { kind: 'answered' as Sight['kind'], control: 'answered' as Sight['kind'], asked: 0, knocked: 0 };
  const addresses = new Map<string, string>();
  const sightOf = (url: string, kind: Sight['kind']): Sight => {
    const host = new URL(url).hostname;
    if (!addresses.has(host)) addresses.set(host, `9.${addresses.size % 250}.0.1`);
    const address = kind === 'unresolved' ? null : (addresses.get(host) ?? null);
    return { host, kind, address, status: null, message: `${host} is ${kind}.` };
  };
  const lookout: Lookout = {
    ask: async (url) => {
      world.asked += 1;
      return sightOf(url, world.control);
    },
    knock: async (url) => {
      world.knocked += 1;
      return sightOf(url, world.kind);
    },
    hasAddress: () => true,
  };
  return { world, lookout };
}

/** `count` servers of as many domains, all told to one channel. */
function many(count: number, extra: object = {}): string {
  return JSON.stringify({
    channels: { ops: { type: 'webhook', url: 'https://hooks.example.com/x' } },
    defaults: { channels: ['ops'], announce_first: true, alerts: { latency: [] } },
    servers: Array.from({ length: count }, (_, at) => ({ id: `s${at}`, url: `https://s${at}.d${at}.example/mcp` })),
    ...extra,
  });
}

function lose({ prober }: Started, ids: readonly string[], code: ReasonCode, step: StepName): void {
  for (const id of ids) prober.sees(id, aFailure(reason(code, step)));
}

const idsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `s${at}`);

async function toldBy({ store }: Started): Promise<readonly string[]> {
  const { items } = await store.deliveries(null, { limit: 1000, cursor: null });
  return items.map(({ notice }) => `${notice.event} ${notice.server.id} ${notice.incident.reason.code}`).reverse();
}

/** Of every server, what of its time counts as down, and what as nothing known; seconds. */
async function lostOf({ store, clock }: Started, ids: readonly string[], from: number) {
  const spans = await store.spans(ids, from, clock.now());
  const uptimes = ids.map((id) =>
    uptimeOf(
      spans.filter(({ serverId }) => serverId === id),
      from,
      clock.now(),
    ),
  );
  return {
    down: Math.max(...uptimes.map(({ downSeconds }) => downSeconds)),
    unknown: Math.min(...uptimes.map(({ unknownSeconds }) => unknownSeconds)),
  };
}

const SCENES = [
  [500, 'a control address', 'tcp_timeout', 'connect', CONTROL],
  [40, 'the hosts of the list', 'tcp_timeout', 'connect', undefined],
  [40, 'a control address, names not looked up', 'dns_failed', 'dns', CONTROL],
  [40, 'the hosts of the list, names not looked up', 'dns_failed', 'dns', undefined],
] as const;

test.each(SCENES)(
  '%i servers lose our network, by %s: one message, no page',
  async (count, _, code, step, controlUrl) => {
    const { world, lookout } = createWorld();
    const started = await startEngine(many(count), { lookout, ...(controlUrl === undefined ? {} : { controlUrl }) });
    const { clock, prober, monitor } = started;
    const ids = idsOf(count);
    const start = clock.now();
    await pass(clock, 2 * MINUTE);
    const gone = code === 'dns_failed' ? 'unresolved' : 'silent';
    Object.assign(world, { kind: gone, control: gone, asked: 0, knocked: 0 });
    lose(started, ids, code, step);
    await pass(clock, 5 * MINUTE);
    expect(await toldBy(started)).toEqual(['incident.opened _monitor monitor_offline']);
    expect(monitor.servers().every(({ status }) => status.reason?.code === 'monitor_offline')).toBe(true);
    const looks = controlUrl === undefined ? world.knocked / 12 : world.asked;
    expect(looks).toBeLessThan((5 * MINUTE) / SECOND / 2);

    Object.assign(world, { kind: 'answered', control: 'answered' });
    for (const id of ids) prober.isWell(id);
    await pass(clock, 3 * MINUTE);
    expect(await toldBy(started)).toEqual([
      'incident.opened _monitor monitor_offline',
      'incident.resolved _monitor monitor_offline',
    ]);
    expect(monitor.servers().every(({ status }) => status.state === 'up')).toBe(true);
    const { down, unknown } = await lostOf(started, ids, start);
    expect(down).toBe(0);
    expect(unknown).toBeGreaterThan(3 * 60);
    expect(await started.store.openIncidents()).toEqual([]);
  },
  120_000,
);

test.each(SCENES.map(([, ...scene]) => [40, ...scene] as const))(
  '%i servers are down while our network is there, by %s: each is down',
  async (count, _, code, step, controlUrl) => {
    const { world, lookout } = createWorld();
    const started = await startEngine(many(count), { lookout, ...(controlUrl === undefined ? {} : { controlUrl }) });
    const { clock } = started;
    await pass(clock, 2 * MINUTE);
    // Somebody of the list is reached, though its probe fails later: the network is there.
    world.kind = 'answered';
    lose(started, idsOf(count), code, step);
    await pass(clock, 3 * MINUTE);
    const open = await started.store.openIncidents();
    expect(open).toHaveLength(count);
    expect(open.some(({ serverId }) => serverId === '_monitor')).toBe(false);
  },
  120_000,
);

test('500 servers go down within an interval: people get three messages at most, a machine one for each', async () => {
  const slack = `https://hooks.slack.com/services/T1/B2/${'x'.repeat(24)}`;
  const channels = {
    chat: { type: 'slack', url: slack },
    pager: { type: 'webhook', url: 'https://hooks.example.com/x' },
  };
  const { world, lookout } = createWorld();
  const defaults = { channels: ['chat', 'pager'], announce_first: true, alerts: { latency: [] } };
  const started = await startEngine(many(500, { channels, defaults }), { lookout, controlUrl: CONTROL });
  const { clock, posts } = started;
  await pass(clock, 2 * MINUTE);
  const start = clock.now();
  lose(started, idsOf(500), 'tcp_timeout', 'connect');
  await pass(clock, 4 * MINUTE);
  expect(await started.store.openIncidents()).toHaveLength(500);
  // Once a second at most, and once at the start.
  expect(world.asked).toBeLessThanOrEqual(4 * 60 + 2);
  const told = (url: string) => posts.filter((one) => one.url === url);
  const first = told(slack)[0]?.at ?? 0;
  expect(first - start).toBeLessThan(2 * MINUTE);
  expect(told(slack).filter(({ at }) => at - first <= 2 * MINUTE).length).toBeLessThanOrEqual(3);
  expect(told('https://hooks.example.com/x')).toHaveLength(500);
  expect((await toldBy(started)).some((line) => line.includes('_monitor'))).toBe(false);
}, 120_000);

test('a network that is gone for less than five seconds is not told, and nobody is down', async () => {
  const { world, lookout } = createWorld();
  const started = await startEngine(
    many(20, { defaults: { interval: '2s', channels: ['ops'], announce_first: true } }),
    {
      lookout,
      controlUrl: CONTROL,
    },
  );
  const { clock, prober } = started;
  await pass(clock, MINUTE);
  world.control = 'silent';
  lose(started, idsOf(20), 'tcp_timeout', 'connect');
  await pass(clock, 4 * SECOND);
  world.control = 'answered';
  for (const id of idsOf(20)) prober.isWell(id);
  await pass(clock, MINUTE);
  expect(await toldBy(started)).toEqual([]);
});

test('a control address that went silent for a while and came back is believed when it falls silent again', async () => {
  const { world, lookout } = createWorld();
  const started = await startEngine(many(20), { lookout, controlUrl: CONTROL });
  const { clock, monitor } = started;
  await pass(clock, 2 * MINUTE);
  // It alone is gone, and one server with it.
  world.control = 'silent';
  lose(started, ['s0'], 'tcp_timeout', 'connect');
  await pass(clock, 5 * MINUTE);
  expect(monitor.server('s0')?.status.state).toBe('down');
  expect((await monitor.figures()).network).toMatchObject({ offlineSince: null, control: { ok: false } });
  world.control = 'answered';
  await pass(clock, HOUR);
  expect((await monitor.figures()).network.control).toMatchObject({ ok: true });

  Object.assign(world, { control: 'silent', kind: 'silent' });
  lose(started, idsOf(20), 'tcp_timeout', 'connect');
  await pass(clock, 5 * MINUTE);
  expect(await toldBy(started)).toEqual(['incident.opened s0 tcp_timeout', 'incident.opened _monitor monitor_offline']);
});

test('a control address that is dead for good is no longer the measure: the hosts of the list are', async () => {
  const { world, lookout } = createWorld();
  const started = await startEngine(many(20), { lookout, controlUrl: CONTROL });
  const { clock, monitor } = started;
  world.control = 'silent';
  lose(started, ['s0'], 'tcp_timeout', 'connect');
  await pass(clock, 10 * MINUTE);
  expect(monitor.server('s1')?.status.state).toBe('up');
  world.kind = 'silent';
  lose(started, idsOf(20), 'tcp_timeout', 'connect');
  await pass(clock, 5 * MINUTE);
  expect((await toldBy(started)).filter((line) => line.includes('_monitor'))).toEqual([
    'incident.opened _monitor monitor_offline',
  ]);
  expect(monitor.server('s1')?.status.state).toBe('unknown');
});

test('an outage that a crash cut short is ended by the next start', async () => {
  const { world, lookout } = createWorld();
  const first = await startEngine(many(20), { lookout, controlUrl: CONTROL });
  const { clock, store } = first;
  await pass(clock, 2 * MINUTE);
  world.control = 'silent';
  lose(first, idsOf(20), 'tcp_timeout', 'connect');
  await pass(clock, 2 * MINUTE);
  await first.stop();
  world.control = 'answered';
  const second = await startEngine(many(20), { clock, store, lookout, controlUrl: CONTROL });
  await pass(clock, 2 * MINUTE);
  expect(await toldBy(second)).toEqual([
    'incident.opened _monitor monitor_offline',
    'incident.resolved _monitor monitor_offline',
  ]);
});

test('an incident that was open before goes on: it neither ends nor begins anew while our network is gone', async () => {
  const { world, lookout } = createWorld();
  const started = await startEngine(many(20), { lookout, controlUrl: CONTROL });
  const { clock, prober, monitor } = started;
  await pass(clock, 2 * MINUTE);
  lose(started, ['s0'], 'tcp_refused', 'connect');
  await pass(clock, 5 * MINUTE);
  world.control = 'silent';
  lose(started, idsOf(20), 'tcp_timeout', 'connect');
  await pass(clock, 10 * MINUTE);
  world.control = 'answered';
  for (const id of idsOf(20).slice(1)) prober.isWell(id);
  await pass(clock, 5 * MINUTE);
  expect(monitor.server('s0')?.status.state).toBe('down');
  expect((await toldBy(started)).filter((line) => line.includes(' s0 '))).toEqual(['incident.opened s0 tcp_refused']);
});
