import { expect, test } from 'vitest';
import { Problem } from '../../src/http/schema-monitor.ts';
import { start } from './start.ts';

const json = { 'content-type': 'application/json' };

test.each([
  ['GET', '/api/v1/servers/nobody'],
  ['PATCH', '/api/v1/servers/nobody', {}],
  ['DELETE', '/api/v1/servers/nobody'],
  ['POST', '/api/v1/servers/nobody/probe'],
  ['POST', '/api/v1/servers/nobody/pause'],
  ['POST', '/api/v1/servers/nobody/resume'],
  ['GET', '/api/v1/servers/nobody/probes'],
  ['GET', '/api/v1/servers/nobody/probes/p1'],
  ['GET', '/api/v1/servers/nobody/latency'],
  ['GET', '/api/v1/servers/nobody/uptime'],
  ['GET', '/api/v1/incidents/nobody'],
  ['POST', '/api/v1/incidents/nobody/acknowledge'],
  ['GET', '/api/v1/channels/nobody'],
  ['PATCH', '/api/v1/channels/nobody', {}],
  ['DELETE', '/api/v1/channels/nobody'],
  ['POST', '/api/v1/channels/nobody/test'],
  ['GET', '/api/v1/deliveries/nobody'],
  ['GET', '/api/v1/deliveries/nobody/mail'],
  ['POST', '/api/v1/deliveries/nobody/resend'],
] as const)('%s %s is a 404 that names what is missing', async (method, path, body?: object) => {
  const { call } = await start();
  const answer = await call(method, path, body);
  expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
  expect(Problem.parse(answer.json)).toMatchObject({
    status: 404,
    title: 'Not found',
    detail: expect.stringContaining('nobody'),
  });
});

test('a probe of a server that has none of that id is a 404', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  expect(await get('/api/v1/servers/orders/probes/p99')).toMatchObject({ status: 404 });
});

test.each(['/api/v1/import', '/mcp'])('%s says that it is not in this version', async (path) => {
  const { get } = await start();
  const answer = await get(path, { accept: 'text/html' });
  expect(answer).toMatchObject({ status: 404, json: { detail: 'This is not in this version of AliveMCP.' } });
});

test('what the monitor finds wrong with an entry comes back by path', async () => {
  const { call } = await start();
  const answer = await call('POST', '/api/v1/servers', { id: 'orders' });
  expect(Problem.parse(answer.json)).toMatchObject({ status: 422, errors: [{ path: 'url', message: 'is required' }] });
});

test.each([
  ['POST', '/api/v1/servers'],
  ['POST', '/api/v1/probe'],
  ['PATCH', '/api/v1/servers/orders'],
] as const)('%s %s never takes a command', async (method, path) => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const answer = await call(method, path, { id: 'x', url: 'http://127.0.0.1:1/mcp', command: ['sh'] });
  expect(answer).toMatchObject({ status: 422, json: { errors: [{ path: 'command' }] } });
});

test('an id that is taken is a conflict', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const answer = await call('POST', '/api/v1/servers', { id: 'orders', url: 'http://127.0.0.1:1/mcp' });
  expect(answer).toMatchObject({ status: 409, json: { title: 'Conflict' } });
});

test.each(['PATCH', 'DELETE'] as const)(
  '%s of a server from the file is a conflict that names file and line',
  async (method) => {
    const { call, monitor } = await start();
    monitor.watch({ id: 'orders', source: { kind: 'config', file: 'config.yaml', line: 12 } });
    const answer = await call(method, '/api/v1/servers/orders', method === 'PATCH' ? {} : undefined);
    expect(answer).toMatchObject({ status: 409, json: { detail: expect.stringContaining('config.yaml:12') } });
  },
);

