import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beats } from '../../src/core/beats.ts';
import type { Gap } from '../../src/core/gaps.ts';
import type { StateSpan } from '../../src/core/store.ts';
import { extend, joined, withGap } from '../../src/engine/spans.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { commit, status } from '../store/samples.ts';
import { HOUR, MINUTE, openMemory, pass, SECOND, servers, startEngine } from './support.ts';

const DAY = 24 * HOUR;
const orders = { id: 'orders', announce_first: true };

type Started = Awaited<ReturnType<typeof startEngine>>;

/** Minutes since the start, rounded; null: still so. */
async function spansOf({ store, clock }: Pick<Started, 'store' | 'clock'>, start: number) {
  const spans = await store.spans(['orders'], start - 2 * DAY, Math.max(clock.now(), start) + DAY);
  const minutes = (at: number | null) => (at === null ? null : Math.round((at - start) / MINUTE));
  return spans.map(({ state, from, to }) => [state, minutes(from), minutes(to)]);
}

async function untold({ store }: Pick<Started, 'store'>) {
  expect((await store.incidents({ state: null, serverId: null }, { limit: 10, cursor: null })).items).toEqual([]);
}

test('a process that stood still for hours: the time is labelled, nothing is told, nothing is caught up', async () => {
  const started = await startEngine(servers(orders));
  const { clock, prober, monitor } = started;
  const start = clock.now();
  await pass(clock, 10 * MINUTE);
  const before = prober.starts.length;
  clock.stall(3 * HOUR);
  await pass(clock, 5 * MINUTE);
  expect(prober.starts.length - before).toBeLessThanOrEqual(6);
  expect(await spansOf(started, start)).toEqual([
    ['up', 0, 11],
    ['not_monitored', 11, 191],
    ['up', 191, null],
  ]);
  expect(monitor.server('orders')).toMatchObject({ status: { state: 'up', since: start } });
  expect(monitor.server('orders')?.beats().slice(-8)).toMatch(/^-?u?n{5}u{1,2}$/);
  await untold(started);
});

test('a probe that was under way while the process stood still says nothing, whatever it saw', async () => {
  const started = await startEngine(servers({ ...orders, confirm: { down: 1, up: 1 } }));
  const { clock, prober, monitor } = started;
  const start = clock.now();
  await pass(clock, 10 * MINUTE);
  prober.takes('orders', 5 * SECOND);
  prober.isDown('orders');
  const asked = monitor.probeNow('orders');
  await pass(clock, SECOND);
  prober.takes('orders', 0);
  prober.isWell('orders');
  clock.stall(MINUTE);
  const record = await asked;
  expect(record?.judgement).toMatchObject({ state: 'unknown', reason: { code: 'not_monitored' } });
  await pass(clock, 3 * MINUTE);
  expect((await spansOf(started, start)).map(([state]) => state).filter((state) => state !== 'not_monitored')).toEqual(
    expect.arrayContaining(['up']),
  );
  expect(monitor.server('orders')?.status).toMatchObject({ state: 'up', since: start });
  await untold(started);
});

test.each([
  [
    'an hour forward',
    HOUR,
    [
      ['up', 0, 11],
      ['not_monitored', 11, 71],
      ['up', 71, null],
    ],
  ],
  [
    'a day forward',
    DAY,
    [
      ['up', 0, 11],
      ['not_monitored', 11, 1451],
      ['up', 1451, null],
    ],
  ],
  ['an hour back', -HOUR, [['up', -49, null]]],
])('a clock set %s: the jump is neither up nor down, and nothing is told', async (_, by, spans) => {
  const started = await startEngine(servers(orders));
  const { clock, monitor } = started;
  const start = clock.now();
  await pass(clock, 10 * MINUTE);
  clock.setWall(clock.now() + by);
  await pass(clock, 5 * MINUTE);
  expect(await spansOf(started, start)).toEqual(spans);
  expect(monitor.server('orders')?.status.state).toBe('up');
  await untold(started);
});

const JUMPS = [
  ['an hour forward', HOUR],
  ['an hour back', -HOUR],
  ['a day forward', DAY],
  ['a day back', -DAY],
] as const;

