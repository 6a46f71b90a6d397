import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { NOTHING, Refused } from './fake-api.ts';
import { ago, CHANNELS, INCIDENT, INCIDENT_DETAIL } from './fixtures.ts';
import { openStage, type Stage, wordsOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.reset());
afterEach(() => expect(stage.problems()).toEqual([]));
afterAll(() => stage.close());

test('open incidents stand before resolved ones', async () => {
  const page = await stage.open('/incidents');
  await page.getByRole('heading', { name: 'Resolved' }).waitFor();
  const names = await page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(names).toEqual(['Open', 'Resolved']);
  await page.getByRole('list', { name: 'Filters' }).getByRole('link', { name: 'resolved' }).click();
  await expect.poll(() => page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['Resolved']);
  await page.getByRole('link', { name: /could not be reached/ }).click();
  await page.getByRole('heading', { name: 'What was seen' }).waitFor();
});

test('no incident is explained', async () => {
  stage.api.answer('GET /incidents', { items: [], next: null });
  const page = await stage.open('/incidents');
  await page.getByRole('heading', { name: 'No incidents' }).waitFor();
});

test('an incident tells what was seen, what to try, and who was told in whose words', async () => {
  const page = await stage.open('/incidents/i-1');
  await page.getByRole('heading', { name: /Orders MCP answers, but its tool calls fail/, level: 1 }).waitFor();
  await page.getByText('Set an acquire timeout of 3–5 s so that calls fail fast.').waitFor();
  await page.getByText('isError: true after 10.1 s').waitFor();
  await page.getByText('Others see: A ping: up, 200 in 84 ms.').waitFor();
  await page.getByText('250 2.0.0 Ok: queued as 4Xk1').waitFor();
  await page.getByText('hooks.example.com answered 404: no such hook').waitFor();
  expect(await page.getByRole('region', { name: 'Timeline' }).getByRole('listitem').count()).toBe(5);
});

test('acknowledging carries a note and shows it', async () => {
  const acknowledged = { at: ago(0), note: 'Ana looks at it' };
  stage.api.answer('POST /incidents/:id/acknowledge', { ...INCIDENT, acknowledged });
  const page = await stage.open('/incidents/i-1');
  await page.getByLabel('Note (optional)').fill(' Ana looks at it ');
  stage.api.answer('GET /incidents/:id', { ...INCIDENT_DETAIL, acknowledged });
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('“Ana looks at it”').waitFor();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([{ note: 'Ana looks at it' }]);
});

