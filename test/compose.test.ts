import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { compose } from '../src/compose.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { load } from './config/support.ts';
import { open, temporaryFolder } from './store/folder.ts';
import { keepingLog } from './store/quiet.ts';

const yaml = (folder: string, changes: object = {}, rest: object = {}) =>
  JSON.stringify({ monitor: { listen: '127.0.0.1:0', store: `sqlite:${folder}/alivemcp.db`, ...changes }, ...rest });

/** The whole monitor, whose configuration the test edits. */
async function start(folder: string, text = yaml(folder)) {
  const log = keepingLog();
  const config = await load(text);
  const current: { text: string } = { text };
  const running = await compose({
    config,
    readConfig: async () => ({ ok: true, config: await load(current.text) }),
    clock: systemClock,
    log,
    version: '0.0.0',
    webRoot: folder,
    secretKey: undefined,
  });
  onTestFinished(() => running.close());
  const edit = (next: string): ReturnType<typeof running.reload> => {
    current.text = next;
    return running.reload();
  };
  return { running, log, edit };
}

test('keys that are read at the start only are named when they change; others take effect at once', async () => {
  const folder = temporaryFolder();
  const { log, edit, running } = await start(folder);
  await edit(
    yaml(
      folder,
      { retention: { probes: '3d' } },
      { servers: [{ id: 'a', url: 'http://127.0.0.1:1/mcp', paused: true }] },
    ),
  );
  expect(running.monitor.server('a')).not.toBeNull();
  expect(log.lines.join('\n')).not.toContain('next start');
  await edit(yaml(folder, { location: 'elsewhere', concurrency: { total: 9 } }));
  expect(log.lines.at(-1)).toContain('these keys take effect at the next start');
  expect(log.lines.at(-1)).toContain('["monitor.location","monitor.concurrency"]');
});

test('edits that come faster than they are taken over are taken over one after the other', async () => {
  const folder = temporaryFolder();
  const { edit, running } = await start(folder);
  const one = (id: string) => yaml(folder, {}, { servers: [{ id, url: 'http://127.0.0.1:1/mcp', paused: true }] });
  await Promise.all(['a', 'b', 'c', 'd'].map((id) => edit(one(id))));
  expect(running.monitor.servers().map(({ server }) => server.id)).toEqual(['d']);
});

test('a start that fails leaves nothing open: neither the store nor the port', async () => {
  const folder = temporaryFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const text = yaml(folder, { listen: `127.0.0.1:${port}` });
  await expect(start(folder, text)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((resolve) => other.close(resolve));
  await (await start(folder, text)).running.close();
});

test('closed, also twice, it has let go of the store', async () => {
  const folder = temporaryFolder();
  const { running } = await start(folder);
  await running.close();
  await running.close();
  expect(await (await open(`sqlite:${folder}/alivemcp.db`)).quickCheck()).toBeNull();
});

test('a server of the file holds against a bundled one of the same id', async () => {
  const folder = temporaryFolder();
  const own = { id: 'steady', url: 'http://127.0.0.1:1/mcp', paused: true };
  const { running } = await start(folder, yaml(folder, { demo: true }, { servers: [own] }));
  expect(
    running.monitor
      .servers()
      .map(({ server }) => server.id)
      .sort(),
  ).toEqual(['pooled', 'slow', 'steady']);
  expect(running.monitor.server('steady')?.entry).toMatchObject({ url: own.url });
});

test('the bundled servers tell the channels that the file names as default', async () => {
  const folder = temporaryFolder();
  const ops = { type: 'email', to: ['ops@example.com'], from: 'alivemcp@example.com', smtp: 'smtp://127.0.0.1:1' };
  const rest = { channels: { ops }, defaults: { channels: ['ops'] } };
  const { running } = await start(folder, yaml(folder, { demo: true }, rest));
  expect(running.monitor.server('pooled')?.server.channels).toEqual(['ops']);
});
