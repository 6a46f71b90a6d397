import type { Browser, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import { openBrowser } from './browser.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';

/** The built page in a real browser, over a fake API that a test may change before it opens the page. */
export interface Stage {
  readonly api: FakeApi;
  /** `at`: the time stands still there, in the page. */
  open(path: string, options?: { width?: number; dark?: boolean; at?: number }): Promise<Page>;
  /** Errors and breaches of the page's policy since the last call. Answers that a test wanted to fail are none. */
  problems(): readonly string[];
  /** Closes the pages and starts a fresh API for the next test. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const pages = inject('pages');
  const browser: Browser = await openBrowser();
  const seen: string[] = [];
  let api = await startFakeApi(pages);

  const closePages = async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await api.close();
  };
  return {
    get api() {
      return api;
    },
    async open(path, { width = 1280, dark = false, at } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: dark ? 'dark' : 'light',
        timezoneId: 'Europe/Berlin',
        hasTouch: width < 500,
      });
      const page = await context.newPage();
      if (at !== undefined) await page.clock.setFixedTime(at);
      page.on('pageerror', (error) => seen.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          seen.push(message.text());
      });
      await page.goto(new URL(path, api.url).href);
      return page;
    },
    problems: () => seen.splice(0),
    async reset() {
      await closePages();
      api = await startFakeApi(pages);
    },
    async close() {
      await closePages();
      await browser.close();
    },
  };
}

/** What is read there, on one line, with ordinary spaces. */
export async function wordsOf(place: Locator): Promise<string> {
  return (await place.allInnerTexts()).join(' ').replace(/\s+/g, ' ').trim();
}