test.each(JUMPS)('a clock set %s among 200 servers, some of them slow: nobody is called down', async (_, by) => {
  const all = Array.from({ length: 200 }, (_one, at) => ({ id: `s${at}`, announce_first: true }));
  const { clock, prober, monitor, store } = await startEngine(servers(...all));
  for (const [at, { id }] of all.entries()) if (at % 3 === 0) prober.takes(id, 4 * SECOND);
  await pass(clock, 3 * MINUTE);
  for (let jump = 0; jump < 3; jump += 1) {
    clock.setWall(clock.now() + by);
    await pass(clock, 90 * SECOND);
  }
  await pass(clock, 3 * MINUTE);
  expect((await store.incidents({ state: null, serverId: null }, { limit: 10, cursor: null })).items).toEqual([]);
  expect((await store.deliveries(null, { limit: 10, cursor: null })).items).toEqual([]);
  expect(monitor.servers().every(({ status }) => status.state === 'up')).toBe(true);
});

test.each(JUMPS)('a clock set %s while a server is down: its incident goes on, and is told once', async (_, by) => {
  const { clock, prober, monitor, store } = await startEngine(servers(orders));
  await pass(clock, 3 * MINUTE);
  prober.isDown('orders');
  await pass(clock, 3 * MINUTE);
  const [opened] = await store.openIncidents();
  clock.setWall(clock.now() + by);
  await pass(clock, 5 * MINUTE);
  expect((await store.openIncidents()).map(({ id }) => id)).toEqual([opened?.id]);
  expect(monitor.server('orders')?.status.state).toBe('down');
  prober.isWell('orders');
  await pass(clock, 3 * MINUTE);
  expect(await store.openIncidents()).toEqual([]);
  const { items } = await store.incidents({ state: null, serverId: null }, { limit: 10, cursor: null });
  expect(items).toHaveLength(1);
  const told = (await store.deliveries(null, { limit: 10, cursor: null })).items;
  expect(told.map(({ notice }) => notice.event).toReversed()).toEqual(['incident.opened', 'incident.resolved']);
});

test('after a clock was set back, a server that breaks is down from then on, not in an hour', async () => {
  const started = await startEngine(servers(orders));
  const { clock, prober, monitor } = started;
  const start = clock.now();
  await pass(clock, 10 * MINUTE);
  clock.setWall(clock.now() - HOUR);
  await pass(clock, 2 * MINUTE);
  prober.isDown('orders');
  await pass(clock, 5 * MINUTE);
  expect(await spansOf(started, start)).toEqual([
    ['up', -49, -46],
    ['down', -46, null],
  ]);
  expect(monitor.server('orders')?.status.since).toBeLessThanOrEqual(clock.now());
});

test('a monitor that was stopped for hours: the time is labelled when the server is probed again', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers(orders), { clock, store });
  const start = clock.now();
  await pass(clock, 10 * MINUTE);
  await first.stop();
  clock.advance(5 * HOUR);
  const second = await startEngine(servers(orders), { clock, store });
  await pass(clock, MINUTE);
  expect(await spansOf({ store, clock }, start)).toEqual([
    ['up', 0, 11],
    ['not_monitored', 11, 310],
    ['up', 310, null],
  ]);
  await second.stop();
  clock.advance(20 * SECOND);
  await startEngine(servers(orders), { clock, store });
  await pass(clock, 2 * MINUTE);
  expect(await spansOf({ store, clock }, start)).toHaveLength(3);
});

test('counters towards a turn go on over a gap; the gap counts as nothing', async () => {
  const started = await startEngine(servers(orders));
  const { clock, prober, monitor, store } = started;
  const start = clock.now();
  await pass(clock, 10 * MINUTE + SECOND);
  prober.isDown('orders');
  await pass(clock, MINUTE);
  expect(monitor.server('orders')?.status).toMatchObject({ state: 'up' });
  const { count = 0 } = monitor.server('orders')?.status.signals.protocol.turning ?? {};
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(3);
  clock.stall(HOUR);
  await pass(clock, 3 * MINUTE);
  expect(monitor.server('orders')?.status).toMatchObject({ state: 'down' });
  const spans = await store.spans(['orders'], start, clock.now());
  expect(spans.map(({ state }) => state)).toEqual(['up', 'down', 'not_monitored', 'down']);
  const lost = spans.filter(({ state }) => state === 'down').map(({ from, to }) => (to ?? clock.now()) - from);
  expect(Math.max(...lost)).toBeLessThan(5 * MINUTE);
});

