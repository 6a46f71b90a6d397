import { expect, test } from 'vitest';
import { MaintenancePage, MaintenanceWindow } from '../../src/http/schema-maintenance.ts';
import { ServerPage } from '../../src/http/schema-server.ts';
import { NOON } from '../fixtures/facts.ts';
import { start } from './start.ts';

const HOUR = 3_600_000;
const entry = { id: 'night', cron: '0 3 * * SUN', duration: '1h' };

test('windows are listed, the open ones first, then by when they open next', async () => {
  const { get, monitor } = await start();
  const soon = [{ from: NOON + HOUR, to: NOON + 2 * HOUR }];
  monitor.plan({ id: 'a-late' }, {}, { next: [{ from: NOON + 9 * HOUR, to: NOON + 10 * HOUR }] });
  monitor.plan({ id: 'b-over', starts: { kind: 'once', at: NOON - 9 * HOUR } });
  monitor.plan({ id: 'c-soon' }, {}, { next: soon });
  monitor.plan({ id: 'd-open', source: { kind: 'config', file: 'config.yaml', line: 12 } }, entry, {
    openUntil: NOON + 1000,
  });
  const page = MaintenancePage.parse((await get('/api/v1/maintenance?limit=3')).json);
  expect(page.items.map(({ id }) => id)).toEqual(['d-open', 'c-soon', 'a-late']);
  expect(page.items[0]).toMatchObject({
    source: 'config',
    active: true,
    until: '2026-11-21T12:00:01.000Z',
    cron: '0 3 * * SUN',
    timezone: 'Europe/Berlin',
    starts_at: null,
    duration_ms: HOUR,
    defined_at: { file: 'config.yaml', line: 12 },
    config: entry,
  });
  expect(page.items[1]).toMatchObject({
    active: false,
    until: null,
    next: [{ from: '2026-11-21T13:00:00.000Z', to: '2026-11-21T14:00:00.000Z' }],
  });
  const rest = MaintenancePage.parse((await get(`/api/v1/maintenance?cursor=${page.next}`)).json);
  expect(rest).toMatchObject({
    items: [{ id: 'b-over', cron: null, timezone: null, starts_at: '2026-11-21T03:00:00.000Z', next: [] }],
    next: null,
  });
});

test('a window is added, read, changed and removed', async () => {
  const { get, call } = await start();
  const added = await call('POST', '/api/v1/maintenance', entry);
  expect(added).toMatchObject({ status: 201, headers: { location: '/api/v1/maintenance/night' } });
  expect(MaintenanceWindow.parse(added.json)).toMatchObject({ id: 'night', source: 'ui', config: entry });
  expect(await get('/api/v1/maintenance/night')).toMatchObject({ status: 200, json: { id: 'night' } });
  const changed = await call('PATCH', '/api/v1/maintenance/night', { duration: '2h' });
  expect(changed).toMatchObject({ status: 200, json: { config: { ...entry, duration: '2h' } } });
  expect(await call('DELETE', '/api/v1/maintenance/night')).toMatchObject({ status: 204 });
  expect((await get('/api/v1/maintenance')).json).toEqual({ items: [], next: null });
});

test('what cannot be done is a problem that says why', async () => {
  const { get, call, monitor } = await start();
  monitor.plan({ id: 'night', source: { kind: 'config', file: 'config.yaml', line: 12 } });
  expect(await call('PATCH', '/api/v1/maintenance/night', {})).toMatchObject({ status: 409 });
  expect(await call('POST', '/api/v1/maintenance', entry)).toMatchObject({ status: 409 });
  expect(await call('POST', '/api/v1/maintenance', {})).toMatchObject({
    status: 422,
    json: { errors: [{ path: 'duration' }] },
  });
  const answers = [
    await get('/api/v1/maintenance/nobody'),
    await call('PATCH', '/api/v1/maintenance/nobody', {}),
    await call('DELETE', '/api/v1/maintenance/nobody'),
  ];
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 404, json: { detail: expect.stringContaining('maintenance window') } });
});

test('a server in maintenance says so and until when', async () => {
  const { get, monitor } = await start();
  monitor.watch({ id: 'orders' });
  monitor.watch({ id: 'files' });
  monitor.maintains('orders', NOON + HOUR);
  const { items } = ServerPage.parse((await get('/api/v1/servers?sort=name')).json);
  expect(items.map(({ maintenance }) => maintenance)).toEqual([false, true]);
  expect(await get('/api/v1/servers/orders')).toMatchObject({
    json: { maintenance: true, maintenance_until: '2026-11-21T13:00:00.000Z', state: 'up' },
  });
  expect(await get('/api/v1/summary')).toMatchObject({ json: { maintenance: 1, states: { up: 2 } } });
});
