import { copyFile, mkdir } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { BROKEN, startMoody } from '../fixtures/targets/moody.ts';

const SECRET = 'restored-4d1b6c';

test('a backup and the key in a new folder are the same monitor: servers, secrets, probes and incidents', async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const [here, there] = [await openPlace(), await openPlace()];
  onTestFinished(here.close);
  onTestFinished(there.close);
  const config = {
    monitor: { store: 'sqlite:data/alivemcp.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
  };
  await here.write('config.yaml', config);
  const first = await here.serve();
  const api = openApi(first.url);
  for (const id of ['orders', 'files'])
    await api.addServer({ id, url: target.url(id), headers: { 'X-Api-Key': SECRET }, announce_first: true });
  await api.becomes('files', 'up');
  target.become(BROKEN, 'orders');
  await api.becomes('orders', 'down');
  const [incident] = await api.incidents('&state=open');
  const probe = await api.probeNow('files');

  // While it runs, as docs/operations.md says.
  const made = await here.run(['backup', 'copy.db', '--store', 'sqlite:data/alivemcp.db']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(await first.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  await mkdir(there.path('data'));
  await copyFile(here.path('copy.db'), there.path('data/alivemcp.db'));
  await copyFile(here.path('data/alivemcp.key'), there.path('data/alivemcp.key'));
  await there.write('config.yaml', config);
  target.forgetVisits();

  const second = await there.serve();
  const restored = openApi(second.url);
  expect((await restored.servers()).map(({ id }) => id).toSorted()).toEqual(['files', 'orders']);
  expect((await restored.incidents('&state=open')).map(({ id }) => id)).toEqual([incident?.id]);
  expect((await restored.send('GET', `/api/v1/servers/files/probes/${probe.id}`)).status).toBe(200);
  await restored.probeNow('files');
  expect(target.visits().find(({ path }) => path === 'files')?.headers['x-api-key']).toBe(SECRET);
  expect((await restored.server('files')).state).toBe('up');
  expect(await second.stop()).toEqual({ code: 0, signal: null });
});
