import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** Photographs a page whole, in both themes, as a desk and a phone show it. */
export interface Camera {
  /** `act`: what happens there before each picture is taken; `after`: once it is. */
  shoot(
    name: string,
    url: string,
    act?: (page: Page) => Promise<unknown>,
    after?: () => Promise<unknown>,
  ): Promise<void>;
}

const LOOKS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;
/** After it nothing more is on its way: charts and small curves are there. */
const SETTLED_MS = 1_200;
const GROWN_MS = 300;

export async function createCamera(browser: Browser, folder: string): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  return {
    async shoot(name, url, act, after) {
      for (const { width, height, colorScheme } of LOOKS) {
        const context = await browser.newContext({
          viewport: { width, height },
          colorScheme,
          reducedMotion: 'reduce',
          isMobile: width < 500,
          hasTouch: width < 500,
          timezoneId: 'Europe/Berlin',
        });
        const page = await context.newPage();
        await page.goto(url);
        await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
        await act?.(page);
        await page.waitForTimeout(SETTLED_MS);
        await page.setViewportSize({ width, height: Math.max(height, await heightOf(page)) });
        await page.waitForTimeout(GROWN_MS);
        const path = join(folder, `${name}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
        await context.close();
        await after?.();
      }
      console.log(`${name}: 4 pictures`);
    },
  };
}

/** The window is made as high as the page: a picture of more than the window is one of a mouse, not of a finger. */
async function heightOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollHeight');
}
