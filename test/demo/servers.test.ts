import { expect, test } from 'vitest';
import { checkServerEntry } from '../../src/config/entry.ts';
import { call, figures, get, healthCheck, stateOf, toolNames, urlOf, withDemo, withSession } from './support.ts';

test('three servers are offered as ordinary entries of the configuration file', () =>
  withDemo(async (demo) => {
    expect(demo.servers.map(({ id, name }) => [id, name])).toEqual([
      ['steady', 'Weather MCP'],
      ['slow', 'Archive MCP'],
      ['pooled', 'Orders MCP'],
    ]);
    const origin = new URL(urlOf(demo, 'pooled')).origin;
    expect(demo.servers[2]).toEqual({
      id: 'pooled',
      name: 'Orders MCP',
      url: `${origin}/mcp`,
      interval: '5s',
      confirm: { down: 2, up: 2, recheck: '2s' },
      tags: ['demo'],
      canary: { tool: 'health_check', timeout: '12s', expect: [{ path: 'ok', equals: true }] },
      health_url: { ready: `${origin}/ready`, live: `${origin}/live` },
    });
  }));

test('the configuration checker takes each entry as it is', () =>
  withDemo(async (demo) => {
    const calendar = { validate: () => null, matcher: () => () => false, offsets: () => () => 0, next: () => null };
    for (const entry of demo.servers) {
      const checked = checkServerEntry(entry, { defaults: {}, calendar, channelIds: [], clientName: 'AliveMCP' });
      expect(checked).toMatchObject({
        ok: true,
        server: { id: entry.id, schedule: { kind: 'interval', everyMs: 5_000 } },
      });
    }
  }));

test('every server lists its tools to the official client', () =>
  withDemo(async (demo) => {
    expect(await toolNames(urlOf(demo, 'steady'))).toEqual(['current_weather', 'list_cities', 'warmest_city']);
    expect(await toolNames(urlOf(demo, 'slow'))).toEqual(['search_archive', 'read_document']);
    expect(await toolNames(urlOf(demo, 'pooled'))).toEqual(['health_check', 'find_order', 'list_orders']);
  }));

test.each([
  ['steady', 'current_weather', { city: 'Oslo' }, '{"city":"Oslo","celsius":6,"sky":"clear"}'],
  ['steady', 'warmest_city', {}, 'Lagos'],
  ['slow', 'search_archive', { word: 'pier' }, '[{"id":"c-31","title":"Repairs to the north pier","year":1938}]'],
  ['slow', 'read_document', { id: 'b-02' }, '{"id":"b-02","title":"Plans for a second lighthouse","year":1924}'],
  ['pooled', 'find_order', { id: 1000 }, '{"id":1000,"customer":"Ada","status":"open","total_cents":1990}'],
  ['pooled', 'find_order', { id: 7 }, 'There is no order 7.'],
])('%s answers %s %j', (id, tool, args, text) =>
  withDemo(async (demo) => {
    expect(await call(urlOf(demo, id), tool, args)).toEqual({ isError: false, text });
  }),
);

test('orders of one status come from the database', () =>
  withDemo(async (demo) => {
    const { text } = await call(urlOf(demo, 'pooled'), 'list_orders', { status: 'paid', limit: 100 });
    const orders: unknown = JSON.parse(text);
    expect(orders).toHaveLength(16);
    expect(orders).toContainEqual({ id: 1001, customer: 'Grace', status: 'paid', total_cents: 2729 });
  }));

test('slow takes at least 600 ms to initialize, steady does not', () =>
  withDemo(async (demo) => {
    const time = async (id: string) => {
      const from = performance.now();
      await withSession(urlOf(demo, id), async () => undefined);
      return performance.now() - from;
    };
    expect(await time('slow')).toBeGreaterThanOrEqual(595);
    expect(await time('steady')).toBeLessThan(500);
  }));

test('a healthy pooled server says so in every way it has', () =>
  withDemo(async (demo) => {
    const { isError, ok, error, pool } = await healthCheck(demo);
    expect({ isError, ok, error }).toEqual({ isError: false, ok: true, error: undefined });
    // Its own connection is the busy one.
    expect(pool).toEqual({ total: 1, idle: 0, used: 1, waiting: 0, max: 10, utilization: 0.1 });

    expect(await get(demo, '/live')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await get(demo, '/ready')).toMatchObject({ status: 200, body: { status: 'ok', pool } });
    expect(await get(demo, '/health')).toMatchObject({ status: 200, body: { status: 'ok', pool } });
    expect((await get(demo, '/nothing')).status).toBe(404);
  }));

test('the pool can be read as a resource, without taking a connection', () =>
  withDemo(async (demo) => {
    await withSession(urlOf(demo, 'pooled'), async (client) => {
      const { resources } = await client.listResources();
      expect(resources).toMatchObject([{ uri: 'db://health/pool', mimeType: 'application/json' }]);
      const { contents } = await client.readResource({ uri: 'db://health/pool' });
      const [content] = contents;
      if (content === undefined || !('text' in content)) throw new Error('no text in the resource');
      expect(content.mimeType).toBe('application/json');
      expect(figures.parse(JSON.parse(content.text).pool).total).toBe(0);
    });
  }));

test('a session ends with DELETE and is forgotten', () =>
  withDemo(async (demo) => {
    await withSession(urlOf(demo, 'steady'), async () => {
      expect(stateOf(demo, 'steady').sessions).toBe(1);
    });
    expect(stateOf(demo, 'steady').sessions).toBe(0);
  }));

test.each([
  ['a session it does not know', { 'mcp-session-id': 'never-issued' }, '{"jsonrpc":"2.0","id":1,"method":"ping"}', 404],
  ['no session and no initialize', {}, '{"jsonrpc":"2.0","id":1,"method":"ping"}', 400],
  ['a body that is not JSON', {}, '{"jsonrpc":', 400],
  ['a body of 2 MiB', {}, JSON.stringify({ padding: 'x'.repeat(2 * 1024 * 1024) }), 413],
  ['a page of another origin', { origin: 'http://evil.example' }, '{}', 403],
])('%s is refused with the right status', (_, headers, body, status) =>
  withDemo(async (demo) => {
    const accept = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const request = { method: 'POST', headers: { ...accept, ...headers }, body };
    expect((await fetch(urlOf(demo, 'steady'), request)).status).toBe(status);
    expect(stateOf(demo, 'steady').sessions).toBe(0);
  }),
);
