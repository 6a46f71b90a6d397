import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const SERVERS = 200;
const EVERY_MS = 2000;
const WARM_UP_MS = 20_000;
const SOAK_MS = 60_000;
/** A small heap, so that what grows is what is kept, and not garbage that nobody needed to collect yet. */
const HEAP_MIB = 128;
/** Memory goes up and down between collections; the lowest points of the first and of the last stretch are compared. */
const STRETCH = 15;
/** About 9,000 probes are added to what is kept of the last 24 h meanwhile. */
const GROWTH_MIB = 32;

test(`${SERVERS} servers each ${EVERY_MS / 1000} s: steady in memory and rhythm, and nothing is left open`, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  const config = (servers: number) => ({
    monitor: { store: 'sqlite:data/a.db', concurrency: { total: 50, per_origin: 50 } },
    defaults: { interval: `${EVERY_MS}ms`, canary: { tool: 'health_check' } },
    servers: Array.from({ length: servers }, (_, at) => ({ id: `server-${at}`, url: target.url(`server-${at}`) })),
  });
  await here.write('config.yaml', config(0));
  const program = await here.serve({ env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` } });
  const api = openApi(program.url);
  await api.monitor();
  const socketsAtRest = await socketsOf(program.pid);

  await here.write('config.yaml', config(SERVERS));
  await until(() => new Set(target.visits().map(({ path }) => path)).size === SERVERS, { what: 'all are probed' });
  await pass(WARM_UP_MS);
  const before = await api.monitor();
  target.forgetVisits();
  const from = performance.now();
  const memory: number[] = [];
  while (performance.now() - from < SOAK_MS) {
    memory.push((await api.monitor()).rss_bytes / 2 ** 20);
    await pass(1000);
  }
  const slots = ((performance.now() - from) / EVERY_MS) * SERVERS;
  const visits = target.visits().length;
  const after = await api.monitor();

  const missed = after.slots.missed - before.slots.missed;
  const [lowBefore, lowAfter] = [Math.min(...memory.slice(0, STRETCH)), Math.min(...memory.slice(-STRETCH))];
  console.info(
    `${visits} probes in ${Math.round(slots)} slots, ${missed} missed; rss ${Math.round(lowBefore)} → ${Math.round(lowAfter)} MiB; ` +
      `lag p99 ${after.lag.p99_ms} ms, event loop p99 ${after.event_loop.p99_ms} ms`,
  );
  expect(missed).toBeLessThanOrEqual(slots * 0.01);
  expect(visits).toBeGreaterThanOrEqual(slots * 0.97);
  expect(visits).toBeLessThanOrEqual(slots * 1.03);
  expect(lowAfter - lowBefore).toBeLessThan(GROWTH_MIB);
  expect((await api.servers()).filter(({ state }) => state !== 'up')).toEqual([]);
  expect(await api.incidents()).toEqual([]);

  await here.write('config.yaml', config(0));
  await until(async () => (await api.servers()).length === 0, { what: 'nothing is watched any more' });
  await until(() => target.sessions() === 0 && target.connections() === 0, { what: 'nothing is left on the target' });
  // Up to two more of ours: this test itself keeps connections to the API.
  await until(async () => (await socketsOf(program.pid)) <= socketsAtRest + 2, {
    what: `${socketsAtRest} sockets, as at the beginning`,
  });
  expect(program.stderr()).toBe('');
  expect(await program.stop()).toEqual({ code: 0, signal: null });
});

/** Open sockets of a process. */
async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')),
  );
  return targets.filter((name) => name.startsWith('socket:')).length;
}

/** The run itself is what is measured: this long, no condition ends it. */
async function pass(ms: number): Promise<void> {
  const from = performance.now();
  await until(() => performance.now() - from >= ms, { what: 'time passes', ms: ms + 1000, everyMs: 100 });
}
