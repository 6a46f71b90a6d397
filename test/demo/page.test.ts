import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Demo } from '../../src/demo/demo.ts';
import { poolOf, withDemo } from './support.ts';

let browser: Browser;

beforeAll(async () => {
  // In one process, as that package starts it by default, the browser dies with its first closed page.
  const args = chromium.args.filter((arg) => arg !== '--single-process');
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args });
});

afterAll(() => browser.close());

/** The control page, and everything the browser had to complain about. */
async function withPage(demo: Demo, run: (page: Page) => Promise<void>, colorScheme?: 'light' | 'dark'): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 }, ...(colorScheme && { colorScheme }) });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  try {
    await page.goto(demo.controlUrl);
    await page.getByRole('heading', { name: 'Orders MCP' }).waitFor();
    await run(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

test('a press exhausts the pool, the page shows it, and one press switches everything off', () =>
  withDemo((demo) =>
    withPage(demo, async (page) => {
      const press = page.getByRole('button', { name: 'Exhaust the pool' });
      const off = page.getByRole('button', { name: 'Switch everything off' });
      await press.click();
      await page.getByText('7 waiting', { exact: true }).waitFor();
      await page.getByText('10 of 10 connections in use, 0 idle').waitFor();
      expect(await press.getAttribute('aria-pressed')).toBe('true');
      expect(poolOf(demo)).toMatchObject({ used: 10, waiting: 7 });

      await off.click();
      await page.getByText('0 of 10 connections in use, 10 idle').waitFor();
      expect(await press.getAttribute('aria-pressed')).toBe('false');
      expect(await off.isDisabled()).toBe(true);
    }),
  ));

test('leaks add up with each press and are given back together', () =>
  withDemo((demo) =>
    withPage(demo, async (page) => {
      for (const count of [1, 2, 3]) {
        await page.getByRole('button', { name: 'Leak a connection' }).click();
        await page.getByText(`${count} leaked`).waitFor();
      }
      await page.getByRole('button', { name: 'Give back' }).click();
      await page.getByText('3 leaked').waitFor({ state: 'detached' });
      expect(poolOf(demo).used).toBe(0);
    }),
  ));

test('what cannot be done is said on the page', () =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', 'exhaust_pool', true);
    const page = await browser.newPage();
    await page.goto(demo.controlUrl);
    await page.getByRole('button', { name: 'Leak a connection' }).click();
    await page.getByText('There is no connection left to leak: all 10 are in use.').waitFor();
    await page.close();
  }));

test('a page whose demo has stopped says so', async () => {
  const page = await browser.newPage();
  await withDemo(async (demo) => {
    await page.goto(demo.controlUrl);
    await page.getByRole('heading', { name: 'Weather MCP' }).waitFor();
  });
  await page.getByText('The demo has not answered since').waitFor();
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'in %s, text stands out from its ground and nothing is wider than a phone',
  (scheme) =>
    withDemo(async (demo) => {
      await demo.faults.set('pooled', 'exhaust_pool', true);
      await demo.faults.set('pooled', 'leak_connection', false);
      await withPage(
        demo,
        async (page) => {
          await page.getByText('7 waiting', { exact: true }).waitFor();
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
          for (const selector of [
            'h2',
            '.summary',
            '.effect',
            '.standing',
            '.waiting',
            '.detail',
            'li button',
            'button[aria-pressed=true]',
          ]) {
            expect([selector, await contrast(page, selector)]).toEqual([
              selector,
              expect.toSatisfy((ratio) => ratio >= 4.5),
            ]);
          }
        },
        scheme,
      );
    }),
);

/** WCAG 2.2 contrast ratio of an element's text against the nearest painted ground. */
async function contrast(page: Page, selector: string): Promise<number> {
  const colours: unknown = await page.evaluate(`(() => {
    let element = document.querySelector(${JSON.stringify(selector)});
    const { color } = getComputedStyle(element);
    while (getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement;
    return [color, getComputedStyle(element).backgroundColor];
  })()`);
  const [text, ground] = z.tuple([z.string(), z.string()]).parse(colours).map(luminance);
  return (Math.max(text ?? 0, ground ?? 0) + 0.05) / (Math.min(text ?? 0, ground ?? 0) + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? [])
    .map((channel) => Number(channel) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
