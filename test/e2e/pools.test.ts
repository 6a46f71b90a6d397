import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { PoolReason } from '../../src/core/pool-reason.ts';
import { Pools } from '../../src/http/schema-server.ts';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { type Publishing, startPooled } from '../fixtures/targets/pooled.ts';
import { until } from '../fixtures/until.ts';

const healthy = { total: 2, idle: 1, waiting: 0, max: 20, queryCount: 0, errorCount: 0 };
const saying = (pool: object): Publishing => ({ canary: { body: { ok: true, pool } } });

/** Something that grows with every answer. */
function growing(figures: (nth: number) => object): () => Publishing {
  let nth = 0;
  return () => saying(figures(nth++));
}

/** What a server publishes that is not well, and the cause that is named. */
const CASES: readonly (readonly [code: PoolReason, published: () => Publishing, cause: string | null])[] = [
  ['pool_waiting', () => saying({ waiting: 2 }), 'backlog'],
  ['pool_backlog', () => saying({ ...healthy, waiting: 9 }), 'backlog'],
  ['pool_utilization', () => saying({ total: 18, idle: 1, waiting: 0, max: 20 }), 'pool_nearly_full'],
  ['pool_exhausted', () => saying({ total: 10, idle: 0, waiting: 7 }), 'pool_exhausted'],
  ['pool_leak', growing((nth) => ({ total: 2 + nth, idle: Math.max(0, 12 - nth), waiting: 0, max: 400 })), 'pool_leak'],
  ['replica_lag', () => saying({ ...healthy, lag_seconds: 42 }), 'replica_lag'],
  ['error_rate', growing((nth) => ({ ...healthy, queryCount: 100 * nth, errorCount: 10 * nth })), null],
];
const idOf = (code: string): string => code.replaceAll('_', '-');

test('figures that are not well open an incident of the signal pool, with their cause, and end it', {
  timeout: 120_000,
}, async () => {
  const targets = await Promise.all(
    CASES.map(async (each) => ({
      code: each[0],
      published: each[1],
      cause: each[2],
      target: await startPooled(saying(healthy)),
    })),
  );
  for (const { target } of targets) onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, canary: { tool: 'health_check' } },
    servers: targets.map(({ code, target }) => ({ id: idOf(code), url: target.url })),
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const { code } of targets) {
    const { signals } = await api.becomes(idOf(code), 'up');
    expect(signals.pool).toBe('ok');
  }
  for (const { target, published } of targets) target.publishes(published);
  for (const { code, cause } of targets) {
    const [incident] = await until(
      async () => {
        const found = await api.incidents(`&server=${idOf(code)}&state=open`);
        return found.length > 0 && found;
      },
      { what: `an incident of ${code}`, ms: 60_000 },
    );
    expect(incident).toMatchObject({
      signal: 'pool',
      severity: 'warning',
      reason: { code, layer: 'pool', message: expect.stringMatching(/^(The|Callers|Too many) .*\.$/) },
    });
    expect(incident?.likely_cause?.code ?? null).toBe(cause);
    expect((await api.server(idOf(code))).state).toBe('degraded');
  }
  const metrics = z.string().parse((await api.send('GET', '/metrics')).text);
  expect(metrics).toContain('alivemcp_server_up{server="pool-exhausted",signal="pool"} 0');
  for (const { target } of targets) target.publishes(saying(healthy));
  for (const { code } of targets) await api.becomes(idOf(code), 'up', 60_000);
  expect(program.stderr()).toBe('');
});

test('a pool that drowns is looked at again without one more call', { timeout: 120_000 }, async () => {
  const target = await startPooled({ ready: { status: 200, body: { status: 'ok', pool: healthy } } });
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '10m', confirm: { down: 3, up: 2, recheck: '1s' }, canary: { tool: 'health_check' } },
    servers: [{ id: 'orders', url: target.url, health_url: target.readyUrl }],
  });
  const program = await here.serve();
  const api = openApi(program.url);
  await api.becomes('orders', 'up');
  const full = { total: 10, idle: 0, waiting: 7, max: 10 };
  target.publishes({
    canary: { isError: true, body: { ok: false, error: 'timeout exceeded when trying to connect' } },
    ready: { status: 503, body: { status: 'degraded', reason: 'connection_pool_backlog', pool: full } },
  });
  const before = { ...target.asked };
  await api.send('POST', '/api/v1/servers/orders/probe');
  await api.becomes('orders', 'down');
  expect(target.asked.tool - before.tool).toBe(1);
  expect(target.asked.ready - before.ready).toBe(3);
  const open = await api.incidents('&server=orders&state=open');
  expect(open.find(({ signal }) => signal === 'canary')).toMatchObject({
    likely_cause: {
      code: 'pool_exhausted',
      evidence: expect.arrayContaining([{ source: 'canary', text: 'Not called again while callers wait.' }]),
    },
  });
  const { text } = await api.send('GET', '/api/v1/servers/orders/pools?window=1h');
  const { pools } = Pools.parse(JSON.parse(text));
  expect(pools.map(({ name, points }) => [name, points.at(-1)?.waiting])).toEqual([['default', 7]]);
});
