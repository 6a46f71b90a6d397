import { expect, test, vi } from 'vitest';
import { call, get, healthCheck, poolOf, stateOf, toolNames, urlOf, withDemo, withSession } from './support.ts';

const BACKLOG = { status: 503, body: { status: 'degraded', reason: 'connection_pool_backlog', pool: { waiting: 7 } } };

test(
  'an exhausted pool fails the calls, not the protocol, and comes back within a second',
  () =>
    withDemo(async (demo) => {
      await demo.faults.set('pooled', 'exhaust_pool', true);
      await vi.waitFor(() =>
        expect(poolOf(demo)).toMatchObject({ total: 10, idle: 0, used: 10, waiting: 7, utilization: 1 }),
      );

      const from = performance.now();
      const { isError, ok, error, pool } = await healthCheck(demo);
      expect(performance.now() - from).toBeGreaterThan(4_900);
      expect({ isError, ok, error }).toEqual({
        isError: true,
        ok: false,
        error: 'pool_exhausted: timeout exceeded when trying to connect',
      });
      expect(pool.waiting).toBeGreaterThanOrEqual(7);

      expect(await toolNames(urlOf(demo, 'pooled'))).toContain('health_check');
      expect(await get(demo, '/health')).toMatchObject(BACKLOG);
      expect(await get(demo, '/ready')).toMatchObject(BACKLOG);
      expect((await get(demo, '/live')).status).toBe(200);

      const reset = performance.now();
      await demo.faults.reset();
      expect(poolOf(demo)).toEqual({ total: 10, idle: 10, used: 0, waiting: 0, max: 10, utilization: 0 });
      expect((await healthCheck(demo)).ok).toBe(true);
      expect((await get(demo, '/ready')).status).toBe(200);
      expect(performance.now() - reset).toBeLessThan(1_000);
    }),
  20_000,
);

test(
  'other tools of an exhausted server say what is wrong in plain text',
  () =>
    withDemo(async (demo) => {
      await demo.faults.set('pooled', 'exhaust_pool', true);
      expect(await call(urlOf(demo, 'pooled'), 'find_order', { id: 1000 })).toEqual({
        isError: true,
        text: 'pool_exhausted: timeout exceeded when trying to connect',
      });
    }),
  20_000,
);

test('each press leaks one connection, the tenth leaves none, and giving back returns all', () =>
  withDemo(async (demo) => {
    for (let press = 1; press <= 10; press += 1) {
      await demo.faults.set('pooled', 'leak_connection', true);
      expect(poolOf(demo).used).toBe(press);
    }
    expect(stateOf(demo, 'pooled').faults).toContainEqual(
      expect.objectContaining({ name: 'leak_connection', on: true, detail: '10 leaked' }),
    );
    await expect(demo.faults.set('pooled', 'leak_connection', true)).rejects.toThrow(
      'no connection left to leak: all 10',
    );
    expect((await get(demo, '/ready')).status).toBe(503);

    await demo.faults.set('pooled', 'leak_connection', false);
    expect(poolOf(demo)).toMatchObject({ used: 0, idle: 10, waiting: 0 });
    expect((await healthCheck(demo)).ok).toBe(true);
  }));

test('a server that leaked two of ten still works, and its figures show it', () =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', 'leak_connection', true);
    await demo.faults.set('pooled', 'leak_connection', true);
    expect(await healthCheck(demo)).toMatchObject({ ok: true, pool: { total: 3, used: 3, idle: 0, utilization: 0.3 } });
  }));

test('a killed database fails every call at once and names itself', () =>
  withDemo(async (demo) => {
    expect((await healthCheck(demo)).ok).toBe(true);
    await demo.faults.set('pooled', 'kill_database', true);

    const from = performance.now();
    expect(await healthCheck(demo)).toMatchObject({
      isError: true,
      ok: false,
      error: 'database_unreachable: unable to open database file',
    });
    expect(await get(demo, '/ready')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', reason: 'database_unreachable' },
    });
    expect(performance.now() - from).toBeLessThan(1_000);
    expect((await get(demo, '/live')).status).toBe(200);
    expect(await toolNames(urlOf(demo, 'pooled'))).toContain('health_check');

    await demo.faults.set('pooled', 'kill_database', false);
    expect((await healthCheck(demo)).ok).toBe(true);
  }));

