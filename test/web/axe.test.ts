import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { violationsOf } from './axe.ts';
import { ago, SUMMARY } from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

/** Every page, and every form with something wrong in it. */
const VIEWS = [
  '/',
  '/?sort=tag',
  '/?state=paused&q=nothing',
  '/servers/orders',
  '/servers/orders?tab=incidents',
  '/servers/orders?tab=tools',
  '/servers/orders?tab=settings',
  '/servers/new',
  '/servers/billing/edit',
  '/incidents',
  '/incidents/i-1',
  '/channels',
  '/channels?new=webhook',
  '/monitor',
  '/monitor?window=orders',
  '/monitor?edit-window=deploy',
  '/monitor?page=',
  '/nowhere',
];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

const LOOKS = [
  { dark: false, width: 1280 },
  { dark: true, width: 390 },
];

test('no page hinders those who read or work in another way, wide and light or narrow and dark', {
  timeout: 180_000,
}, async () => {
  stage.api.answer('GET /summary', {
    ...SUMMARY,
    deliveries_failed: 1,
    config_errors: { at: ago(5_000), file: 'config.yaml', errors: [{ line: 3, column: 1, message: 'unknown key' }] },
  });
  const walk = async (look: (typeof LOOKS)[number]): Promise<void> => {
    for (const view of VIEWS) {
      const page = await stage.open(view, look);
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle').catch(() => undefined);
      const save = page.getByRole('button', { name: /^Save/ });
      if ((await save.count()) > 0) await save.first().click();
      expect(await violationsOf(page), `${view} ${JSON.stringify(look)}`).toEqual([]);
      await page.context().close();
    }
  };
  await Promise.all(LOOKS.map(walk));
});

test('the check finds what it is there for', async () => {
  const page = await stage.open('/');
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')`);
  expect(await violationsOf(page)).toMatchObject([expect.stringMatching(/^button-name/)]);
});
