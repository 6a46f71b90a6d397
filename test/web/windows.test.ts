import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { NOTHING, Refused } from './fake-api.ts';
import { MONITOR } from './fixtures.ts';
import { PAGES, PLANNED } from './fixtures-windows.ts';
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
    await form.getByRole('button', { name: 'Save' }).click();
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
  await page.getByText('The window is saved.').waitFor();
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
  await page.getByRole('button', { name: 'Save' }).click();
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
    .getByText(/nobody is told of what is over/)
    .waitFor();
  stage.api.answer('GET /maintenance', new Refused(500, { detail: 'The store is busy.' }));
  await page.reload();
  await page.getByText('The maintenance windows could not be read.').waitFor();
});

const pages = (page: Awaited<ReturnType<Stage['open']>>) => page.getByRole('region', { name: 'Status pages' });

test('a status page says what it shows and what it leaves out; one of the file where it stands', async () => {
  const page = await stage.open('/monitor');
  const rows = pages(page).locator('.rows > li');
  await rows.nth(1).waitFor();
  expect(await wordsOf(rows.nth(0))).toMatch(
    /^Status https:\/\/alive\.example\.com\/status\/main for servers tagged prod from the configuration file, config\.yaml:42 Feeds/,
  );
  expect(await wordsOf(rows.nth(1))).toMatch(
    /^For the team .* for weather, billing Not on it, because not public: billing/,
  );
  expect(await rows.nth(0).getByRole('link', { name: 'Edit' }).count()).toBe(0);
  await rows.nth(0).getByText('Feeds, badges and embeds').click();
  await rows.nth(0).getByLabel('Badge of').selectOption('files');
  const snippets = await rows
    .nth(0)
    .getByRole('region', { name: /^(badge|embed) for/ })
    .allInnerTexts();
  expect(snippets).toEqual([
    '[![files](https://alive.example.com/badge/files.svg)](https://alive.example.com/status/main)',
    '<div data-alivemcp="files"></div>\n<script async src="https://alive.example.com/embed.js"></script>',
  ]);
});

test('a status page is added, edited and deleted', async () => {
  stage.api.answer('POST /status-pages', PAGES[1]);
  stage.api.answer('PATCH /status-pages/:id', PAGES[1]);
  stage.api.answer('DELETE /status-pages/:id', NOTHING);
  const page = await stage.open('/monitor');
  await pages(page).getByRole('link', { name: 'Add status page' }).click();
  const form = page.getByRole('form', { name: 'Add a status page' });
  await form.getByLabel('Title').fill('Team');
  await form.getByText(/The page is at .*\/status\/team\./).waitFor();
  await form.getByLabel('Add a server').selectOption('Weather');
  await form.getByLabel('Add a server').selectOption('Files');
  expect(await form.getByLabel('Servers', { exact: true }).inputValue()).toBe('weather, files');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The status page is added.').waitFor();
  await pages(page).getByRole('link', { name: 'Edit' }).click();
  const edit = page.getByRole('form', { name: 'Edit team' });
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('field-title');
  await edit.getByLabel('Groups by tag').fill('prod, eu');
  await edit.getByLabel('Notes').fill('');
  await edit.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The status page is saved.').waitFor();
  await pages(page).locator('a:focus', { hasText: 'Edit' }).waitFor();
  await pages(page).getByRole('button', { name: 'Delete' }).click();
  await page
    .getByRole('dialog', { name: 'Delete team?' })
    .getByText(/is gone at once/)
    .waitFor();
  await page.getByRole('button', { name: 'Delete status page' }).click();
  await page.getByText('team is deleted.').waitFor();
  expect(stage.api.changes.map(({ method, body }) => [method, body])).toEqual([
    ['POST', { id: 'team', title: 'Team', servers: ['weather', 'files'] }],
    ['PATCH', { tags: ['prod', 'eu'], notes: null }],
    ['DELETE', null],
  ]);
});

test('what watching and telling rest on is said in plain words', async () => {
  const page = await stage.open('/monitor');
  const ties = page.getByRole('region', { name: 'Network, heartbeat and channels' });
  await ties.getByText('hooks.example.com answered 503').waitFor();
  expect(await wordsOf(ties)).toMatch(
    /Network is there.*Heartbeat not configured.*works, last notice accepted .* ago.*not accepted 5 times in a row since .*, so it rests, tried again .*, 2 waiting, 1 given up: hooks\.example\.com answered 503/,
  );
  const at = new Date(Date.now() - 60_000).toISOString();
  stage.api.answer('GET /monitor', {
    ...MONITOR,
    network: {
      offline_since: at,
      control: { host: 'one.example', at, ok: false, message: 'It did not answer in time.' },
    },
    heartbeat: { host: 'hc.example', every_ms: 60_000, at, ok: true, message: 'answered 200' },
  });
  await page.reload();
  await expect
    .poll(() => wordsOf(ties))
    .toMatch(
      /Network is gone since .*Control address one\.example did not answer .* ago: It did not answer in time\. Heartbeat hc\.example is told every 1 min that servers are watched last told .* ago/,
    );
});
