import { expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { startDemo } from '../../src/demo/demo.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { createProber } from '../../src/probe/prober.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { startChanging } from '../fixtures/targets/changing.ts';
import { keepingLog } from '../store/quiet.ts';
import { MINUTE, openMemory, servers, startEngine } from './support.ts';

const city = { type: 'string', description: 'Where' };
const search = {
  name: 'search',
  description: 'Finds orders',
  inputSchema: { type: 'object', properties: { city }, required: ['city'] },
};
const ship = { name: 'ship', description: 'Ships', inputSchema: { type: 'object' } };
const page = { limit: 100, cursor: null };

/** A server with two tools, watched by the real prober, engine and store; probed by hand only. */
async function watching(entry: Readonly<Record<string, Json>> = {}) {
  const target = await startChanging([search, ship]);
  onTestFinished(target.close);
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const network = { mode: 'private', allow: [], deny: [] } as const;
  const log = keepingLog();
  const prober = createProber({ network, clock: systemClock, location: 'here', version: '0', log });
  const yaml = servers({ id: 'orders', url: target.url, interval: '7d', confirm: { down: 2, up: 2 }, ...entry });
  const given = { clock, store, prober };
  const started = await startEngine(yaml, given);
  const state = () => started.monitor.server('orders')?.status.state;
  const signal = () => started.monitor.server('orders')?.status.signals.tools;
  const probe = async (times = 1): Promise<void> => {
    for (let nth = 0; nth < times; nth += 1) {
      clock.advance(MINUTE);
      await started.monitor.probeNow('orders');
    }
  };
  const incidents = async () => (await store.incidents({ state: null, serverId: null }, page)).items;
  const changes = async () => (await store.toolChanges('orders', page)).items;
  await probe(2);
  return { ...started, target, store, clock, given, yaml, state, signal, probe, incidents, changes };
}

test('the first list is accepted; while it stays the same it is read once a probe', async () => {
  const { target, probe, signal, store, changes } = await watching();
  expect(signal()).toMatchObject({ level: 'ok' });
  const before = target.asked();
  await probe(3);
  expect(target.asked() - before).toBe(3);
  expect((await store.toolLists('orders'))?.current.tools.map(({ name }) => name)).toEqual(['search', 'ship']);
  expect(await changes()).toEqual([]);
});

test('tools and keys in another order are the same list', async () => {
  const { target, probe, signal, changes } = await watching();
  const { properties, ...rest } = search.inputSchema;
  target.lists([ship, { inputSchema: { ...rest, properties }, description: search.description, name: search.name }]);
  await probe(2);
  expect(signal()).toMatchObject({ level: 'ok', turning: null });
  expect(await changes()).toEqual([]);
});

test('a tool that is gone is read twice, degrades, and is a major incident that accepting ends', async () => {
  const { target, probe, state, store, monitor, incidents, changes } = await watching();
  target.lists([search]);
  const before = target.asked();
  await probe();
  expect(target.asked() - before).toBe(2);
  expect(await changes()).toMatchObject([
    { grade: 'breaking', differences: [{ tool: 'ship', message: 'The tool ship is gone.' }] },
  ]);
  await probe();
  expect(state()).toBe('degraded');
  expect(await incidents()).toMatchObject([
    {
      signal: 'tools',
      severity: 'major',
      reason: { code: 'tools_changed_breaking', layer: 'drift', message: 'The tool ship is gone.' },
      evidence: { texts: ['The tool ship is gone.'] },
      resolvedAt: null,
    },
  ]);
  const accepted = await monitor.acceptTools('orders', null);
  expect(accepted?.tools).toMatchObject({ drift: null });
  expect(state()).toBe('up');
  expect((await incidents())[0]?.resolvedAt).not.toBeNull();
  const lists = await store.toolLists('orders');
  expect(lists?.accepted).toEqual(lists?.current);
  await probe(2);
  expect(state()).toBe('up');
  expect(await changes()).toHaveLength(1);
});

test('a tool that comes back ends it without anybody’s word', async () => {
  const { target, probe, state, incidents, changes } = await watching();
  target.lists([search]);
  await probe(2);
  target.lists([ship, search]);
  await probe(2);
  expect(state()).toBe('up');
  expect((await incidents()).map(({ resolvedAt }) => resolvedAt !== null)).toEqual([true]);
  expect((await changes()).map(({ grade }) => grade)).toEqual(['additive', 'breaking']);
});

test.each([
  ['a new tool', [search, ship, { ...ship, name: 'bill' }], 'additive'],
  ['other words', [{ ...search, description: 'Finds all orders' }, ship], 'wording'],
])('%s is an info incident, and the server stays up', async (_, list, grade) => {
  const { target, probe, state, signal, incidents, changes } = await watching();
  target.lists(list);
  await probe(3);
  expect([state(), signal()?.level, signal()?.reason?.code]).toEqual(['up', 'warn', 'tools_changed']);
  expect(await incidents()).toMatchObject([{ signal: 'tools', severity: 'info', resolvedAt: null }]);
  expect(await changes()).toMatchObject([{ grade }]);
});

test('an incident that turns out to break callers grows to major', async () => {
  const { target, probe, clock, incidents } = await watching();
  target.lists([search, ship, { ...ship, name: 'bill' }]);
  await probe(3);
  clock.advance(10 * MINUTE);
  target.lists([ship]);
  await probe(3);
  expect(await incidents()).toMatchObject([
    { severity: 'major', level: 'fail', evidence: { texts: ['The tool search is gone.'] } },
  ]);
});

test('a list that differs at each reading is unstable, not drift', async () => {
  const { target, probe, state, signal, incidents, changes } = await watching();
  target.lists((asked) => [search, { ...ship, description: `Ships, asked ${asked} times` }]);
  await probe(3);
  expect([state(), signal()?.reason?.code]).toEqual(['up', 'tools_unstable']);
  expect(await incidents()).toMatchObject([{ severity: 'info', reason: { code: 'tools_unstable' } }]);
  expect(await changes()).toEqual([]);
});

test('a list that changes at every probe is one change in ten minutes', async () => {
  const { target, probe, signal, changes } = await watching();
  for (let nth = 0; nth < 12; nth += 1) {
    target.lists([search, { ...ship, description: `Version ${nth}` }]);
    await probe();
  }
  expect(await changes()).toHaveLength(2);
  expect(signal()?.reason?.code).toMatch(/^tools_(changed|unstable)$/);
});

test('a malformed tool is a warning, and the others are kept', async () => {
  const { target, probe, state, signal, store } = await watching();
  target.lists([search, ship, { name: 'odd', inputSchema: 'none' }, 7]);
  await probe(2);
  await probe(2);
  expect(state()).toBe('up');
  expect((await store.toolLists('orders'))?.current.tools.map(({ name }) => name)).toEqual(['odd', 'search', 'ship']);
  target.lists([search, ship, 7]);
  await probe(3);
  expect(signal()).toMatchObject({ level: 'warn', reason: { code: 'tool_invalid' } });
});

test('switched off, drift is recorded and nothing is said; an incident of before ends', async () => {
  const { target, probe, state, signal, incidents, changes, reload } = await watching();
  target.lists([search]);
  await probe(2);
  expect(state()).toBe('degraded');
  await reload(servers({ id: 'orders', url: target.url, interval: '7d', alerts: { tools: 'off' } }));
  await probe(2);
  expect([state(), signal()?.level]).toEqual(['up', 'unknown']);
  expect((await incidents()).map(({ resolvedAt }) => resolvedAt !== null)).toEqual([true]);
  target.lists([]);
  target.lists([{ ...ship, name: 'other' }]);
  await probe(11);
  expect(await changes()).toHaveLength(2);
});

test('what was accepted, and what is drift, is known after a restart', async () => {
  const { target, probe, stop, given, yaml, store } = await watching();
  target.lists([search]);
  await probe(2);
  await stop();
  const before = target.asked();
  const { monitor } = await startEngine(yaml, given);
  await monitor.probeNow('orders');
  expect(target.asked() - before).toBe(1);
  expect(monitor.server('orders')).toMatchObject({
    status: { state: 'degraded' },
    tools: { drift: { grade: 'breaking' } },
  });
  expect((await store.toolLists('orders'))?.accepted.tools).toHaveLength(2);
});

test('accepting names the list it means, and refuses another one', async () => {
  const { target, probe, monitor } = await watching();
  const hash = monitor.server('orders')?.tools?.current.hash ?? '';
  target.lists([search]);
  await probe();
  await expect(monitor.acceptTools('orders', hash)).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining('changed again meanwhile'),
  });
  expect(await monitor.acceptTools('nobody', null)).toBeNull();
});

