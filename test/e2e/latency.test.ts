import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { openApi } from '../fixtures/api.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { openPlace } from '../fixtures/program.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';
import { keepingLog } from '../store/quiet.ts';
import { commit, report, steps } from '../store/samples.ts';

const MINUTE = 60_000;

/** A store in which the server `orders` answered initialize in 100 ms, a hundred times, yesterday. */
async function seed(path: string): Promise<void> {
  const yesterday = Date.now() - 24 * 60 * MINUTE;
  const store = await openStore({ url: `sqlite:${path}`, clock: createFakeClock(yesterday), log: keepingLog() });
  for (let count = 1; count <= 100; count += 1) {
    const at = yesterday + count * MINUTE;
    const { judgement } = commit('orders', count, at).record;
    const record = { report: report('orders', at, { steps: steps(100) }), judgement };
    await store.commit(commit('orders', count, at, { record }));
  }
  await store.close();
}

test('a server that takes nine times as long as yesterday says so, though it is below the fixed limit', {
  timeout: 120_000,
}, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await seed(here.path('alive.db'));
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:alive.db' },
    defaults: { interval: '1s', confirm: { down: 3, up: 2, recheck: '1s' } },
    servers: [{ id: 'orders', url: target.url(), alerts: { latency: [{ of: 'initialize', p95: '2s', spike: '3x' }] } }],
  });
  const program = await here.serve();
  const api = openApi(program.url);
  await api.becomes('orders', 'up');
  const [first] = (await api.probed('orders', 101)).slice(-101);
  expect(first?.marks).toContain('cold_start');

  target.become({ kind: 'slow', ms: 900 });
  const incident = await until(async () => (await api.incidents('&state=open&server=orders'))[0], {
    what: 'an incident',
    ms: 60_000,
  });
  expect(incident).toMatchObject({
    signal: 'latency',
    severity: 'warning',
    reason: {
      code: 'latency_spike',
      layer: 'latency',
      message: expect.stringMatching(/^initialize takes .* usually 95 of 100 take at most (99|100|101)/),
    },
  });
  expect((await api.server('orders')).state).toBe('degraded');

  target.become({ kind: 'well' });
  await until(async () => (await api.incident(incident.id)).state === 'resolved', { what: 'its end', ms: 60_000 });
  expect(await api.server('orders')).toMatchObject({ state: 'up', reason: null });
});
