import { expect, test } from 'vitest';
import { ConflictError, InvalidEntryError } from '../../src/core/monitor.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { openMemory, startEngine } from './support.ts';

const config = JSON.stringify({
  servers: [
    { id: 'orders', url: 'https://orders.example.com/mcp', public: true },
    { id: 'files', url: 'https://files.example.com/mcp' },
  ],
  status_pages: [{ id: 'main', title: 'Status', servers: ['orders', 'files', 'ordres'] }],
});

test('pages of the file and those made in the browser are one list; the latter outlive a restart', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const first = await startEngine(config, { clock, store });
  const added = await first.monitor.addStatusPage({ id: 'team', title: 'Team', servers: ['files'] });
  expect(added).toMatchObject({ page: { id: 'team', source: { kind: 'ui' } }, entry: { title: 'Team' } });
  expect(first.events).toContainEqual({ kind: 'config' });
  await first.monitor.changeStatusPage('team', { title: 'Our team', servers: null });
  await first.stop();
  const { monitor } = await startEngine(config, { clock, store });
  expect(monitor.statusPages().map(({ page }) => [page.id, page.title, page.servers])).toEqual([
    ['main', 'Status', ['orders', 'files', 'ordres']],
    ['team', 'Our team', []],
  ]);
  expect(await monitor.removeStatusPage('team')).toBe(true);
  expect(await monitor.removeStatusPage('team')).toBe(false);
  expect(await store.statusPages()).toEqual([]);
});

test('what is wrong with a page is said, and nothing is changed', async () => {
  const { monitor } = await startEngine(config);
  await expect(monitor.changeStatusPage('main', {})).rejects.toThrow(
    'The status page “main” comes from the configuration file (/etc/alivemcp/config.yaml:1). Change it there.',
  );
  await expect(monitor.removeStatusPage('main')).rejects.toThrow(ConflictError);
  await expect(monitor.addStatusPage({ id: 'main' })).rejects.toThrow(ConflictError);
  await expect(monitor.addStatusPage('main')).rejects.toThrow(InvalidEntryError);
  await expect(monitor.addStatusPage({ id: 'team', servers: ['orders', 'ordres'] })).rejects.toMatchObject({
    errors: [{ path: 'servers.1', message: 'There is no server “ordres”.' }],
  });
  await monitor.addStatusPage({ id: 'team' });
  await expect(monitor.changeStatusPage('team', { id: 'crew' })).rejects.toThrow(InvalidEntryError);
  await expect(monitor.changeStatusPage('team', { title: '' })).rejects.toThrow(InvalidEntryError);
  expect(await monitor.changeStatusPage('nobody', {})).toBeNull();
  expect(monitor.statusPages().map(({ page }) => page.id)).toEqual(['main', 'team']);
});

test('a page of the file hides one of the browser with its id, and gives it back', async () => {
  const { monitor, reload } = await startEngine('');
  await monitor.addStatusPage({ id: 'main', title: 'Made here' });
  await reload(config);
  expect(monitor.statusPages()).toMatchObject([{ page: { title: 'Status' } }]);
  await reload('');
  expect(monitor.statusPages()).toMatchObject([{ page: { title: 'Made here' } }]);
});

test('a page of the file that names a server it cannot show is said in the log', async () => {
  const { log } = await startEngine(config);
  const said = log.lines.join('\n');
  expect(said).toMatch(/is not public.*"files"/);
  expect(said).toMatch(/is not watched.*"ordres"/);
  expect(said).not.toMatch(/"orders"/);
});

test('an entry that a later version no longer takes is left out and said in the log; it can be mended or removed', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  await store.saveStatusPage({ id: 'old', entry: { id: 'old', colour: 'red' }, secrets: [] });
  const { monitor, log } = await startEngine('', { clock, store });
  expect(monitor.statusPages()).toEqual([]);
  expect(log.lines.join('\n')).toContain('no longer valid');
  expect(await monitor.changeStatusPage('old', { colour: null })).toMatchObject({ page: { id: 'old' } });
  expect(monitor.statusPages()).toHaveLength(1);
  expect(await monitor.removeStatusPage('old')).toBe(true);
  expect(await store.statusPages()).toEqual([]);
});
