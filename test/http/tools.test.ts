import { expect, test } from 'vitest';
import type { ToolList } from '../../src/core/tool-list.ts';
import type { ToolChange, ToolStanding } from '../../src/core/tool-standing.ts';
import { page } from '../../src/http/schema-probe.ts';
import * as schema from '../../src/http/schema-tools.ts';
import { NOON } from '../fixtures/facts.ts';
import { type Started, start } from './start.ts';

const Changes = page(schema.ToolChange);

const listOf = (hash: string, ...names: readonly string[]): ToolList => ({
  hash,
  contractHash: hash,
  tools: names.map((name) => ({
    name,
    title: null,
    description: `<b>${name}</b>`,
    inputSchema: { type: 'object' },
    outputSchema: null,
    annotations: { readOnlyHint: true },
  })),
});

const change: ToolChange = {
  id: 'c1',
  serverId: 'orders',
  at: NOON,
  from: 'a',
  to: 'b',
  grade: 'breaking',
  differences: [
    { tool: 'ship', path: '', grade: 'breaking', message: 'The tool ship is gone.', before: 'ship', after: null },
  ],
  omitted: 3,
};

async function withDrift(): Promise<Started> {
  const started = await start();
  const standing: ToolStanding = {
    serverId: 'orders',
    accepted: { hash: 'a', at: NOON - 9000 },
    current: { hash: 'b', at: NOON },
    drift: { grade: 'breaking', message: 'The tool ship is gone.', lines: ['The tool ship is gone.'] },
    candidate: null,
    changedAt: NOON,
  };
  const lists = { accepted: listOf('a', 'search', 'ship'), current: listOf('b', 'search') };
  started.memory.tools.set('orders', { standing, lists, changes: [change, { ...change, id: 'c0' }] });
  started.monitor.watch({ id: 'orders' });
  return started;
}

test('the last list of tools, and how it differs from the accepted one', async () => {
  const { get } = await withDrift();
  const { status, json } = await get('/api/v1/servers/orders/tools');
  expect(status).toBe(200);
  expect(schema.Tools.parse(json)).toEqual(json);
  expect(json).toMatchObject({
    server: 'orders',
    hash: 'b',
    since: '2026-11-21T12:00:00.000Z',
    accepted_hash: 'a',
    drift: { grade: 'breaking', differences: [{ tool: 'ship', message: 'The tool ship is gone.' }], omitted: 0 },
    items: [
      {
        name: 'search',
        description: '<b>search</b>',
        input_schema: { type: 'object' },
        output_schema: null,
        annotations: { readOnlyHint: true },
      },
    ],
  });
});

test('a server whose tools were never seen has an empty list', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const { json } = await get('/api/v1/servers/orders/tools');
  expect(json).toEqual({
    server: 'orders',
    hash: null,
    since: null,
    accepted_hash: null,
    accepted_at: null,
    drift: null,
    items: [],
  });
});

test('changes come newest first, page by page', async () => {
  const { get } = await withDrift();
  const first = await get('/api/v1/servers/orders/tools/changes?limit=1');
  expect(first.json).toMatchObject({ items: [{ id: 'c1', from_hash: 'a', to_hash: 'b', omitted: 3 }], next: '1' });
  const second = await get('/api/v1/servers/orders/tools/changes?limit=1&cursor=1');
  expect(second.json).toMatchObject({ items: [{ id: 'c0' }], next: null });
  expect(Changes.parse(first.json)).toEqual(first.json);
});

test('accepting ends the drift', async () => {
  const { call } = await withDrift();
  const { status, json } = await call('POST', '/api/v1/servers/orders/tools/accept', { hash: 'b' });
  expect(status).toBe(200);
  expect(json).toMatchObject({ hash: 'b', accepted_hash: 'b', drift: null });
});

test('accepting without naming a list takes the last one', async () => {
  const { call } = await withDrift();
  expect((await call('POST', '/api/v1/servers/orders/tools/accept')).json).toMatchObject({ accepted_hash: 'b' });
});

test('accepting a list that is not the last one any more is a conflict', async () => {
  const { call } = await withDrift();
  const { status, json } = await call('POST', '/api/v1/servers/orders/tools/accept', { hash: 'a' });
  expect(status).toBe(409);
  expect(json).toMatchObject({ detail: 'The tools changed again meanwhile.' });
});

test.each([
  ['GET', '/api/v1/servers/nobody/tools'],
  ['GET', '/api/v1/servers/nobody/tools/changes'],
  ['POST', '/api/v1/servers/nobody/tools/accept'],
] as const)('%s %s is not found', async (method, path) => {
  const { call } = await withDrift();
  expect((await call(method, path)).status).toBe(404);
});

test('a server says since when its tools are what they are', async () => {
  const { get } = await withDrift();
  expect((await get('/api/v1/servers/orders')).json).toMatchObject({ tools_since: '2026-11-21T12:00:00.000Z' });
});