test('the demo drops a tool: its canary goes down first, and the drift is evidence of that', async () => {
  const demo = await startDemo({ host: '127.0.0.1', log: keepingLog() });
  onTestFinished(demo.close);
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const network = { mode: 'private', allow: [], deny: [] } as const;
  const prober = createProber({ network, clock: systemClock, location: 'here', version: '0', log: keepingLog() });
  const entry = demo.servers.find(({ id }) => id === 'pooled');
  const yaml = JSON.stringify({ servers: [{ ...entry, interval: '7d', confirm: { down: 2, up: 2 } }] });
  const { monitor } = await startEngine(yaml, { clock, store, prober });
  const probe = async (times: number): Promise<void> => {
    for (let nth = 0; nth < times; nth += 1) await monitor.probeNow('pooled');
  };
  await probe(2);
  await demo.faults.set('pooled', 'drop_tool', true);
  await probe(2);
  expect(monitor.server('pooled')?.status).toMatchObject({
    state: 'down',
    reason: { code: 'canary_tool_missing' },
    signals: { tools: { level: 'fail', reason: { code: 'tools_changed_breaking' } } },
  });
  const open = await store.openIncidents();
  const canary = open.find(({ signal }) => signal === 'canary');
  expect(open.find(({ signal }) => signal === 'tools')).toMatchObject({ severity: 'major', attachedTo: canary?.id });
  await demo.faults.reset();
  await probe(2);
  expect(monitor.server('pooled')?.status.state).toBe('up');
  expect(await store.openIncidents()).toEqual([]);
});