test('a database that dies while its pool is exhausted can be brought back', () =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', 'exhaust_pool', true);
    await demo.faults.set('pooled', 'kill_database', true);
    await demo.faults.set('pooled', 'exhaust_pool', false);
    expect((await healthCheck(demo)).error).toMatch(/^database_unreachable: /);
    await demo.faults.set('pooled', 'exhaust_pool', true);
    await demo.faults.reset();
    expect(await healthCheck(demo)).toMatchObject({ ok: true, pool: { used: 1, waiting: 0 } });
  }));

test.each([
  ['steady', 'current_weather', { city: 'Lima' }],
  ['slow', 'search_archive', { word: 'tide' }],
  ['pooled', 'health_check', {}],
])('on %s, %s hangs while the list of tools stays, and answers once the fault is off', (id, tool, args) =>
  withDemo(async (demo) => {
    const url = urlOf(demo, id);
    await demo.faults.set(id, 'hang_tool', true);
    await withSession(url, async (client) => {
      let answered = false;
      const hanging = client.callTool({ name: tool, arguments: args }).then((result) => {
        answered = true;
        return result;
      });
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain(tool);
      await client.ping();
      expect(answered).toBe(false);
      await demo.faults.set(id, 'hang_tool', false);
      expect((await hanging).isError).not.toBe(true);
    });
  }),
);

test('a caller that gives up on a hanging tool can still end its session', () =>
  withDemo(async (demo) => {
    const url = urlOf(demo, 'pooled');
    await demo.faults.set('pooled', 'hang_tool', true);
    await withSession(url, async (client) => {
      const call = client.callTool({ name: 'health_check' }, undefined, { timeout: 100 });
      await expect(call).rejects.toThrow(/timed out/i);
      await client.ping();
    });
    expect(stateOf(demo, 'pooled').sessions).toBe(0);
  }));

test.each([
  ['steady', 'current_weather', 2],
  ['slow', 'search_archive', 1],
  ['pooled', 'health_check', 2],
])('on %s, %s can be dropped from the list and comes back', (id, tool, left) =>
  withDemo(async (demo) => {
    await demo.faults.set(id, 'drop_tool', true);
    const names = await toolNames(urlOf(demo, id));
    expect(names).not.toContain(tool);
    expect(names).toHaveLength(left);
    await demo.faults.reset(id);
    expect(await toolNames(urlOf(demo, id))).toContain(tool);
  }),
);

test('latency is added to initialize and to nothing else', () =>
  withDemo(async (demo) => {
    await demo.faults.set('steady', 'add_latency', true, 300);
    expect(stateOf(demo, 'steady').faults).toContainEqual(
      expect.objectContaining({ name: 'add_latency', on: true, detail: '+300 ms' }),
    );
    const from = performance.now();
    await withSession(urlOf(demo, 'steady'), async (client) => {
      const initialized = performance.now();
      expect(initialized - from).toBeGreaterThanOrEqual(295);
      await client.listTools();
      expect(performance.now() - initialized).toBeLessThan(250);
    });
  }));

test('a server told to answer 500 does, until it is told otherwise', () =>
  withDemo(async (demo) => {
    const url = urlOf(demo, 'steady');
    await demo.faults.set('steady', 'answer_500', true);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(500);
    await expect(toolNames(url)).rejects.toMatchObject({ code: 500 });
    await demo.faults.set('steady', 'answer_500', false);
    expect(await toolNames(url)).toHaveLength(3);
  }));

test('a stopped server refuses connections, loses its sessions and comes back on the same port', () =>
  withDemo(async (demo) => {
    const url = urlOf(demo, 'pooled');
    await demo.faults.set('pooled', 'stop_listening', true);
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await expect(get(demo, '/live')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(stateOf(demo, 'pooled')).toMatchObject({ listening: false, sessions: 0 });
    await demo.faults.set('pooled', 'stop_listening', true);

    await demo.faults.reset();
    expect(stateOf(demo, 'pooled').listening).toBe(true);
    expect((await healthCheck(demo)).ok).toBe(true);
  }));

test('what does not exist is said so, with what does', () =>
  withDemo(async (demo) => {
    await expect(demo.faults.set('orders', 'hang_tool', true)).rejects.toThrow(
      'There is no demo server "orders". There are: pooled, steady, slow.',
    );
    await expect(demo.faults.set('steady', 'exhaust_pool', true)).rejects.toThrow(
      'steady has no fault "exhaust_pool". It has: hang_tool, drop_tool, add_latency, answer_500, stop_listening.',
    );
    await expect(demo.faults.reset('orders')).rejects.toThrow('There is no demo server "orders".');
  }));
