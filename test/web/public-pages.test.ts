import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { aFailure, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { SMUGGLED } from '../fixtures/smuggled.ts';
import { type Started, start } from '../http/start.ts';
import { violationsOf } from './axe.ts';
import { openBrowser } from './browser.ts';

const DAY = 86_400_000;
const GONE = aFailure(reason('tcp_refused', 'connect'));
const XSS = '"/><script>window.wasRun=1</script><img src=x onerror=window.wasRun=2>]]><b onclick=x>&amp;';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A page that shows a good and a bad server, over the whole 90 days and under names that no one should have. */
async function published(): Promise<Started> {
  const app = await start();
  const { monitor, memory } = app;
  monitor.watch({ id: 'orders', name: `Orders ${XSS}`, isPublic: true, tags: [XSS] }, GONE);
  monitor.watch({ id: 'files', name: 'Files', isPublic: true });
  monitor.publish({ title: `Status ${XSS}`, servers: ['files'], tags: [XSS], notes: `Notes ${XSS}\nand more` });
  memory.spans = [
    { serverId: 'orders', state: 'up', from: NOON - 80 * DAY, to: NOON - 3 * DAY },
    { serverId: 'orders', state: 'degraded', from: NOON - 3 * DAY, to: NOON - DAY },
    { serverId: 'orders', state: 'down', from: NOON - DAY, to: null },
    { serverId: 'files', state: 'up', from: NOON - 200 * DAY, to: null },
  ];
  memory.incidents = [
    anIncident({ serverName: XSS, startedAt: NOON - DAY }),
    anIncident({ id: 'past', serverId: 'files', startedAt: NOON - 5 * DAY, resolvedAt: NOON - 4 * DAY }),
  ];
  return app;
}

interface Look {
  readonly page: Page;
  /** Errors, and breaches of the page's own policy. */
  readonly problems: readonly string[];
}

async function look(url: string, { width = 1280, dark = false } = {}): Promise<Look> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  onTestFinished(() => context.close());
  const problems: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** A site of somebody else with a badge of ours in it, and a paragraph that must stay. */
async function foreignSite(scriptUrl: string): Promise<string> {
  const html = `<!doctype html><p>Mine</p><div data-alivemcp="orders">before</div><div data-alivemcp="files" data-style="card"></div>
    <div data-alivemcp="secret">before</div><script async src="${scriptUrl}"></script>`;
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()));
  return `http://localhost:${portOf(server.address())}/`;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

test('names, notes, tags and titles are shown as they are and run nothing', async () => {
  const { url } = await published();
  const { page, problems } = await look(`${url}/status/main`);
  const text = await page.locator('main').textContent();
  for (const said of [`Status ${XSS}`, `Orders ${XSS}`, `Notes ${XSS}\nand more`]) expect(text).toContain(said);
  expect(await page.evaluate('window.wasRun')).toBeUndefined();
  expect(await page.locator('main img, main b, main script').count()).toBe(0);
  expect(problems).toEqual([]);
});

test('thirty ways to smuggle a script in are text on the page and on badges, and none runs', async () => {
  const { url, monitor } = await start();
  for (const [n, name] of SMUGGLED.entries()) monitor.watch({ id: `s${n}`, name, isPublic: true, tags: [name] }, GONE);
  monitor.publish({ title: SMUGGLED.join(''), tags: [...SMUGGLED], notes: SMUGGLED.join('\n') });
  const { page, problems } = await look(`${url}/status/main`);
  expect(await page.locator('main h2').count()).toBeGreaterThanOrEqual(SMUGGLED.length);
  const text = (await page.locator('main').textContent()) ?? '';
  // What cannot be seen, and what turns the direction of writing, is taken out of names.
  for (const said of SMUGGLED.slice(0, -1)) expect(text.replace(/\s+/g, ' ')).toContain(said.replace(/\s+/g, ' '));
  expect(await page.locator('main :is(script, img, iframe, object, input, math, details)').count()).toBe(0);
  for (const n of SMUGGLED.keys()) {
    await page.goto(`${url}/badge/s${n}.svg`);
    expect(await page.evaluate(`[document.querySelectorAll('script, img, iframe').length, window.wasRun]`)).toEqual([
      0,
      undefined,
    ]);
  }
  await page.goto(`${url}/status/main`);
  expect(await page.evaluate('window.wasRun')).toBeUndefined();
  expect(problems).toEqual([]);
});

test.each([
  [1280, false],
  [390, true],
])('a status page hinders nobody who reads in another way (%i px, dark: %s)', async (width, dark) => {
  const { url } = await published();
  const { page } = await look(`${url}/status/main`, { width, dark });
  expect(await violationsOf(page)).toEqual([]);
});