test.each([
  ['not JSON', '{', json, 400],
  ['an empty body said to be JSON', '', json, 400],
  ['a prototype in disguise', '{"__proto__":{"a":1}}', json, 400],
  ['a thousand levels', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, json, 400],
  ['more than 64 KiB', `{"a":"${'x'.repeat(65_536)}"}`, json, 413],
  ['a form', 'id=orders', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['plain text', '{"id":"orders"}', { 'content-type': 'text/plain' }, 415],
  ['no content type', '{"id":"orders"}', {}, 415],
  ['a list', '[]', json, 422],
  ['text in JSON', '"orders"', json, 422],
])('a body of %s is refused', async (_what, body, headers, status) => {
  const { call, monitor } = await start();
  const answer = await call('POST', '/api/v1/servers', body, headers);
  expect(Problem.parse(answer.json)).toMatchObject({ status });
  expect(answer.status).toBe(status);
  expect(monitor.servers()).toEqual([]);
});

test.each([
  ['/api/v1/servers?limit=0', 'limit', 'Expected at least 1.'],
  ['/api/v1/servers?limit=1001', 'limit', 'Expected at most 1000.'],
  ['/api/v1/servers?limit=many', 'limit', 'Expected a number, found text.'],
  ['/api/v1/servers?sort=colour', 'sort', 'Expected state, name, p95 or uptime.'],
  ['/api/v1/servers?state=great', 'state.0', expect.stringMatching(/^Expected unknown, up, .* or paused\.$/)],
  ['/api/v1/incidents?state=sometimes', 'state', 'Expected open or resolved.'],
  ['/api/v1/deliveries?status=lost', 'status', expect.stringMatching(/^Expected /)],
])('GET %s is refused at %s', async (path, field, message) => {
  const { get } = await start();
  expect(await get(path)).toMatchObject({ status: 400, json: { errors: [{ path: field, message }] } });
});

test('a cursor that is not ours is refused', async () => {
  const { get } = await start();
  expect(await get('/api/v1/servers?cursor=bm9uc2Vuc2U')).toMatchObject({
    status: 400,
    json: { detail: expect.stringContaining('cursor') },
  });
});

test('an unknown field in an action is refused instead of being ignored', async () => {
  const { call, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const refused = async (body: object | undefined) => (await call('POST', '/api/v1/servers/orders/pause', body)).json;
  expect(await refused({ untill: null })).toMatchObject({
    status: 422,
    errors: [{ path: '', message: 'There is no key “untill” here.' }],
  });
  expect(await refused({ until: 'tomorrow' })).toMatchObject({
    status: 422,
    errors: [{ path: 'until', message: 'Expected a time such as 2026-12-24T22:00:00Z.' }],
  });
  expect(await refused([])).toMatchObject({
    status: 422,
    errors: [{ path: '', message: 'Expected a JSON object, found a list.' }],
  });
});

test('our own fault is a 500 with an id to look for in the log, and no word of what broke', async () => {
  const { get, monitor, log } = await start();
  monitor.figures = async () => {
    throw new Error('SQLITE_CORRUPT at /home/somebody/secret.db');
  };
  const answer = await get('/api/v1/summary');
  const problem = Problem.parse(answer.json);
  expect(problem).toMatchObject({ status: 500, title: 'Internal server error' });
  expect(problem.detail).toContain(problem.request_id);
  expect(answer.text).not.toMatch(/SQLITE|secret|at .*\.ts/);
  expect(log.join()).toContain(problem.request_id);
  expect(log.join()).toContain('SQLITE_CORRUPT');
});

test('an answer that does not fit its schema is our own fault, too', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const watched = monitor.server('orders');
  Object.assign(watched ?? {}, { latency: () => ({ p50Ms: -1, p95Ms: -1, p99Ms: -1, samples: 0 }) });
  expect(await get('/api/v1/servers/orders')).toMatchObject({ status: 500 });
});

test('what is nowhere is a 404 problem', async () => {
  const { call, get } = await start();
  for (const answer of [await get('/api/v1/nothing'), await get('/nothing'), await call('POST', '/nothing')])
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
  for (const path of [`/api/v1/servers/${'x'.repeat(500)}`, '/api/v1/servers/%zz'])
    expect(Problem.parse((await get(path)).json)).toMatchObject({ status: 404 });
});

test('every answer carries the headers that keep strangers out, and private ones stay out of caches', async () => {
  const { get } = await start();
  for (const path of ['/api/v1/summary', '/api/v1/nothing', '/live']) {
    const { headers } = await get(path);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'self';style-src 'self'/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

test('behind https, browsers are told to stay with it', async () => {
  const { get } = await start({ publicUrl: 'https://alive.example.com' });
  expect((await get('/live')).headers['strict-transport-security']).toBe('max-age=31536000');
});