test('the mail is shown as it arrives, in a frame where no script runs', async () => {
  const page = await stage.open('/incidents/i-1');
  await page.getByText('Mail: DOWN · Orders MCP').click();
  const heading = page
    .frameLocator('iframe')
    .getByRole('heading', { name: 'Orders MCP answers, but its tool calls fail.' });
  expect(await heading.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(190, 30, 20)');
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
  expect(await page.title()).not.toContain('hacked');
  await page.getByRole('button', { name: 'Text' }).click();
  await page
    .getByRole('region', { name: 'The mail as text' })
    .getByText('Its database pool is exhausted: 7 calls waiting.')
    .waitFor();
  const said: string[] = [];
  const heard = () => {
    said.push(...stage.problems());
    return said;
  };
  await expect.poll(heard).toEqual([expect.stringMatching(/^Blocked script execution/)]);
});

test('the webhook body is shown as JSON, and a notice that failed can be sent again', async () => {
  stage.api.answer('POST /deliveries/:id/resend', INCIDENT_DETAIL.notices[1]);
  const page = await stage.open('/incidents/i-1');
  await page.getByText('POST as JSON').click();
  expect(await wordsOf(page.getByRole('region', { name: 'The request as it arrives' }))).toContain(
    '"event": "incident.opened"',
  );
  await page.getByRole('button', { name: 'Send again' }).nth(1).click();
  await page.getByText('Queued to be sent again.').waitFor();
  expect(stage.api.changes.map(({ path }) => path)).toEqual(['/deliveries/n-2/resend']);
});

test("a channel's test shows the receiver's words, good or bad", async () => {
  stage.api.answer('POST /channels/:id/test', ({ path }: { path: string }) =>
    path.includes('ops')
      ? { ok: true, answer: '250 2.0.0 Ok', ms: 184 }
      : { ok: false, answer: 'answered 404: no such hook', ms: 92 },
  );
  const page = await stage.open('/channels');
  await page.getByRole('button', { name: 'Send a test' }).first().click();
  await page.getByText(/Accepted: 250 2\.0\.0 Ok/).waitFor();
  await page.getByRole('button', { name: 'Send a test' }).nth(1).click();
  await page.getByText(/Not accepted: answered 404: no such hook/).waitFor();

  // A notice is tried: how the channel fares is renewed, in words that fit a single failure.
  const [ops, pager] = CHANNELS;
  const delivery = { ...pager?.delivery, failures_in_a_row: 1, next_try_at: new Date(0).toISOString() };
  stage.api.answer('GET /channels', { items: [ops, { ...pager, delivery }], next: null });
  stage.api.push('incident', INCIDENT);
  await page.getByText(/not accepted since [\d:]+, so it rests, tried again now, 2 waiting/).waitFor();
});

test('a mailbox is added; its mistakes stand at their fields', async () => {
  const errors = [{ path: 'to.0', message: 'expected a mail address such as `ops@example.com`' }];
  stage.api.answer('POST /channels', new Refused(422, { detail: 'The body cannot be used.', errors }));
  const page = await stage.open('/channels?new=email');
  await page.getByLabel('Id').fill('night');
  await page.getByLabel('To', { exact: true }).fill('Ops, night@example.com');
  await page.getByLabel('From').fill('alivemcp@example.com');
  await page.getByLabel('SMTP server').fill('smtp://mail.example.com:587');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => page.getByLabel('To', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  stage.api.answer('POST /channels', CHANNELS[0]);
  await page.getByLabel('To', { exact: true }).fill('ops@example.com, night@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The channel is added.').waitFor();
  expect(stage.api.changes.at(-1)?.body).toEqual({
    id: 'night',
    type: 'email',
    to: ['ops@example.com', 'night@example.com'],
    from: 'alivemcp@example.com',
    smtp: 'smtp://mail.example.com:587',
  });
  await expect.poll(() => page.url()).toMatch(/\/channels$/);
  await page.getByRole('link', { name: 'Add channel' }).click();
  await page.getByRole('link', { name: 'Cancel' }).press('Enter');
  await page.locator('a:focus', { hasText: 'Add channel' }).waitFor();
  expect(page.url()).toMatch(/\/channels$/);
});

test('an edit of a channel keeps its secrets', async () => {
  stage.api.answer('PATCH /channels/:id', CHANNELS[1]);
  const page = await stage.open('/channels?edit=pager');
  await page.getByLabel('Only for servers tagged').fill('prod, eu');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The channel is saved.').waitFor();
  await page.locator('a[href="/channels?edit=pager"]:focus').waitFor();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([{ tags: ['prod', 'eu'] }]);
});

test('a form for each kind asks for what that kind needs; secrets are typed unseen and optional fields may stay empty', async () => {
  stage.api.answer('POST /channels', CHANNELS[1]);
  const page = await stage.open('/channels?new=email');
  await page.getByLabel('Kind').selectOption('ntfy');
  await page.getByLabel('Topic').waitFor();
  expect(await page.getByLabel('Topic').getAttribute('type')).toBe('password');
  expect(await page.getByLabel('To', { exact: true }).count()).toBe(0);
  await page.getByLabel('Id').fill('phone');
  await page.getByLabel('Topic').fill('alive-7fK2xQ9w');
  await page.getByLabel('Priority').fill(' high ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The channel is added.').waitFor();
  expect(stage.api.changes.at(-1)?.body).toEqual({
    id: 'phone',
    type: 'ntfy',
    topic: 'alive-7fK2xQ9w',
    priority: 'high',
  });
});

test('an edit leaves alone what the form does not show, and takes away a secret that was emptied', async () => {
  const config = {
    id: 'pager',
    type: 'webhook',
    url: { set: true },
    secret: { set: true },
    later: { kept: 'as it is' },
  };
  stage.api.answer('GET /channels', { items: [{ ...CHANNELS[1], config }], next: null });
  stage.api.answer('PATCH /channels/:id', CHANNELS[1]);
  const page = await stage.open('/channels?edit=pager');
  await page.getByRole('button', { name: 'Replace Signing secret' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The channel is saved.').waitFor();
  expect(stage.api.changes.map(({ body }) => body)).toEqual([{ secret: null }]);
});

test('deleting a channel asks; one from the file cannot be deleted', async () => {
  stage.api.answer('DELETE /channels/:id', NOTHING);
  const page = await stage.open('/channels');
  const remove = page.getByRole('button', { name: 'Delete' });
  await remove.waitFor();
  expect(await remove.count()).toBe(1);
  await remove.click();
  await page.getByRole('dialog', { name: 'Delete pager?' }).getByRole('button', { name: 'Delete channel' }).click();
  await page.getByText('pager is deleted.').waitFor();
});

test('without a channel the page says what one is for', async () => {
  stage.api.answer('GET /channels', { items: [], next: null });
  stage.api.answer('GET /deliveries', { items: [], next: null });
  const page = await stage.open('/channels');
  await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor();
});

test('the monitor shows its own figures and what runs next', async () => {
  const page = await stage.open('/monitor');
  await page.getByRole('heading', { name: 'Housekeeping' }).waitFor();
  const words = await wordsOf(page.getByRole('main'));
  expect(words).toMatch(/probes in the last hour\s+1,004/);
  expect(words).toMatch(/store\s+46\.0 MB/);
  expect(words).toMatch(/config\.yaml taken over 2 h ago/);
  expect(words).toMatch(/retention\s+17 3 \* \* \*\s+in 4 h 59 min/);
});
