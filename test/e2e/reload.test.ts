import { expect, onTestFinished, test } from 'vitest';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { type Moody, startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

async function watched(api: Api): Promise<readonly string[]> {
  return (await api.servers()).map(({ id }) => id).toSorted();
}

test('the configuration is edited while it runs: what is right is taken over at once, what is wrong changes nothing', {
  timeout: 120_000,
}, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  const config = (ids: readonly string[]) => ({
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s' },
    servers: ids.map((id) => ({ id, url: target.url(id) })),
  });
  await here.write('config.yaml', config(['first']));
  const program = await here.serve();
  const api = openApi(program.url);
  const { since } = await api.becomes('first', 'up');

  const editedAt = Date.now();
  const [one, two] = config(['first', 'second']).servers;
  await here.write('config.yaml', { ...config([]), servers: [one, { ...two, interval: '1h' }] });
  // Its interval is an hour: only a probe at once explains this.
  await until(() => target.visits().some(({ path }) => path === 'second'), {
    what: 'the new server is probed',
    ms: 5000,
  });
  console.info(`a server added to the file was probed after ${Date.now() - editedAt} ms`);
  expect((await api.monitor()).reload).toMatchObject({ file: 'config.yaml', errors: [] });

  await here.write('config.yaml', config(['first', 'second']));
  await until(async () => (await api.server('second')).schedule.interval_ms === 1000, { what: 'the next edit' });
  await here.write('config.yaml', 'servers:\n  - { id: first, url: "http://127.0.0.1:1/mcp", intervall: 5s }\n');
  const errors = await until(
    async () => {
      const { reload } = await api.monitor();
      return reload !== null && reload.errors.length > 0 && reload.errors;
    },
    { what: 'the mistake is shown' },
  );
  expect(errors).toEqual([{ line: 2, column: 49, message: expect.stringContaining('Did you mean `interval`?') }]);
  expect((await api.summary()).config_errors).toMatchObject({ file: 'config.yaml', errors });
  expect(await watched(api)).toEqual(['first', 'second']);
  expect(program.stdout()).toMatch(
    /2:49 {2}servers\[0\]\.intervall: .*the configuration has mistakes; nothing was changed/,
  );
  await here.write('config.yaml', '');
  await until(
    async () => (await api.monitor()).reload?.errors[0]?.message.startsWith('there is nothing in this file'),
    {
      what: 'a file that was emptied is a mistake',
    },
  );
  expect((await api.send('GET', '/metrics')).text).toMatch(/^alivemcp_config_last_reload_successful 0$/m);
  target.forgetVisits();
  await until(() => countsOf(target, 'first') >= 2 && countsOf(target, 'second') >= 2, { what: 'probing goes on' });
  expect(await api.server('first')).toMatchObject({ state: 'up', since });

  await here.write('config.yaml', config(['first']));
  await until(async () => (await watched(api)).length === 1, { what: 'a server taken out of the file is gone' });
  expect((await api.summary()).config_errors).toBeNull();
  expect((await api.send('GET', '/api/v1/servers/second')).status).toBe(404);
});

function countsOf(target: Moody, path: string): number {
  return target.visits().filter((visit) => visit.path === path).length;
}

test('SIGHUP reads everything anew, also what only a referenced file changed', async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  const token = await here.write('token.txt', 'token-before');
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    servers: [
      { id: 'orders', url: target.url(), interval: '1h', auth: { type: 'bearer', token: `\${file:${token}}` } },
    ],
  });
  const program = await here.serve();
  const sent = () => target.visits().map(({ headers }) => headers.authorization);
  await until(() => sent().length === 1, { what: 'the first probe' });
  await here.write('token.txt', 'token-after');
  program.signal('SIGHUP');
  await until(() => sent().length === 2, { what: 'a probe with the new token' });
  expect(sent()).toEqual(['Bearer token-before', 'Bearer token-after']);
  expect(await program.stop()).toEqual({ code: 0, signal: null });
});
