import { once } from 'node:events';
import { request } from 'undici';
import { expect, test } from 'vitest';
import type { ExportProbes } from '../../src/core/ports.ts';
import { reason } from '../../src/core/reasons.ts';
import { StoreError } from '../../src/core/store.ts';
import { createTurns } from '../../src/http/export-here.ts';
import { Probe } from '../../src/http/schema-probe.ts';
import { aFailure, aReport } from '../fixtures/facts.ts';
import { until } from '../fixtures/until.ts';
import { start } from './start.ts';

async function withProbes(count: number) {
  const started = await start();
  started.monitor.watch({ id: 'orders' });
  started.memory.probes.length = 0;
  for (let probe = 0; probe < count; probe += 1) await started.call('POST', '/api/v1/servers/orders/probe');
  return started;
}

test('all probes of a server come as one JSON object a line, newest first, over more pages than one', async () => {
  const { get } = await withProbes(450);
  const answer = await get('/api/v1/servers/orders/export?format=ndjson');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': 'attachment; filename="orders-probes.ndjson"',
    'cache-control': 'no-store',
  });
  const probes = answer.text
    .trimEnd()
    .split('\n')
    .map((line) => Probe.parse(JSON.parse(line)));
  expect(probes.map(({ id }) => id)).toEqual(Array.from({ length: 450 }, (_, at) => `p${451 - at}`));
});

test('as CSV each probe is a row under names of columns, a step that did not run an empty cell', async () => {
  const { call, get, monitor } = await withProbes(0);
  monitor.willSee(aReport());
  await call('POST', '/api/v1/servers/orders/probe');
  const { headers, text } = await get('/api/v1/servers/orders/export?format=csv');
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  const [head = '', row = '', end] = text.split('\r\n');
  const cells = Object.fromEntries(head.split(',').map((name, at) => [name, row.split(',')[at]]));
  expect(cells).toMatchObject({
    id: 'p2',
    state: 'up',
    reason_code: '',
    connect_ms: '1',
    auth_ms: '',
    pool_waiting: '',
  });
  expect(end).toBe('');
});

test('what a target said can neither break a row nor become a formula', async () => {
  const { call, get, monitor } = await withProbes(0);
  monitor.willSee(aFailure(reason('rpc_error', 'initialize', '=HYPERLINK("http://x"),\nnext')));
  await call('POST', '/api/v1/servers/orders/probe');
  const { text } = await get('/api/v1/servers/orders/export');
  expect(text).toContain('rpc_error,"\'=HYPERLINK(""http://x""),\nnext",');
});

test('a server that is not there, and a format nobody knows, are refused', async () => {
  const { get } = await withProbes(0);
  expect((await get('/api/v1/servers/nobody/export')).status).toBe(404);
  expect((await get('/api/v1/servers/orders/export?format=xls')).status).toBe(400);
});

test('a server without probes gives the head alone as CSV and nothing as JSON', async () => {
  const { get } = await withProbes(0);
  expect((await get('/api/v1/servers/orders/export')).text.split('\r\n')).toHaveLength(2);
  expect((await get('/api/v1/servers/orders/export?format=ndjson')).text).toBe('');
});

test('what goes wrong before the first piece is a problem, what goes wrong later breaks the answer off', async () => {
  const exportProbes: ExportProbes = async function* (_, format) {
    if (format === 'ndjson') throw new StoreError('The store /var/lib/alivemcp.db failed.');
    // As large as what is sent at once.
    yield 'x'.repeat(200_000);
    throw new StoreError('The store /var/lib/alivemcp.db failed.');
  };
  const { get, monitor } = await start({ exportProbes });
  monitor.watch({ id: 'orders' });
  const early = await get('/api/v1/servers/orders/export?format=ndjson');
  expect(early).toMatchObject({ status: 500, json: { title: 'Internal server error' } });
  expect(early.text).not.toContain('/var/lib');
  await expect(get('/api/v1/servers/orders/export?format=csv')).rejects.toThrow();
});

test('whoever leaves in the middle ends the export; nothing is made that nobody takes', async () => {
  let made = 0;
  let isOver = false;
  const exportProbes: ExportProbes = async function* () {
    try {
      for (; ; made += 1) yield 'x'.repeat(64 * 1024);
    } finally {
      isOver = true;
    }
  };
  const { url, monitor } = await start({ exportProbes });
  monitor.watch({ id: 'orders' });
  const { body } = await request(`${url}/api/v1/servers/orders/export`);
  await once(body, 'readable');
  expect(isOver).toBe(false);
  body.destroy();
  await until(() => isOver, { what: 'the export ends' });
  // What the two ends of a connection hold is some megabytes; without waiting it would be made forever.
  expect(made).toBeLessThan(1000);
});

test('exports that run at once take turns: one piece of all of them, then others', async () => {
  const itsTurn = createTurns();
  const order: string[] = [];
  const piece = async (name: string): Promise<void> => {
    await itsTurn();
    order.push(name);
    // What others wait with lies between any two pieces.
    setImmediate(() => order.push('others'));
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(piece));
  expect(order.filter((name, at) => name !== 'others' && order[at + 1] === 'others')).toEqual(['a', 'b', 'c']);
});
