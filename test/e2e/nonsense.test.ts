import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startHostile } from '../fixtures/targets/hostile.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import type { RowName } from '../fixtures/targets/rows.ts';
import { until } from '../fixtures/until.ts';

const ROWS: readonly RowName[] = [
  'reset-at-once',
  'banner',
  'bad-chunk',
  'endless-json',
  'endless-line',
  'endless-headers',
  'interim-flood',
  'flood',
  'slow-always',
  'endless-comments',
  'too-deep',
  'empty-batch',
  'stream-primed-forever',
  'tools-million',
  'many-pages',
  'tools-heavy-schema',
  'request-flood',
  'canary-hangs-dead',
  'redirect-loop',
  'init-meta',
];
const WATCH_MS = 20_000;
const GOOD = ['good-0', 'good-1', 'good-2', 'good-3', 'good-4'];

test('twenty servers that answer nonsense take nothing from five good ones, and nothing ends the loop', {
  timeout: 120_000,
}, async () => {
  const hostile = await startHostile();
  onTestFinished(hostile.close);
  const good = await startMoody();
  onTestFinished(good.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    servers: [
      ...ROWS.map((row) => ({
        id: row,
        url: hostile.url(row),
        interval: '2s',
        timeout: '3s',
        canary: { tool: 'check', timeout: '3s' },
      })),
      ...GOOD.map((id) => ({ id, url: good.url(id), interval: '1s', canary: { tool: 'health_check' } })),
    ],
  });
  const program = await here.serve();
  const api = openApi(program.url);
  await until(() => GOOD.every((id) => good.visits().some(({ path }) => path === id)), {
    what: 'all good ones are probed',
  });
  good.forgetVisits();
  const from = performance.now();
  await until(() => performance.now() - from > WATCH_MS, { what: 'time passes', ms: WATCH_MS + 1000, everyMs: 100 });

  const slots = WATCH_MS / 1000;
  for (const id of GOOD) {
    const count = good.visits().filter(({ path }) => path === id).length;
    expect(count, `probes of ${id} in ${slots} slots`).toBeGreaterThanOrEqual(slots * 0.8);
    expect(count, `probes of ${id} in ${slots} slots`).toBeLessThanOrEqual(slots + 1);
    expect(await api.server(id)).toMatchObject({ state: 'up', reason: null });
  }
  for (const row of ROWS) expect((await api.probes(row)).length, row).toBeGreaterThanOrEqual(2);
  expect(program.stderr()).toBe('');
  expect(program.stdout()).not.toMatch(/unhandled|uncaught|our own fault/i);
  const monitor = await api.monitor();
  console.info(
    `event loop p99 ${monitor.event_loop.p99_ms} ms, slots missed ${monitor.slots.missed}, rss ${Math.round(monitor.rss_bytes / 2 ** 20)} MiB`,
  );
  expect(await program.stop()).toEqual({ code: 0, signal: null });
});
