import { expect, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { aFailure, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { type Started, start } from './start.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GONE = aFailure(reason('tcp_refused', 'connect', '10.1.2.3:5432 refused the connection'));

/** One page with a server that works, one that does not, and one that is nobody's business. */
async function withPage(): Promise<Started> {
  const app = await start();
  const { monitor, memory } = app;
  monitor.watch(
    {
      id: 'orders',
      name: 'Orders MCP',
      isPublic: true,
      tags: ['team-blue'],
      url: 'https://inside.example.com/mcp?k=1',
    },
    GONE,
  );
  monitor.watch({ id: 'files', name: 'Files', isPublic: true });
  monitor.watch({ id: 'secret', name: 'Secret project', tags: ['team-blue'] }, GONE);
  monitor.publish({ id: 'main', title: 'How we are', servers: ['orders', 'files', 'secret'], notes: 'Two\nlines' });
  const spansOf = (serverId: string) =>
    [
      { serverId, state: 'up', from: NOON - 30 * DAY, to: NOON - 2 * HOUR },
      { serverId, state: 'down', from: NOON - 2 * HOUR, to: null },
    ] as const;
  memory.spans = [
    ...spansOf('orders'),
    ...spansOf('secret'),
    { serverId: 'files', state: 'up', from: NOON - DAY, to: null },
  ];
  memory.incidents = [
    anIncident({ startedAt: NOON - 2 * HOUR }),
    anIncident({
      id: 'inc-2',
      serverId: 'files',
      serverName: 'Its old name',
      startedAt: NOON - 5 * DAY,
      resolvedAt: NOON - 5 * DAY + HOUR,
    }),
    anIncident({ id: 'inc-3', serverId: 'secret', serverName: 'Secret project' }),
  ];
  return app;
}

const ofTheInside =
  /inside|10\.1\.2\.3|refused|team-blue|Secret project|old name|isError|timeout|exhausted|pool|acquire|health_check/;

test.each(['/status/main', '/status/main.json', '/status/main/feed.atom', '/status/main/feed.rss'])(
  '%s tells nothing of the inside, may be kept by anybody, and is sent once',
  async (path) => {
    const { get } = await withPage();
    const { status, headers, text } = await get(path);
    expect(status).toBe(200);
    expect(text).toContain('Orders MCP');
    expect(text).toContain('Files');
    expect(text).not.toMatch(ofTheInside);
    expect(headers['cache-control']).toBe('public, max-age=60, stale-while-revalidate=300');
    const again = await get(path, { 'if-none-match': String(headers['etag']) });
    expect(again).toMatchObject({ status: 304, text: '' });
  },
);

test('the page says in one sentence what does not work, then how each server stands, with 90 days, then what happened', async () => {
  const { get } = await withPage();
  const { headers, text } = await get('/status/main');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  const words = text
    .replace(/<(style|title)[^>]*>.*?<\/\1>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(words).toMatch(
    /How we are Orders MCP does not work at the moment\. As of 2026-11-21 12:00 UTC .* Two lines Orders MCP does not work 90 days: 99\.7\d* % up P95 120 ms over 24 h Files works 90 days: 100 % up/,
  );
  expect(words).toMatch(
    /Orders MCP answered, but its tool calls failed\. since 2026-11-21 10:00 UTC \(2 h\) Files answered, but its tool calls failed\. 2026-11-16 12:00 UTC – 2026-11-16 13:00 UTC \(1 h\)/,
  );
  expect(text).toContain('aria-label="90 days up to 2026-11-21: 1 with downtime"');
  expect(text).toContain('<title>2026-11-21: 2 h down</title>');
});

test('the page works under the policy that forbids what is inline, and is small', async () => {
  const { get } = await withPage();
  const { headers, text } = await get('/status/main');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'self';style-src 'self'/);
  expect(text).not.toMatch(/<style|style=|<script>| on[a-z]+=/);
  for (const [path, type] of [
    ['/status/style.css', 'text/css'],
    ['/status/page.js', 'text/javascript'],
  ]) {
    expect(text).toContain(`"${path}"`);
    const part = await get(path ?? '');
    expect(part).toMatchObject({ status: 200, headers: { 'content-type': `${type}; charset=utf-8` } });
    expect(part.text.length).toBeLessThan(4000);
  }
  expect(text.length).toBeLessThan(5000);
});

test('a server that turns, and a page that is changed, are shown at once; otherwise a page is made once for many', async () => {
  const { get, monitor } = await withPage();
  const titleOf = async () => /<title>(.*?)<\/title>/.exec((await get('/status/main')).text)?.[1];
  expect(await titleOf()).toBe('■ How we are');
  monitor.watch({ id: 'orders', name: 'Orders MCP', isPublic: true });
  expect(await titleOf()).toBe('■ How we are');
  monitor.emit({ kind: 'server', id: 'orders', stateChanged: true });
  expect(await titleOf()).toBe('● How we are');
  monitor.publish({ id: 'main', title: 'Our servers' });
  expect(await titleOf()).toBe('● Our servers');
});

test('a page is at most ten seconds old', async () => {
  const { get, clock } = await withPage();
  const at = async () => (await get('/status/main.json')).json;
  expect(await at()).toMatchObject({ at: '2026-11-21T12:00:00.000Z' });
  clock.advance(9_000);
  expect(await at()).toMatchObject({ at: '2026-11-21T12:00:00.000Z' });
  clock.advance(1_000);
  expect(await at()).toMatchObject({ at: '2026-11-21T12:00:10.000Z' });
});

test('the page as data', async () => {
  const { get, monitor } = await withPage();
  monitor.maintains('orders', NOON + HOUR);
  monitor.publish({ id: 'main', title: 'How we are', servers: ['files'], tags: ['team-blue'] });
  expect((await get('/status/main.json')).json).toMatchObject({
    id: 'main',
    title: 'How we are',
    url: 'http://127.0.0.1:8080/status/main',
    status: 'down',
    sentence: 'Orders MCP does not work at the moment.',
    groups: [
      { tag: null, servers: [{ id: 'files', status: 'live', maintenance: false, uptime_90d: 1, p95_ms: 120 }] },
      { tag: 'team-blue', servers: [{ id: 'orders', status: 'down', maintenance: true }] },
    ],
    incidents: [
      { id: 'inc-1', server: 'Orders MCP', started_at: '2026-11-21T10:00:00.000Z', resolved_at: null },
      { id: 'inc-2', server: 'Files', resolved_at: '2026-11-16T13:00:00.000Z' },
    ],
  });
});

test('incidents that are not the public’s business, and those long over, are not told', async () => {
  const { get, memory } = await withPage();
  const past = { startedAt: NOON - 40 * DAY, resolvedAt: NOON - 31 * DAY };
  memory.incidents = [
    anIncident({ id: 'a', signal: 'auth' }),
    anIncident({ id: 'b', signal: 'tools' }),
    anIncident({ id: 'c', signal: 'tls' }),
    anIncident({ id: 'd', signal: 'pool', level: 'warn' }),
    anIncident({ id: 'e', attachedTo: 'inc-1' }),
    anIncident({ id: 'f', ...past }),
    anIncident({ id: 'g', signal: 'latency', level: 'warn' }),
  ];
  expect((await get('/status/main.json')).json).toMatchObject({ incidents: [{ id: 'g', what: 'was slow' }] });
});

test('where there is no such page, people are told so and scripts get a problem', async () => {
  const { get } = await start();
  const page = await get('/status/nobody', { accept: 'text/html' });
  expect(page).toMatchObject({
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
  expect(page.text).toContain('There is no status page here');
  for (const path of ['/status/nobody.json', '/status/nobody/feed.atom', '/status/nobody/feed.rss'])
    expect(await get(path)).toMatchObject({ status: 404, json: { title: 'Not found' } });
});

test('/status leads to the only page there is, or lists them', async () => {
  const { get, monitor } = await start();
  expect(await get('/status')).toMatchObject({ status: 404 });
  monitor.publish({ id: 'main', title: 'Status' });
  expect(await get('/status')).toMatchObject({ status: 302, headers: { location: '/status/main' } });
  monitor.publish({ id: 'team', title: '<b>Team</b>' });
  const { status, text } = await get('/status');
  expect(status).toBe(200);
  expect(text).toContain('<a href="/status/main">Status</a>');
  expect(text).toContain('<a href="/status/team">&#60;b&#62;Team&#60;/b&#62;</a>');
});

test('the embed status of a server names the first page that shows it', async () => {
  const { get, monitor } = await withPage();
  expect((await get('/api/embed-status/orders')).json).toMatchObject({
    status_page_url: 'http://127.0.0.1:8080/status/main',
  });
  monitor.watch({ id: 'other', isPublic: true });
  expect((await get('/api/embed-status/other')).json).toMatchObject({ status_page_url: null });
});

test('a feed has an entry for each incident, newest first, and only changes when one does', async () => {
  const { clock, get } = await withPage();
  const { headers, text } = await get('/status/main/feed.atom');
  expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  expect([...text.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title)).toEqual([
    'How we are',
    'Orders MCP answered, but its tool calls failed',
    'Files works again',
  ]);
  clock.advance(HOUR);
  expect(await get('/status/main/feed.atom', { 'if-none-match': String(headers['etag']) })).toMatchObject({
    status: 304,
  });
  const rss = await get('/status/main/feed.rss');
  expect(rss.headers['content-type']).toBe('application/rss+xml; charset=utf-8');
  expect([...rss.text.matchAll(/<guid isPermaLink="false">(.*?)<\/guid>/g)].map(([, id]) => id)).toEqual([
    'http://127.0.0.1:8080/status/main#inc-1',
    'http://127.0.0.1:8080/status/main#inc-2-resolved',
  ]);
});
