import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from '../../test/fixtures/until.ts';
import type { Camera } from './camera.ts';
import { openTown, TOOLS, type Town } from './town.ts';

/** How long a pool takes from the first connection lost to the last. */
const LEAK_EVERY_MS = 12_000;
const LEAKS = 10;
const SOON_MS = 180_000;

/** Ten servers, of which few stay well. */
export async function badDay(camera: Camera): Promise<void> {
  const town = await openTown();
  try {
    const since = Date.now();
    await wellEnough(town, camera);
    await breakAll(town);
    await servers(town, camera, since);
    await incidents(town, camera);
    await others(town, camera);
    await forms(town, camera);
    await lost(town, camera);
  } finally {
    await town.close();
  }
}

async function wellEnough({ api, program }: Town, { shoot }: Camera): Promise<void> {
  const { url } = await api.server('steady');
  const canary = { tool: 'current_weather', arguments: { city: 'Oslo' }, timeout: '3s' };
  await api.addServer({ id: 'forecast', name: 'Forecast MCP', url, canary, interval: '2s', tags: ['prod'] });
  for (const id of ['pooled', 'steady', 'slow', 'search', 'wiki', 'crm', 'forecast'])
    await api.becomes(id, 'up', SOON_MS);
  await shoot('server-well', `${program.url}/servers/steady`);
  await shoot('status-well', `${program.url}/status/main`);
}

async function breakAll({ api, breaks, search }: Town): Promise<void> {
  await breaks('slow', 'add_latency', { ms: 2_500 });
  await api.send('POST', '/api/v1/servers/wiki/pause', {});
  await api.send('POST', '/api/v1/maintenance', { servers: ['crm'], duration: '1h' });
  search.lists([{ ...TOOLS[0], description: 'Finds documents and mails.' }]);
  for (let leak = 0; leak < LEAKS; leak += 1) {
    await wait(LEAK_EVERY_MS);
    // At last there is none left to lose: that is what is wanted.
    await breaks('pooled', 'leak_connection').catch(() => breaks('pooled', 'exhaust_pool'));
  }
  await breaks('pooled', 'exhaust_pool').catch(() => undefined);
  await api.becomes('pooled', 'down', SOON_MS);
  await breaks('steady', 'hang_tool');
  await api.becomes('forecast', 'down', SOON_MS);
}

async function servers({ program: { url } }: Town, { shoot }: Camera, since: number): Promise<void> {
  await shoot('overview', url);
  await shoot('overview-tags', `${url}/?sort=tag`);
  await shoot('overview-no-match', `${url}/?q=zebra`);
  const span = new URLSearchParams({ from: new Date(since).toISOString(), to: new Date().toISOString() });
  await shoot('server-pool', `${url}/servers/pooled?${span}`);
  for (const id of ['pooled', 'forecast', 'slow', 'mail', 'billing', 'vault', 'wiki', 'crm', 'report'])
    await shoot(`server-${id}`, `${url}/servers/${id}`);
  await shoot('server-drift', `${url}/servers/search?tab=tools`);
  for (const tab of ['incidents', 'tools', 'settings'])
    await shoot(`server-tab-${tab}`, `${url}/servers/pooled?tab=${tab}`);
}

async function incidents({ api, program: { url } }: Town, { shoot }: Camera): Promise<void> {
  await shoot('incidents', `${url}/incidents`);
  for (const { id, server } of await api.incidents('&state=open'))
    if (['pooled', 'mail', 'search'].includes(server.id))
      await shoot(`incident-${server.id}`, `${url}/incidents/${id}`);
}

async function others({ here, api, config, program: { url } }: Town, { shoot }: Camera): Promise<void> {
  await shoot('channels', `${url}/channels`);
  await shoot('channels-form', `${url}/channels?new=email`);
  await shoot('monitor', `${url}/monitor`);
  await shoot('monitor-window', `${url}/monitor?window=crm`);
  await shoot('status', `${url}/status/main`);
  await here.write('config.yaml', JSON.stringify({ ...config, intervall: '2s' }, null, 2));
  await until(async () => (await api.summary()).config_errors !== null, { what: 'the mistake is seen', ms: 30_000 });
  await shoot('reload-errors', url);
  await shoot('reload-errors-monitor', `${url}/monitor`);
}

async function forms({ api, program: { url } }: Town, { shoot }: Camera): Promise<void> {
  const server = await api.server('crm');
  const fill = async (page: Page, address: string) => {
    await page.getByRole('textbox').first().fill(address);
    await page.keyboard.press('Tab');
  };
  const test = (address: string) => async (page: Page) => {
    await fill(page, address);
    await page.getByRole('button', { name: /^Test/ }).click();
    await page.waitForTimeout(3_000);
  };
  await shoot('add-tested', `${url}/servers/new`, test(server.url ?? ''));
  await shoot('add-refused', `${url}/servers/new`, test('http://127.0.0.1:9/mcp'));
  await shoot('add-wrong', `${url}/servers/new`, async (page) => {
    await fill(page, 'orders');
    await page.getByRole('button', { name: /^Save/ }).click();
  });
}

/** The monitor is killed while somebody looks. */
async function lost({ here, program, config }: Town, { shoot }: Camera): Promise<void> {
  const { url } = program;
  const options = { args: ['--listen', new URL(url).host], env: { NODE_EXTRA_CA_CERTS: here.path('ca.pem') } };
  await here.write('config.yaml', config);
  let running = program;
  const kill = async (page: Page) => {
    await page.getByRole('link', { name: 'Orders MCP' }).first().waitFor();
    await running.stop('SIGKILL');
    await page.getByText('Connection lost').waitFor();
  };
  await shoot('stale', url, kill, async () => {
    running = await here.serve(options);
  });
}
