import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Refused } from './fake-api.ts';
import { CHANGES, DRIFTED, DRIFTED_DETAIL, TOOLS } from './fixtures-tools.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

function drift(): void {
  stage.api.answer('GET /servers/:id', DRIFTED_DETAIL);
  stage.api.answer('GET /servers/:id/tools', DRIFTED);
  stage.api.answer('GET /servers/:id/tools/changes', CHANGES);
}

test('the tools are listed by name, their schemas folded away, words of the target as text', async () => {
  const page = await stage.open('/servers/orders?tab=tools');
  const tools = page.getByRole('list', { name: 'Tools', exact: true });
  await tools.getByText('Finds orders <script>alert(1)</script>').waitFor();
  expect(await tools.locator('pre').count()).toBe(0);
  await tools.locator('summary').first().click();
  await expect
    .poll(() => wordsOf(page.getByRole('region', { name: 'Schemas of search' })))
    .toContain('"required": [ "city" ]');
  expect(await page.locator('main script').count()).toBe(0);
  await page.getByText('None since the first list.').waitFor();
  expect(await page.getByRole('button', { name: 'Accept these tools' }).count()).toBe(0);
});

test('drift is shown field by field, worst first, and the light says since when', async () => {
  drift();
  const page = await stage.open('/servers/orders?tab=tools');
  const shown = page.getByRole('region', { name: 'Drift' });
  await shown.getByText('Against the tools accepted at').waitFor();
  expect(await wordsOf(shown.getByRole('listitem').nth(1))).toBe(
    'breaking search: parameter city has another type. inputSchema.properties.city.type <b>string</b> number',
  );
  await shown.getByText('and 4 more').waitFor();
  const lights = page.getByRole('list', { name: 'Layers' });
  expect(await wordsOf(lights.getByText(/changed/))).toMatch(/^14, changed [23] min( \d+ s)? ago$/);
  await page.getByRole('heading', { name: 'Changes' }).waitFor();
  await page.locator('summary').getByText('The tool ship is gone.').waitFor();
});

test('accepting names the list that is shown, and the drift is gone', async () => {
  drift();
  stage.api.answer('POST /servers/:id/tools/accept', { ...TOOLS, hash: 'decade', accepted_hash: 'decade' });
  const page = await stage.open('/servers/orders?tab=tools');
  await page.getByRole('button', { name: 'Accept these tools' }).click();
  await page.getByRole('status').getByText('Accepted.').waitFor();
  await page.getByRole('region', { name: 'Drift' }).waitFor({ state: 'detached' });
  expect(stage.api.changes.map(({ path, body }) => [path, body])).toEqual([
    ['/servers/orders/tools/accept', { hash: 'decade' }],
  ]);
});

test('accepting a list that has changed again is refused in the monitor’s words', async () => {
  drift();
  stage.api.answer(
    'POST /servers/:id/tools/accept',
    new Refused(409, { detail: 'The tools of “orders” changed again meanwhile.' }),
  );
  const page = await stage.open('/servers/orders?tab=tools');
  await page.getByRole('button', { name: 'Accept these tools' }).click();
  await page.getByRole('status').getByText('changed again meanwhile').waitFor();
  await page.getByRole('region', { name: 'Drift' }).waitFor();
});

test('a server whose tools were never read says what will happen', async () => {
  stage.api.answer('GET /servers/:id/tools', {
    ...TOOLS,
    hash: null,
    since: null,
    accepted_hash: null,
    accepted_at: null,
    items: [],
  });
  const page = await stage.open('/servers/orders?tab=tools');
  await page.getByText('No list of tools was seen yet.').waitFor();
});

test('on a phone nothing is wider than the screen', async () => {
  drift();
  const page = await stage.open('/servers/orders?tab=tools', { width: 360 });
  await page.getByRole('region', { name: 'Drift' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
