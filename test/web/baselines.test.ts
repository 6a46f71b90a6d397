import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { aFailure, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { start } from '../http/start.ts';
import { againstBaseline, differing, shotOf, TOLERANCE } from './baselines.ts';
import { openStage, type Stage } from './stage.ts';

// What the fixtures tell is told as of now: it is always the same noon.
vi.hoisted(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21, 12) }));

const DAY = 86_400_000;
const SIZES = [
  [390, 844],
  [1280, 900],
  [1920, 1080],
] as const;
const VIEWS = {
  overview: '/',
  server: '/servers/orders',
  incident: '/incidents/i-1',
  channels: '/channels',
  monitor: '/monitor',
} as const;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Narrow windows are phones: they are touched, so they are opened for themselves. */
async function lookAt(view: string, open: (width: number) => Promise<Page>): Promise<void> {
  for (const [phone, sizes] of [SIZES.slice(0, 1), SIZES.slice(1)].entries()) {
    const page = await open(phone === 0 ? 390 : 1280);
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await againstBaseline(page, `${view}-${width}-${colorScheme}`);
      }
    }
    await page.context().close();
  }
}

test.each(Object.entries(VIEWS))('the page %s looks as it did', { timeout: 180_000 }, async (view, path) => {
  await lookAt(view, (width) => stage.open(path, { width, at: NOON }));
});

test('a public status page looks as it did', { timeout: 180_000 }, async () => {
  const { url, monitor, memory } = await start();
  const gone = aFailure(reason('tcp_refused', 'connect'));
  monitor.watch({ id: 'orders', name: 'Orders', isPublic: true, tags: ['Shop'] }, gone);
  for (const name of ['Search', 'Billing', 'Files'])
    monitor.watch({ id: name.toLowerCase(), name, isPublic: true, tags: name === 'Files' ? [] : ['Shop'] });
  monitor.publish({ title: 'Acme MCP servers', servers: ['files'], tags: ['Shop'], notes: 'Support: 8:00–18:00 CET.' });
  memory.spans = [
    { serverId: 'orders', state: 'up', from: NOON - 80 * DAY, to: NOON - 3 * DAY },
    { serverId: 'orders', state: 'degraded', from: NOON - 3 * DAY, to: NOON - DAY },
    { serverId: 'orders', state: 'down', from: NOON - DAY, to: null },
    { serverId: 'files', state: 'up', from: NOON - 200 * DAY, to: null },
  ];
  memory.incidents = [
    anIncident({ serverName: 'Orders', startedAt: NOON - DAY }),
    anIncident({
      id: 'past',
      serverId: 'files',
      serverName: 'Files',
      startedAt: NOON - 5 * DAY,
      resolvedAt: NOON - 4 * DAY,
    }),
  ];
  await lookAt('status', (width) => stage.open(`${url}/status/main`, { width, at: NOON }));
});

test('the comparison sees a word that is gone', async () => {
  const page = await stage.open('/channels', { at: NOON });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const before = await shotOf(page);
  await page.evaluate(`document.querySelector('h1').style.color = 'transparent'`);
  expect(differing(await shotOf(page), before)).toBeGreaterThan(TOLERANCE);
});