test.each(['0 * * * *', '*/5 * * * *'])('a server by cron (%s) has gaps, too', async (cron) => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(servers({ ...orders, cron }), { clock, store });
  const start = clock.now();
  await pass(clock, MINUTE);
  await first.stop();
  clock.advance(5 * HOUR);
  await startEngine(servers({ ...orders, cron }), { clock, store });
  await pass(clock, MINUTE);
  expect((await spansOf({ store, clock }, start)).map(([state]) => state)).toEqual(['up', 'not_monitored', 'up']);
});

const STATES = ['up', 'down', 'degraded', 'unknown'] as const;

test('whatever comes, memory and store agree on what was, and a gap stays one', async () => {
  const turn = fc.record({
    state: fc.constantFrom(...STATES),
    afterMs: fc.integer({ min: 1, max: 5 * MINUTE }),
    datedBackMs: fc.integer({ min: 0, max: 4 * MINUTE }),
    gapMs: fc.option(fc.integer({ min: -10 * MINUTE, max: HOUR }), { freq: 3 }),
  });
  const run = async (turns: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const clock = createFakeClock();
    const store = await openMemory(clock);
    let spans: readonly StateSpan[] = [];
    let [at, version, state]: [number, number, (typeof STATES)[number]] = [clock.now(), 1, 'up'];
    await store.commit(commit('orders', 1, at, { status: status('orders', 1, { state, since: at }) }));
    spans = extend(spans, 'orders', state, at);
    const gaps: Gap[] = [];
    for (const next of turns) {
      const from = at;
      at += next.afterMs + (next.gapMs ?? 0);
      version += 1;
      const gap = next.gapMs === null ? {} : { gap: { from: from + next.afterMs, to: at } };
      const since = next.state === state ? at : at - next.datedBackMs;
      const body = status('orders', version, { state: next.state, since });
      await store.commit(commit('orders', version, at, { status: body, ...gap }));
      if (gap.gap !== undefined) spans = withGap(spans, 'orders', gap.gap, state);
      if (gap.gap !== undefined && gap.gap.from >= at) gaps.length = 0;
      else if (gap.gap !== undefined) gaps.push(gap.gap);
      spans = extend(spans, 'orders', next.state, since);
      state = next.state;
    }
    const kept = await store.spans(['orders'], 0, Number.MAX_SAFE_INTEGER);
    expect(joined(kept)).toEqual(spans);
    for (const gap of gaps)
      expect(kept.some(({ state: was, from }) => was === 'not_monitored' && from === gap.from)).toBe(true);
  };
  await fc.assert(fc.asyncProperty(fc.array(turn, { maxLength: 12 }), run), { numRuns: 60 });
});

test('of a monitor that stays overloaded the gaps of a day are kept in memory', () => {
  let spans = extend([], 'orders', 'up', 0);
  for (let hour = 1; hour <= 48; hour += 1)
    spans = withGap(spans, 'orders', { from: hour * HOUR - MINUTE, to: hour * HOUR }, 'up');
  expect(spans[0]?.to).toBeGreaterThanOrEqual(24 * HOUR);
  expect(spans.at(-1)).toEqual({ serverId: 'orders', state: 'up', from: 48 * HOUR, to: null });
  expect(spans.filter(({ state }) => state === 'not_monitored')).toHaveLength(25);
});

test('a monitor that is overloaded all day, with a gap before each probe, keeps few spans and still shows what was down', () => {
  let spans: readonly StateSpan[] = [{ serverId: 'orders', state: 'up', from: 0, to: null }];
  let most = 0;
  for (let at = 10 * SECOND; at < DAY; at += 10 * SECOND) {
    const isDown = at > 12 * HOUR && at < 12 * HOUR + MINUTE;
    const [before] = spans.slice(-1);
    const state = before?.state === 'down' ? 'down' : 'up';
    spans = withGap(spans, 'orders', { from: at - 8 * SECOND, to: at }, state);
    spans = extend(spans, 'orders', isDown ? 'down' : 'up', at);
    most = Math.max(most, spans.length);
  }
  expect(most).toBeLessThan(600);
  expect(beats(spans, DAY)).toMatch(/^u{23}[du]d[du]u{22}$/);
  const apart = spans.filter((span, n) => n > 0 && span.from !== spans[n - 1]?.to);
  expect(apart).toEqual([]);
});
