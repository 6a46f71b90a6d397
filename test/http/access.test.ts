import { expect, test } from 'vitest';
import { readEvents } from './events.ts';
import { type Answer, type Started, start } from './start.ts';

const PASSWORD = 'correct horse battery';
const bearer = { authorization: `Bearer ${PASSWORD}` };

/** Every route there is; the ids are of what `guarded` watches. */
const ROUTES = [
  ['GET', '/api/v1/summary'],
  ['GET', '/api/v1/monitor'],
  ['GET', '/api/v1/servers'],
  ['GET', '/api/v1/servers/beats'],
  ['POST', '/api/v1/servers'],
  ['GET', '/api/v1/servers/orders'],
  ['PATCH', '/api/v1/servers/orders'],
  ['DELETE', '/api/v1/servers/orders'],
  ['POST', '/api/v1/servers/orders/probe'],
  ['POST', '/api/v1/servers/orders/pause'],
  ['POST', '/api/v1/servers/orders/resume'],
  ['GET', '/api/v1/servers/orders/probes'],
  ['GET', '/api/v1/servers/orders/probes/p1'],
  ['GET', '/api/v1/servers/orders/latency'],
  ['GET', '/api/v1/servers/orders/uptime'],
  ['POST', '/api/v1/probe'],
  ['POST', '/api/v1/entries/read'],
  ['GET', '/api/v1/incidents'],
  ['GET', '/api/v1/incidents/inc-1'],
  ['POST', '/api/v1/incidents/inc-1/acknowledge'],
  ['GET', '/api/v1/channels'],
  ['GET', '/api/v1/channel-kinds'],
  ['POST', '/api/v1/channels'],
  ['GET', '/api/v1/channels/ops'],
  ['PATCH', '/api/v1/channels/ops'],
  ['DELETE', '/api/v1/channels/ops'],
  ['POST', '/api/v1/channels/ops/test'],
  ['GET', '/api/v1/deliveries'],
  ['GET', '/api/v1/deliveries/note-1'],
  ['GET', '/api/v1/deliveries/note-1/mail'],
  ['POST', '/api/v1/deliveries/note-1/resend'],
  ['GET', '/api/v1/events'],
  ['DELETE', '/api/v1/session'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/nothing'],
  ['GET', '/metrics'],
  ['GET', '/mcp'],
  ['POST', '/mcp'],
] as const;

async function guarded(): Promise<Started> {
  const app = await start({ password: PASSWORD });
  app.monitor.watch({ id: 'orders' });
  app.monitor.watch({ id: 'open', isPublic: true });
  return app;
}

test.each(ROUTES)('with a password, %s %s wants it', async (method, path) => {
  const { call, monitor } = await guarded();
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: PASSWORD },
    { cookie: 'alivemcp_session=made-up' },
  ]) {
    const answer = await call(method, path, undefined, headers);
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="AliveMCP"' } });
    expect(answer.json).toMatchObject({ status: 401, detail: expect.stringContaining('/login') });
  }
  expect(monitor.server('orders')).toMatchObject({ pause: null });
});

