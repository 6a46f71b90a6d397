import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import { aServer, type ServerChanges } from '../fixtures/facts.ts';
import { type Hostile, startHostile } from '../fixtures/targets/hostile.ts';
import type { RowName } from '../fixtures/targets/rows.ts';
import { aProber, aTool, BUSY_MS, eventually, failure, faults, stepOf } from './support.ts';

/*
 * Servers that give as much as they may, and no more. They are asked as by whoever keeps lists of tools and knows
 * another one, so that each list is read twice, compared and kept.
 */
let target: Hostile;
beforeAll(async () => {
  target = await startHostile();
});
afterAll(async () => {
  await target.close();
  expect(faults).toEqual([]);
});

const STEP_MS = 5000;
const MEMORY = 100 * 1024 * 1024;

async function ask(row: RowName, changes: ServerChanges = {}) {
  const server = aServer({ url: target.url(row), timeoutMs: STEP_MS, ...changes });
  const { signal } = new AbortController();
  const [memory, from] = [process.memoryUsage().rss, performance.now()];
  const report = await aProber().probe({ server, scheduledAt: 0, signal, knownToolHashes: ['another'] });
  const figures = { ms: performance.now() - from, bytes: process.memoryUsage().rss - memory };
  expect(figures.ms, 'ms in all').toBeLessThan(STEP_MS + BUSY_MS);
  expect(figures.bytes, 'bytes of memory').toBeLessThan(MEMORY);
  await eventually(() => target.connections() === 0, 'connections left behind');
  return { report, state: judge(report, server).state };
}

test.each<[row: RowName, changes?: ServerChanges]>([
  ['init-many-icons'],
  ['init-many-capabilities'],
  ['init-huge-name'],
  ['init-huge-text'],
  ['init-padded'],
  ['init-many-meta'],
  ['events-large'],
  ['lines-many'],
  ['tools-fat'],
  ['tools-wide'],
  ['tools-one-huge'],
  ['tools-one-wide'],
  ['tools-deep'],
  ['tools-other-each-time'],
  ['canary-fat-text', { canaries: [aTool('check')] }],
  ['canary-fat-json', { canaries: [aTool('check')] }],
  ['canary-fat-string', { canaries: [aTool('check')] }],
  ['canary-wide', { canaries: [aTool('check')] }],
  ['canary-many-icons', { canaries: [aTool('check')] }],
])('%s is up, within its deadline and 100 MB', async (row, changes) => {
  const { report, state } = await ask(row, changes);
  expect(failure(report)).toBeNull();
  expect(state).toBe('up');
});

test('as many tools as there may be are all counted and kept', async () => {
  const fat = (await ask('tools-fat')).report;
  // Both readings of such a list would exceed what one probe may take.
  expect(fat.tools).toMatchObject({ count: 2000, invalid: [], again: null });
  const wide = (await ask('tools-wide')).report;
  expect(wide.tools).toMatchObject({ count: 2000, invalid: [], again: null });
  expect(stepOf(wide, 'tools_list').status).toBe('ok');
});

test('a list that differs at every reading is read twice and not kept', async () => {
  expect((await ask('tools-other-each-time')).report.tools).toMatchObject({ again: 'other', list: null });
});

test('names of tools that cannot be read come clean and short, however many there are', async () => {
  const { report } = await ask('tools-invalid-many');
  expect(report.tools?.invalid).toHaveLength(2000);
  expect(report.tools?.invalid.every((name) => name.length <= 128 && !/[\u0007\u202e]/.test(name))).toBe(true);
});

test('no prototype is reached by what a server lists', async () => {
  expect((await ask('tools-pollute')).report.tools).toMatchObject({ count: 1 });
  expect(Object('x').polluted).toBeUndefined();
});
