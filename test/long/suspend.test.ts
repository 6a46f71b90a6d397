import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const SECONDS = [1, 2, 3, 4, 5];
const ASLEEP_MS = 20_000;
const AFTER_MS = 12_000;

test('stopped for 20 s and let go on, it catches nothing up: no burst, missed slots counted, no false incident', async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { confirm: { down: 2, up: 2, recheck: '1s' }, canary: { tool: 'health_check' } },
    servers: SECONDS.map((every) => ({ id: `each-${every}`, url: target.url(`each-${every}`), interval: `${every}s` })),
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const every of SECONDS) await api.probed(`each-${every}`, 2, 15_000);
  const before = await api.monitor();

  program.signal('SIGSTOP');
  const stoppedAt = performance.now();
  await until(() => performance.now() - stoppedAt >= ASLEEP_MS, { what: 'sleep', ms: ASLEEP_MS + 1000 });
  target.forgetVisits();
  program.signal('SIGCONT');
  const wokenAt = performance.now();
  await until(() => performance.now() - wokenAt >= AFTER_MS, { what: 'wakefulness', ms: AFTER_MS + 1000 });

  for (const every of SECONDS) {
    const times = target
      .visits()
      .filter(({ path }) => path === `each-${every}`)
      .map(({ at }) => at - wokenAt);
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(times.length, `probes of each-${every}`).toBeGreaterThanOrEqual(Math.floor(AFTER_MS / every / 1000) - 1);
    for (const wait of waits)
      expect(wait, `each-${every}: ${times.map(Math.round)}`).toBeGreaterThanOrEqual(every * 500);
  }
  const after = await api.monitor();
  const slots = SECONDS.reduce((sum, every) => sum + ASLEEP_MS / 1000 / every, 0);
  const missed = after.slots.missed - before.slots.missed;
  console.info(`${missed} slots missed of about ${slots.toFixed(0)}`);
  expect(missed).toBeGreaterThan(slots * 0.7);
  expect(missed).toBeLessThan(slots * 1.3);
  expect(await api.incidents()).toEqual([]);
  expect((await api.servers()).map(({ state }) => state)).toEqual(SECONDS.map(() => 'up'));
  expect(program.stderr()).toBe('');
});