test('the page reads from top to bottom: sentence, groups, bars of 90 days, incidents', async () => {
  const { url } = await published();
  const { page } = await look(`${url}/status/main`);
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([XSS, 'Incidents of the last 30 days']);
  await page.getByRole('img', { name: '90 days up to 2026-11-21: 2 with downtime' }).waitFor();
  await page.getByRole('img', { name: '90 days up to 2026-11-21: 0 with downtime' }).waitFor();
  // Each of the 90 days is drawn, 8 wide with 2 between.
  const width = await page
    .locator('.bars')
    .first()
    .evaluate((bars) => (bars.querySelector('path')?.getAttribute('d') ?? '').split('H')[1]);
  expect(width).toBe('898');
  expect(await page.locator('.bars .down title').first().textContent()).toMatch(
    /^2026-11-20: 12 h down, 12 h with trouble$/,
  );
});

test('times are the reader’s own, with the others on hover', async () => {
  const { url } = await published();
  const { page } = await look(`${url}/status/main`);
  const asOf = page.locator('header time');
  await expect.poll(() => asOf.textContent()).toBe('21 Nov 2026, 13:00');
  expect(await asOf.getAttribute('title')).toBe('2026-11-21 12:00 UTC');
});

test.each([
  [320, false],
  [1280, true],
])('at %i px nothing is cut off', async (width, dark) => {
  const { url } = await published();
  const { page } = await look(`${url}/status/main`, { width, dark });
  expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
  for (const link of await page.getByRole('link').all()) expect(await link.isVisible()).toBe(true);
});

test('the page renews itself, and says so when it cannot', async () => {
  const { url, monitor, clock, close } = await published();
  const { page } = await look(url);
  await page.clock.install();
  await page.goto(`${url}/status/main`);
  await page.getByText('does not work at the moment').waitFor();
  monitor.watch({ id: 'orders', name: 'Orders', isPublic: true, tags: [XSS] });
  monitor.emit({ kind: 'server', id: 'orders', stateChanged: true });
  clock.advance(60_000);
  await page.clock.fastForward(60_000);
  await page.getByText('All 2 servers work.').waitFor();
  expect(await page.title()).toMatch(/^● /);
  expect(await page.getByText('could not be renewed').isVisible()).toBe(false);
  await close();
  await page.clock.fastForward(60_000);
  await page.getByText('It could not be renewed since then.').waitFor();
});

test('feeds and badges are well-formed, whatever the names', async () => {
  const { url } = await published();
  const { page } = await look(`${url}/status/main`);
  for (const path of [
    '/status/main/feed.atom',
    '/status/main/feed.rss',
    '/badge/orders.svg',
    '/badge/files/uptime.svg',
  ]) {
    const parsed = await page.evaluate(async (address) => {
      const text = await (await fetch(address)).text();
      const xml = new DOMParser().parseFromString(text, 'application/xml');
      const faults = xml.getElementsByTagName('parsererror').length;
      return { root: xml.documentElement.tagName, faults, scripts: xml.getElementsByTagName('script').length };
    }, path);
    expect(parsed, path).toMatchObject({ faults: 0, scripts: 0 });
    expect(['feed', 'rss', 'svg']).toContain(parsed.root);
  }
});

test('a badge is drawn into a page of another site', async () => {
  const { url } = await published();
  const { page, problems } = await look(await foreignSite(`${url}/embed.js`));
  await expect.poll(() => page.locator('[data-alivemcp=orders]').textContent()).toBe('■ orders down');
  await expect
    .poll(() => page.locator('[data-alivemcp=files]').textContent())
    .toMatch(/^● files live · uptime 24 h 100 % · P95 120 ms$/);
  expect(await page.locator('[data-alivemcp=files] a').getAttribute('href')).toBe('http://127.0.0.1:8080/status/main');
  expect(await page.locator('[data-alivemcp=secret]').textContent()).toBe('before');
  expect(problems.filter((problem) => !/CORS policy|Failed to load resource/.test(problem))).toEqual([]);
});

test('where the monitor is gone, or answers nonsense, the other page stays as it was', async () => {
  const { url, close } = await published();
  const site = await foreignSite(`${url}/embed.js`);
  const { page } = await look('about:blank');
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  for (const body of ['<html>', '[]', 'null', '{"status":"<b>","slug":{}}', '']) {
    await page.route('**/api/embed-status/orders', (route) =>
      route.fulfill({ body, headers: { 'access-control-allow-origin': '*' } }),
    );
    await page.goto(site, { waitUntil: 'networkidle' });
    expect(await page.locator('p').textContent()).toBe('Mine');
    expect(await page.locator('b').count()).toBe(0);
  }
  await close();
  await page.goto(site, { waitUntil: 'networkidle' });
  expect(await page.locator('[data-alivemcp=orders]').textContent()).toBe('before');
  expect(thrown).toEqual([]);
});
