import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hostile, startHostile } from '../fixtures/targets/hostile.ts';
import { CASES, STEP_MS } from './cases.ts';
import { BUSY_MS, eventually, failure, faults, probe } from './support.ts';

let target: Hostile;
const rejections: unknown[] = [];
const onRejection = (error: unknown): void => void rejections.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  target = await startHostile();
});
afterAll(async () => {
  process.off('unhandledRejection', onRejection);
  await target.close();
});

for (const [row, code, step, changes = {}] of CASES)
  test(`${row} is ${code} at ${step}${changes.auth ? ', with credentials' : ''}`, async () => {
    const memory = process.memoryUsage().rss;
    const from = performance.now();
    const report = await probe({ url: target.url(row), timeoutMs: STEP_MS, ...changes });
    expect(failure(report)).toMatchObject({ code, step });
    expect(performance.now() - from, 'ms, longer than its deadline').toBeLessThan(
      (changes.timeoutMs ?? STEP_MS) + BUSY_MS,
    );
    expect(process.memoryUsage().rss - memory, 'bytes of memory').toBeLessThan(100 * 1024 * 1024);
    await eventually(() => target.connections() === 0, 'connections left behind');
  });

test('a target that hangs on everything costs its deadline and the time to give the session back', async () => {
  const from = performance.now();
  const report = await probe({ url: target.url('hangs-after-hello'), timeoutMs: STEP_MS });
  expect(failure(report)).toMatchObject({ code: 'timeout', step: 'tools_list' });
  expect(performance.now() - from).toBeLessThan(STEP_MS + 1000 + BUSY_MS);
  await eventually(() => target.connections() === 0, 'connections left behind');
});

test('a session is given back whatever went wrong after it was opened', async () => {
  for (const row of [
    'tools-hang',
    'initialized-500',
    'canary-hangs',
    'tools-same-cursor',
    'init-empty-session',
  ] as const) {
    await probe({ url: target.url(row), timeoutMs: STEP_MS });
    expect(target.requests(row), row).toContain('DELETE');
  }
});

test('no target gets more than 30 requests', async () => {
  for (const row of ['many-pages', 'many-canaries', 'stream-primed-forever', 'redirect-loop'] as const) {
    expect(target.requests(row).length, row).toBeLessThanOrEqual(30);
  }
  expect(target.requests('many-canaries').length).toBe(30);
});

test('none of this was a fault of ours, and nothing was left unhandled', () => {
  expect(faults).toEqual([]);
  expect(rejections).toEqual([]);
});
