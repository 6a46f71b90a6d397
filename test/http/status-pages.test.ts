import { expect, test } from 'vitest';
import { StatusPage, StatusPages } from '../../src/http/schema-status-page.ts';
import { start } from './start.ts';

const entry = { id: 'main', title: 'Our servers' };

test('a status page is added, read, changed and removed', async () => {
  const { get, call } = await start();
  const added = await call('POST', '/api/v1/status-pages', entry);
  expect(added).toMatchObject({ status: 201, headers: { location: '/api/v1/status-pages/main' } });
  expect(StatusPage.parse(added.json)).toMatchObject({
    id: 'main',
    source: 'ui',
    title: 'Our servers',
    url: 'http://127.0.0.1:8080/status/main',
    defined_at: null,
    config: entry,
  });
  expect(await get('/api/v1/status-pages/main')).toMatchObject({ status: 200, json: { id: 'main' } });
  const changed = await call('PATCH', '/api/v1/status-pages/main', { notes: 'Hello' });
  expect(changed).toMatchObject({ status: 200, json: { config: { ...entry, notes: 'Hello' } } });
  expect(await call('DELETE', '/api/v1/status-pages/main')).toMatchObject({ status: 204 });
  expect((await get('/api/v1/status-pages')).json).toEqual({ items: [], next: null });
});

test('pages are listed by id, with the servers that they name and do not show', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'open', isPublic: true });
  monitor.watch({ id: 'closed' });
  monitor.publish({ id: 'team', servers: ['open', 'closed', 'gone'] });
  monitor.publish({ id: 'main', source: { kind: 'config', file: 'config.yaml', line: 12 } });
  const first = StatusPages.parse((await get('/api/v1/status-pages?limit=1')).json);
  expect(first.items).toMatchObject([{ id: 'main', source: 'config', defined_at: { file: 'config.yaml', line: 12 } }]);
  const rest = StatusPages.parse((await get(`/api/v1/status-pages?cursor=${first.next}`)).json);
  expect(rest).toMatchObject({ items: [{ id: 'team', hidden: ['closed', 'gone'] }], next: null });
});

test('what cannot be done is a problem that says why', async () => {
  const { get, call, monitor } = await start();
  monitor.publish({ id: 'main', source: { kind: 'config', file: 'config.yaml', line: 12 } });
  expect(await call('PATCH', '/api/v1/status-pages/main', {})).toMatchObject({ status: 409 });
  expect(await call('POST', '/api/v1/status-pages', entry)).toMatchObject({ status: 409 });
  expect(await call('POST', '/api/v1/status-pages', {})).toMatchObject({
    status: 422,
    json: { errors: [{ path: 'id' }] },
  });
  const answers = [
    await get('/api/v1/status-pages/nobody'),
    await call('PATCH', '/api/v1/status-pages/nobody', {}),
    await call('DELETE', '/api/v1/status-pages/nobody'),
  ];
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 404, json: { detail: expect.stringContaining('status page') } });
});
