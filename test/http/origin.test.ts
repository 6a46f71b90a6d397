import { expect, test } from 'vitest';
import { type Arrival, judgeOrigin } from '../../src/http/origin.ts';
import { start } from './start.ts';

const own = { listenHost: 'monitor.lan', publicUrl: new URL('https://alive.example.com') };

function arrival(changes: Partial<Arrival>): Arrival {
  return {
    method: 'POST',
    host: '127.0.0.1:8080',
    origin: undefined,
    fetchSite: undefined,
    localAddress: '::ffff:192.168.1.5',
    localPort: 8080,
    ...changes,
  };
}

test.each([
  ['127.0.0.1:8080', null],
  ['127.0.0.2:8080', null],
  ['localhost:8080', null],
  ['LOCALHOST:8080', null],
  ['[::1]:8080', null],
  ['192.168.1.5:8080', null],
  ['monitor.lan:8080', null],
  ['alive.example.com', null],
  ['alive.example.com:443', null],
  ['alive.example.com:8080', 421],
  ['localhost', 421],
  ['localhost:8081', 421],
  ['localhost.evil.example:8080', 421],
  ['127.0.0.1.evil.example:8080', 421],
  ['evil.example:8080', 421],
  ['192.168.1.6:8080', 421],
  ['localhost:8080/x', 421],
  ['user@localhost:8080', 421],
  ['localhost:8080#x', 421],
  ['', 421],
  [undefined, 421],
])('Host %s: %s', (host, status) => {
  expect(judgeOrigin(arrival({ host }), own)?.status ?? null).toBe(status);
});

test.each([
  [undefined, null],
  ['http://127.0.0.1:8080', null],
  ['https://127.0.0.1:8080', null],
  ['https://alive.example.com', null],
  ['http://alive.example.com', 403],
  ['http://127.0.0.1:8081', 403],
  ['http://localhost:8080', 403],
  ['https://evil.example', 403],
  ['https://alive.example.com.evil.example', 403],
  ['null', 403],
  ['', 403],
])('a changing request with Origin %s: %s', (origin, status) => {
  expect(judgeOrigin(arrival({ origin }), own)?.status ?? null).toBe(status);
});

test.each([
  ['same-origin', null],
  ['none', null],
  ['same-site', 403],
  ['cross-site', 403],
])('a changing request that the browser calls %s: %s', (fetchSite, status) => {
  expect(judgeOrigin(arrival({ fetchSite }), own)?.status ?? null).toBe(status);
});

test.each(['GET', 'HEAD', 'OPTIONS'])('%s changes nothing and may come from a link anywhere', (method) => {
  expect(judgeOrigin(arrival({ method, origin: 'https://evil.example', fetchSite: 'cross-site' }), own)).toBeNull();
});

test('a request for another host is refused before anything else, and told what to set', async () => {
  const { get, call, monitor } = await start();
  const headers = { host: 'rebound.example' };
  for (const path of ['/api/v1/summary', '/live', '/', '/metrics', '/api/v1/events', '/nothing'])
    expect(await get(path, headers)).toMatchObject({
      status: 421,
      json: { detail: expect.stringContaining('monitor.public_url') },
    });
  expect(await call('POST', '/api/v1/servers', { id: 'a', url: 'http://127.0.0.1:1' }, headers)).toMatchObject({
    status: 421,
  });
  expect(monitor.servers()).toEqual([]);
});

test('a page of another site changes nothing, whatever it sends', async () => {
  const { call, host, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const foreign = { origin: 'https://evil.example' };
  for (const [method, path] of [
    ['POST', '/api/v1/servers/orders/pause'],
    ['DELETE', '/api/v1/servers/orders'],
    ['POST', '/api/v1/probe'],
    ['POST', '/api/v1/entries/read'],
    ['POST', '/login'],
  ] as const)
    expect(await call(method, path, undefined, foreign)).toMatchObject({ status: 403 });
  expect(monitor.server('orders')).toMatchObject({ pause: null });
  expect(await call('POST', '/api/v1/servers/orders/pause', undefined, { origin: `http://${host}` })).toMatchObject({
    status: 200,
  });
});
