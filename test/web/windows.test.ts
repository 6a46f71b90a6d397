import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { NOTHING, Refused } from './fake-api.ts';
import { PLANNED } from './fixtures-windows.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

const list = (page: Awaited<ReturnType<Stage['open']>>) => page.getByRole('region', { name: 'Maintenance windows' });

test('each window says for whom it is, until when it is open, and the next three times it opens', async () => {
  const page = await stage.open('/monitor');
  const rows = list(page).getByRole('listitem');
  await expect
    .poll(async () => Promise.all((await rows.all()).map(wordsOf)))
    .toEqual([
      'deploy for weather, files open until 1 Jan 2030 00:00 once, for 1 h · added here Edit Delete',
      'sunday for servers tagged postgres next 6 Jan 2030 03:00, 13 Jan 2030 03:00, 20 Jan 2030 03:00 0 3 * * SUN by Europe/Berlin, for 1 h · from the configuration file',
    ]);
});

test('a window is added: now, at a time of the viewer’s clock, or again and again', async () => {
  stage.api.answer('POST /maintenance', PLANNED[0]);
  const page = await stage.open('/monitor');
  const form = page.getByRole('form', { name: 'Add a window' });
  const add = async () => {
    await form.getByRole('button', { name: 'Add' }).click();
    await form.waitFor({ state: 'detached' });
  };
  const begin = () => page.getByRole('link', { name: 'Add window' }).click();
  await begin();
  await form.getByLabel('Servers', { exact: true }).fill('orders, files');
  await add();
  await begin();
  await form.getByLabel('Begins').selectOption('once, later');
  await form.getByLabel('At', { exact: true }).fill('2030-01-06T03:00');
  await add();
  await begin();
  await form.getByLabel('And servers tagged').fill('postgres');
  await form.getByLabel('Begins').selectOption('again and again');
  await form.getByLabel('Cron expression').fill('0 3 * * SUN');
  await form.getByLabel('Lasts').fill('90m');
  await form.getByLabel('Id', { exact: true }).fill('sunday');
  await add();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([
    { servers: ['orders', 'files'], tags: [], duration: '1h' },
    { servers: [], tags: [], starts_at: '2030-01-06T02:00:00.000Z', duration: '1h' },
    { id: 'sunday', servers: [], tags: ['postgres'], cron: '0 3 * * SUN', timezone: 'Europe/Berlin', duration: '90m' },
  ]);
});

test('a window made here is edited: only what changed is sent', async () => {
  stage.api.answer('PATCH /maintenance/:id', PLANNED[0]);
  const page = await stage.open('/monitor');
  await list(page).getByRole('link', { name: 'Edit' }).click();
  const form = page.getByRole('form', { name: 'Edit deploy' });
  expect(await form.getByLabel('At', { exact: true }).inputValue()).toBe('2029-12-31T23:00');
  await form.getByLabel('Lasts').fill('2h');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('deploy is saved.').waitFor();
  await list(page).getByRole('link', { name: 'Edit' }).click();
  await form.getByLabel('Begins').selectOption('again and again');
  await form.getByLabel('Cron expression').fill('0 3 * * SUN');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  expect(stage.api.changes.map(({ body }) => body)).toEqual([
    { duration: '2h' },
    { starts_at: null, cron: '0 3 * * SUN', timezone: 'Europe/Berlin' },
  ]);
});

test('what the monitor refuses stands at its field, and nothing typed is lost', async () => {
  const errors = [{ path: 'duration', message: 'expected a duration from 1m to 7d, found "8d".' }];
  stage.api.answer('POST /maintenance', new Refused(422, { detail: 'It has mistakes.', errors }));
  const page = await stage.open('/monitor?window=orders');
  await page.getByLabel('Lasts').fill('8d');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('found "8d"').waitFor();
  expect(await page.getByLabel('Lasts').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByLabel('Servers', { exact: true }).inputValue()).toBe('orders');
  await page.getByRole('navigation').getByRole('link', { name: 'Servers' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
});

test('a window made here is deleted after a question; one of the file is not offered', async () => {
  stage.api.answer('DELETE /maintenance/:id', NOTHING);
  const page = await stage.open('/monitor');
  await list(page).getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete deploy?' });
  await dialog.getByText('What it holds is told at once if it is still so.').waitFor();
  stage.api.answer('GET /maintenance', { items: PLANNED.slice(1), next: null });
  await dialog.getByRole('button', { name: 'Delete window' }).click();
  await page.getByText('deploy is deleted.').waitFor();
  await expect.poll(() => list(page).getByRole('listitem').count()).toBe(1);
  expect(await list(page).getByRole('button').count()).toBe(0);
  expect(stage.api.changes.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /maintenance/deploy']);
});

test('no window is explained, and a list that cannot be read is said', async () => {
  stage.api.answer('GET /maintenance', { items: [], next: null });
  const page = await stage.open('/monitor');
  await list(page)
    .getByText(/servers are watched on/)
    .waitFor();
  stage.api.answer('GET /maintenance', new Refused(500, { detail: 'The store is busy.' }));
  await page.reload();
  await page.getByText('The maintenance windows could not be read.').waitFor();
});
