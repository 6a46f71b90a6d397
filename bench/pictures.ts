import { resolve } from 'node:path';
import { openBrowser } from '../test/web/browser.ts';
import { badDay } from './pictures/bad-day.ts';
import { createCamera } from './pictures/camera.ts';
import { firstDay } from './pictures/first-day.ts';

/**
 * Every state of every view, photographed from the built monitor while real servers really fail: `npm run pictures --
 * FOLDER`. Takes some minutes. They are there to be looked at.
 */
const browser = await openBrowser();
try {
  const camera = await createCamera(browser, resolve(process.argv[2] ?? 'pictures'));
  await firstDay(camera);
  await badDay(camera);
} finally {
  await browser.close();
}