test('a list that hides secrets, controls and prototypes is kept clean', async () => {
  const { target, probe, store } = await watching({ headers: { 'X-Api-Key': 'very-secret-key' } });
  const poisoned = JSON.parse(
    '{"type":"object","__proto__":{"polluted":true},"properties":{"a\\u202eb":{"default":"very-secret-key"}}}',
  );
  target.lists([{ ...search, description: 'call me\u202e with very-secret-key', inputSchema: poisoned }, ship]);
  await probe();
  const kept = JSON.stringify((await store.toolLists('orders'))?.current);
  expect(kept).toContain('[secret]');
  expect(kept).not.toMatch(/very-secret-key|\u202e|__proto__/);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('of a list of megabytes half a megabyte is kept, and a change in the rest is still noticed', async () => {
  const { target, probe, store, changes } = await watching();
  const many = (nth: number) =>
    Array.from({ length: 60 }, (_, at) => ({
      name: `tool ${String(at).padStart(2, '0')}`,
      inputSchema: { type: 'object', $comment: 'x'.repeat(20_000), title: at === 59 ? `${nth}` : '' },
    }));
  target.lists(many(1));
  await probe(2);
  const kept = JSON.stringify((await store.toolLists('orders'))?.current);
  expect(kept.length).toBeLessThan(700_000);
  target.lists(many(2));
  await probe(12);
  expect((await changes())[0]).toMatchObject({ differences: [{ tool: 'tool 59', path: 'inputSchema' }] });
});
