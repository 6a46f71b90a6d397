import { expect, onTestFinished, test } from 'vitest';
import { MaintenancePage, MaintenanceWindow } from '../../src/http/schema-maintenance.ts';
import { UptimeDays } from '../../src/http/schema-server.ts';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { type Receiver, startReceiver } from '../fixtures/receiver.ts';
import { BROKEN, type Moody, startMoody, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

interface Scene {
  readonly here: Place;
  readonly target: Moody;
  readonly receiver: Receiver;
  config(maintenance: readonly unknown[]): unknown;
}

/** Two servers, looked at each second, and a webhook that takes everything. */
async function scene(): Promise<Scene> {
  const [target, receiver, here] = await Promise.all([startMoody(), startReceiver(), openPlace()]);
  onTestFinished(async () => {
    await here.close();
    await target.close();
    await receiver.close();
  });
  const config = (maintenance: readonly unknown[]): unknown => ({
    monitor: { store: 'sqlite:data/a.db' },
    channels: { ops: { type: 'webhook', url: receiver.url } },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['ops'] },
    servers: ['orders', 'files'].map((id) => ({ id, url: target.url(id) })),
    maintenance,
  });
  return { here, target, receiver, config };
}

async function bothUp(api: Api): Promise<void> {
  for (const id of ['orders', 'files']) await api.becomes(id, 'up');
}

/** What was told, oldest first: `orders opened`. */
const told = ({ posts }: Receiver): readonly string[] =>
  posts.map(({ body }) => {
    const { server, event } = JSON.parse(body);
    return `${server.id} ${String(event).slice('incident.'.length)}`;
  });

async function plan(api: Api, entry: unknown): Promise<string> {
  const { status, text } = await api.send('POST', '/api/v1/maintenance', entry);
  expect([status, text]).toEqual([201, expect.any(String)]);
  return MaintenanceWindow.parse(JSON.parse(text)).id;
}

const statuses = async (api: Api): Promise<readonly string[]> =>
  (await api.deliveries()).toReversed().map(({ server, event, status }) => `${server.id} ${event} ${status}`);

test('what breaks and recovers in a window is told nobody; what is still broken when it ends is told then', async () => {
  const { here, target, receiver, config } = await scene();
  await here.write('config.yaml', config([]));
  const api = openApi((await here.serve()).url);
  await bothUp(api);
  const id = await plan(api, { servers: ['orders'], duration: '1h' });
  expect(await api.server('orders')).toMatchObject({ maintenance: true, maintenance_until: expect.any(String) });
  expect(await api.server('files')).toMatchObject({ maintenance: false, maintenance_until: null });

  // The other server breaks after it, and is told: had this one been told, it would have been before.
  target.become(BROKEN, 'orders');
  await api.becomes('orders', 'down');
  target.become(BROKEN, 'files');
  await until(() => receiver.posts.length > 0, { what: 'the other server is told' });
  expect(told(receiver)).toEqual(['files opened']);
  for (const id of ['orders', 'files']) target.become(WELL, id);
  await bothUp(api);
  await until(() => receiver.posts.length > 1, { what: 'and told to be over' });
  expect(await statuses(api)).toEqual(
    expect.arrayContaining(['orders incident.opened muted', 'orders incident.resolved muted']),
  );

  target.become(BROKEN, 'orders');
  await api.becomes('orders', 'down');
  expect(await statuses(api)).toContain('orders incident.opened pending');
  expect((await api.send('DELETE', `/api/v1/maintenance/${id}`)).status).toBe(204);
  await until(() => receiver.posts.length > 2, { what: 'it is told when the window is gone' });
  expect(told(receiver)).toEqual(['files opened', 'files resolved', 'orders opened']);
  const { text } = await api.send('GET', '/api/v1/servers/orders/uptime?days=2');
  const days = UptimeDays.parse(JSON.parse(text)).items;
  expect(days.reduce((sum, day) => sum + day.maintenance_seconds, 0)).toBeGreaterThan(1);
});

test('what a window holds outlives kill -9 and is told when the window ends', async () => {
  const { here, target, receiver, config } = await scene();
  await here.write('config.yaml', config([]));
  const first = await here.serve();
  const api = openApi(first.url);
  await bothUp(api);
  const begunAt = Date.now() - 60_000;
  const id = await plan(api, { starts_at: new Date(begunAt).toISOString(), duration: '1h' });
  target.become(BROKEN, 'orders');
  await api.becomes('orders', 'down');
  await first.stop('SIGKILL');

  const again = openApi((await here.serve()).url);
  await again.probed('orders', (await again.probes('orders')).length + 2);
  expect(await statuses(again)).toEqual(['orders incident.opened pending']);
  expect(await again.server('orders')).toMatchObject({ state: 'down', maintenance: true });
  const durationMs = Date.now() - begunAt + 2_000;
  await again.send('PATCH', `/api/v1/maintenance/${id}`, { duration: `${durationMs}ms` });
  await until(() => receiver.posts.length > 0, { what: 'it is told' });
  expect(Date.now()).toBeGreaterThanOrEqual(begunAt + durationMs);
  expect(told(receiver)).toEqual(['orders opened']);
  const listed = MaintenancePage.parse(JSON.parse((await again.send('GET', '/api/v1/maintenance')).text));
  expect(listed.items).toMatchObject([{ active: false, until: null, next: [] }]);
  expect(await again.server('orders')).toMatchObject({ state: 'down', maintenance: false });
});

test('a window written into the file takes hold while the program runs, and shows its next three times', async () => {
  const { here, target, receiver, config } = await scene();
  await here.write('config.yaml', config([]));
  const api = openApi((await here.serve()).url);
  await bothUp(api);
  const everyMinute = {
    id: 'always',
    servers: ['orders'],
    cron: '* * * * *',
    timezone: 'Europe/Berlin',
    duration: '10m',
  };
  await here.write('config.yaml', config([everyMinute]));
  await until(async () => (await api.server('orders')).maintenance, { what: 'orders is in maintenance' });
  const [window] = MaintenancePage.parse(JSON.parse((await api.send('GET', '/api/v1/maintenance')).text)).items;
  expect(window).toMatchObject({ id: 'always', source: 'config', active: true, config: everyMinute });
  const begins = window?.next.map(({ from }) => Date.parse(from)) ?? [];
  expect(begins.map((at) => at - (begins[0] ?? 0))).toEqual([0, 60_000, 120_000]);
  expect((await api.send('DELETE', '/api/v1/maintenance/always')).status).toBe(409);

  target.become(BROKEN, 'orders');
  await api.becomes('orders', 'down');
  expect(await statuses(api)).toEqual(['orders incident.opened pending']);
  await here.write('config.yaml', config([]));
  await until(() => receiver.posts.length > 0, { what: 'it is told when the window is gone' });
  expect(told(receiver)).toEqual(['orders opened']);
});
