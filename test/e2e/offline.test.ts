import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openApi } from '../fixtures/api.ts';
import { startLine } from '../fixtures/line.ts';
import { openPlace } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const IDS = ['a', 'b', 'c'];

const Body = z.object({
  event: z.string(),
  server: z.object({ id: z.string() }),
  reason: z.object({ code: z.string(), message: z.string() }),
  incident_id: z.string(),
});

/** The built program, three servers and a control address behind a line each, and a pager that is always reached. */
async function start() {
  const target = await startMoody();
  onTestFinished(target.close);
  const pager = await startReceiver();
  onTestFinished(pager.close);
  const deadMan = await startReceiver();
  onTestFinished(deadMan.close);
  const lines = await Promise.all(IDS.map((id) => startLine(target.url(id))));
  const control = await startLine(target.url('control'));
  for (const line of [...lines, control]) onTestFinished(line.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db', control: { url: control.url }, heartbeat: { url: deadMan.url, every: '1s' } },
    defaults: { interval: '1s', timeout: '2s', confirm: { down: 1, up: 1, recheck: '1s' }, channels: ['pager'] },
    channels: { pager: { type: 'webhook', url: pager.url } },
    servers: IDS.map((id, at) => ({ id, url: lines[at]?.url, announce_first: true })),
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const id of IDS) await api.becomes(id, 'up');
  const beats = () => deadMan.posts.length;
  return {
    api,
    program,
    lines,
    control,
    beats,
    told: () => pager.posts.map(({ body }) => Body.parse(JSON.parse(body))),
  };
}

test('the monitor loses its network: one message, no server is called down, uptime stays as it was', async () => {
  const { api, program, lines, control, beats, told } = await start();
  await until(() => beats() > 0, { what: 'the first heartbeat' });
  await Promise.all([...lines, control].map((line) => line.cut()));
  for (const id of IDS) expect((await api.becomes(id, 'unknown')).reason?.code).toBe('monitor_offline');
  const before = beats();
  const [first] = await until(() => told().length > 0 && told(), { what: 'it is told', ms: 60_000 });
  expect(first).toMatchObject({
    event: 'incident.opened',
    server: { id: '_monitor' },
    reason: { code: 'monitor_offline', message: expect.stringContaining('The control address does not answer') },
  });
  // One may have been under way.
  expect(beats() - before).toBeLessThanOrEqual(1);
  const { network, heartbeat } = await api.monitor();
  expect(heartbeat).toMatchObject({ host: '127.0.0.1', ok: false, message: 'Our own network is gone.' });
  expect(network.offline_since).not.toBeNull();
  expect(network.control).toMatchObject({ host: '127.0.0.1', ok: false });

  await Promise.all([...lines, control].map((line) => line.mend()));
  for (const id of IDS) await api.becomes(id, 'up');
  const both = await until(() => told().length > 1 && told(), { what: 'its end is told', ms: 60_000 });
  expect(both.map(({ event, server }) => [event, server.id])).toEqual([
    ['incident.opened', '_monitor'],
    ['incident.resolved', '_monitor'],
  ]);
  await until(() => beats() > before + 1, { what: 'heartbeats again' });
  expect((await api.monitor()).network.offline_since).toBeNull();
  expect((await api.incidents()).map(({ server }) => server.id)).toEqual(['_monitor']);
  for (const id of IDS) expect((await api.server(id)).uptime['24h']).toBe(1);
  for (const id of IDS) {
    const codes = new Set((await api.probes(id)).map(({ reason }) => reason?.code ?? 'none'));
    expect(codes).toEqual(new Set(['none', 'monitor_offline']));
  }
  expect(told()).toHaveLength(2);
  expect(program.stderr()).toBe('');
});

test('a server that is gone while the control address answers is down, and so it is told', async () => {
  const { api, lines, told } = await start();
  await lines[0]?.cut();
  await api.becomes('a', 'down');
  await until(() => told().length > 0, { what: 'it is told', ms: 60_000 });
  expect(told()).toMatchObject([{ event: 'incident.opened', server: { id: 'a' } }]);
  expect((await api.monitor()).network).toMatchObject({ offline_since: null, control: { ok: true } });
});

test('a control address that is gone alone is no outage of ours: those that answer are up, and who breaks is down', async () => {
  const { api, lines, control, told } = await start();
  await Promise.all([control.cut(), lines[0]?.cut()]);
  await api.becomes('a', 'down', 60_000);
  await until(() => told().length > 0, { what: 'it is told', ms: 60_000 });
  expect(told().map(({ server }) => server.id)).toEqual(['a']);
  expect((await api.server('b')).state).toBe('up');
});