test.each(ROUTES)('without a password, %s %s is open to the local user', async (method, path) => {
  const { url, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const leave = new AbortController();
  const answer = await fetch(url + path, { method, signal: leave.signal });
  leave.abort();
  expect(answer.status).not.toBe(401);
});

test.each(['/', '/servers/orders', '/api/docs', '/assets/app.js', '/nothing'])(
  'with a password, the page %s leads to the sign-in',
  async (path) => {
    const { get } = await guarded();
    const answer = await get(path, { accept: 'text/html' });
    expect(answer).toMatchObject({ status: 303, headers: { location: `/login?to=${encodeURIComponent(path)}` } });
  },
);

test.each([
  ['/live', 200],
  ['/ready', 200],
  ['/login', 200],
  ['/plain.css', 200],
  ['/status', 404],
  ['/status/main', 404],
  ['/badge/orders.svg', 404],
  ['/api/embed-status/orders', 404],
  ['/badge/open.svg', 200],
  ['/badge/open/p95.json', 200],
  ['/api/embed-status/open', 200],
  ['/embed.js', 200],
])('with a password, %s is open all the same', async (path, status) => {
  const { get } = await guarded();
  expect(await get(path)).toMatchObject({ status });
});

test.each(['/liveness', '/live/', '/LIVE', '/status/../api/v1/summary', '/api/v1/session/', '/statuses'])(
  '%s only looks open',
  async (path) => {
    const { get } = await guarded();
    expect([401, 303, 404]).toContain((await get(path)).status);
    expect((await get(path)).text).not.toContain('probes_last_hour');
  },
);

test('scripts send the password with each request', async () => {
  const { get } = await guarded();
  expect(await get('/api/v1/summary', bearer)).toMatchObject({ status: 200, json: { password: true } });
  expect(await get('/metrics', bearer)).toMatchObject({ status: 200 });
});

const cookieOf = ({ headers }: Answer) => String(headers['set-cookie']).split(';')[0] ?? '';

test('the dashboard signs in for a cookie that scripts in the page cannot read, and out again', async () => {
  const { call, get } = await guarded();
  const entered = await call('POST', '/api/v1/session', { password: PASSWORD });
  expect(entered).toMatchObject({ status: 204, text: '' });
  expect(entered.headers['set-cookie']).toMatch(
    /^alivemcp_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const cookie = cookieOf(entered);
  expect(await get('/api/v1/summary', { cookie })).toMatchObject({ status: 200 });
  expect(await call('DELETE', '/api/v1/session', undefined, { cookie })).toMatchObject({ status: 204 });
  expect(await get('/api/v1/summary', { cookie })).toMatchObject({ status: 401 });
});

test('behind https the cookie travels by nothing else', async () => {
  const { call } = await start({ password: PASSWORD, publicUrl: 'https://alive.example.com' });
  const { headers } = await call('POST', '/api/v1/session', { password: PASSWORD });
  expect(headers['set-cookie']).toContain('; Secure;');
});

test('a session ends after seven days', async () => {
  const { call, get, clock } = await guarded();
  const cookie = cookieOf(await call('POST', '/api/v1/session', { password: PASSWORD }));
  clock.setWall(clock.now() + 7 * 86_400_000 - 1);
  expect(await get('/api/v1/summary', { cookie })).toMatchObject({ status: 200 });
  clock.setWall(clock.now() + 1);
  expect(await get('/api/v1/summary', { cookie })).toMatchObject({ status: 401 });
});

test('signing out cuts the live stream of that session, and of no other', async () => {
  const { url, call, monitor } = await guarded();
  const open = async () => {
    const cookie = cookieOf(await call('POST', '/api/v1/session', { password: PASSWORD }));
    return { cookie, events: readEvents(await fetch(`${url}/api/v1/events`, { headers: { cookie } })) };
  };
  const [mine, theirs] = [await open(), await open()];
  const end = mine.events.next();
  await call('DELETE', '/api/v1/session', undefined, { cookie: mine.cookie });
  expect(await end).toBeNull();
  monitor.emit({ kind: 'config' });
  expect(await theirs.events.next()).toMatchObject({ event: 'config' });
});

test('without a password there is nothing to sign in to', async () => {
  const { call, get } = await start();
  expect(await call('POST', '/api/v1/session', { password: 'x' })).toMatchObject({ status: 404 });
  expect(await get('/login')).toMatchObject({ status: 303, headers: { location: '/' } });
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const filled = (password: string, to: string) => new URLSearchParams({ password, to }).toString();

test('people sign in on a page that needs no script, and get to where they wanted', async () => {
  const { call, get } = await guarded();
  const page = await get('/login?to=/servers/orders?tab=1');
  expect(page.text).toContain('<input type="hidden" name="to" value="/servers/orders?tab=1">');
  expect(page.text).not.toMatch(/<script|<style|style=/);
  const answer = await call('POST', '/login', filled(PASSWORD, '/servers/orders?tab=1'), form);
  expect(answer).toMatchObject({ status: 303, headers: { location: '/servers/orders?tab=1' } });
  expect(await get('/api/v1/summary', { cookie: cookieOf(answer) })).toMatchObject({ status: 200 });
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/a\r\nset-cookie: x=1',
  '/login',
  '',
])('signing in never leads to %j', async (to) => {
  const { call } = await guarded();
  expect(await call('POST', '/login', filled(PASSWORD, to), form)).toMatchObject({
    status: 303,
    headers: { location: '/' },
  });
});

test('a wrong password shows the page again and says so', async () => {
  const { call } = await guarded();
  const answer = await call('POST', '/login', filled('wrong', '/x"><script>'), form);
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining('This is not the password.') });
  expect(answer.headers).not.toHaveProperty('set-cookie');
  expect(answer.text).not.toContain('<script>');
});

test('only the sign-in page takes a form', async () => {
  const { call } = await guarded();
  expect(await call('POST', '/api/v1/session', filled(PASSWORD, '/'), form)).toMatchObject({ status: 415 });
});

test.each([
  ['the session route', (app: Started) => app.call('POST', '/api/v1/session', { password: 'wrong' })],
  ['the sign-in page', (app: Started) => app.call('POST', '/login', filled('wrong', '/'), form)],
  ['any route with a bearer', (app: Started) => app.get('/api/v1/summary', { authorization: 'Bearer wrong' })],
])('guessing at %s is slowed down: five tries, then a delay that grows, to a minute at most', async (_where, guess) => {
  const app = await guarded();
  for (let tries = 0; tries < 5; tries += 1) expect((await guess(app)).status).toBe(401);
  for (const seconds of [12, 24, 48, 60, 60]) {
    expect(await guess(app)).toMatchObject({ status: 429, headers: { 'retry-after': String(seconds) } });
    app.clock.advance(seconds * 1000);
    expect((await guess(app)).status).toBe(401);
  }
});

test('while guessing is slowed down, who is signed in goes on working', async () => {
  const app = await guarded();
  const cookie = cookieOf(await app.call('POST', '/api/v1/session', { password: PASSWORD }));
  for (let tries = 0; tries < 5; tries += 1) await app.get('/api/v1/summary', { authorization: 'Bearer wrong' });
  expect(await app.get('/api/v1/summary', bearer)).toMatchObject({ status: 429 });
  expect(await app.get('/api/v1/summary', { cookie })).toMatchObject({ status: 200 });
});

test('a body is not read before its sender is known', async () => {
  const { call } = await guarded();
  const huge = 'x'.repeat(1_000_000);
  expect(await call('POST', '/api/v1/servers', huge, { 'content-type': 'application/json' })).toMatchObject({
    status: 401,
  });
});
