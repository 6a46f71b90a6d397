import Database from 'better-sqlite3';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startHealthy } from '../fixtures/targets/healthy.ts';
import { BROKEN, startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

test('when it says that it runs it is ready, and within 5 s it has stored a first probe', async () => {
  const healthy = await startHealthy();
  onTestFinished(healthy.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    servers: [{ id: 'orders', url: healthy.url, canary: { tool: 'health_check' } }],
  });
  const program = await here.serve();
  const api = openApi(program.url);
  expect((await api.send('GET', '/ready')).status).toBe(200);
  expect((await api.send('GET', '/live')).status).toBe(200);
  const [probe] = await api.probed('orders', 1, 5000);
  const ms = performance.now() - program.startedAt;
  expect(probe).toMatchObject({ state: 'up', reason: null, canary: { tool: 'health_check', is_error: false } });
  const exported = await request(`${program.url}/api/v1/servers/orders/export?format=ndjson`);
  expect(await exported.body.text()).toContain(`{"id":"${probe?.id}","server":"orders"`);
  console.info(`running after ${Math.round(program.startMs)} ms, first probe stored after ${Math.round(ms)} ms`);
});

test('a stop by SIGTERM ends with 0, and a restart goes on with history, state, counters and incidents', async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  target.become(BROKEN, 'bad');
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', announce_first: true, confirm: { down: 2, up: 2, recheck: '1s' } },
    servers: [
      { id: 'good', url: target.url('good') },
      { id: 'bad', url: target.url('bad') },
    ],
  });
  const first = await here.serve();
  const before = openApi(first.url);
  // By hand only, so that the count of bad probes is known.
  await before.addServer({
    id: 'turning',
    url: target.url('turning'),
    interval: '1h',
    confirm: { down: 3, up: 2, recheck: '1h' },
  });
  await before.becomes('turning', 'up');
  target.become(BROKEN, 'turning');
  await before.probeNow('turning');
  expect((await before.server('turning')).turning).toMatchObject({
    signal: 'protocol',
    to: 'bad',
    count: 1,
    needed: 3,
  });
  await before.probed('good', 3);
  const [opened] = await until(
    async () => {
      const open = await before.incidents('&server=bad');
      return open.length > 0 && open;
    },
    { what: 'an incident of the bad server' },
  );
  const kept = (await before.probes('good')).map(({ id }) => id);
  expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(first.stderr()).toBe('');
  const db = new Database(here.path('data/a.db'), { readonly: true });
  expect(db.pragma('quick_check', { simple: true })).toBe('ok');
  db.close();

  const second = await here.serve();
  const after = openApi(second.url);
  expect((await after.probes('good')).map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  expect(await after.server('bad')).toMatchObject({ state: 'down', open_incidents: [opened?.id] });
  const [still, ...others] = await after.incidents('&server=bad');
  expect(others).toEqual([]);
  expect(still).toMatchObject({ id: opened?.id, started_at: opened?.started_at, state: 'open' });
  await until(async () => (await after.server('turning')).turning?.count === 2, {
    what: 'the second bad probe counts on',
  });
  await after.probeNow('turning');
  expect(await after.server('turning')).toMatchObject({ state: 'down', source: 'ui' });
  expect(await after.incidents('&server=turning')).toMatchObject([{ probe_count: 3, state: 'open' }]);
  expect(await second.stop('SIGINT')).toEqual({ code: 0, signal: null });
});
