import { expect, test } from 'vitest';
import { createFakeClock } from '../fixtures/clock.ts';
import { openMemory, startEngine } from './support.ts';

const pager = { id: 'pager', type: 'webhook', url: 'https://hooks.example.com/pager' };
const FILED = JSON.stringify({ channels: { pager: { type: 'webhook', url: 'https://hooks.example.com/file' } } });
const mine = { id: 'mine', url: 'https://mine.example.com/mcp', channels: ['pager'] };

test('channels of the file and of the browser are one list; browsers hear of each change', async () => {
  const { monitor, events } = await startEngine(
    JSON.stringify({ channels: { ops: { type: 'webhook', url: 'https://h.example.com/o' } } }),
  );
  events.length = 0;
  await monitor.addChannel(pager);
  expect(monitor.channels().map(({ channel }) => [channel.id, channel.source])).toEqual([
    ['ops', 'config'],
    ['pager', 'ui'],
  ]);
  await monitor.changeChannel('pager', { severity: 'critical' });
  expect(monitor.channels().at(-1)?.channel.severity).toBe('critical');
  expect(await monitor.removeChannel('pager')).toBe(true);
  expect(events).toEqual(Array(3).fill({ kind: 'config' }));
});

test('a channel that a server tells is not removed', async () => {
  const { monitor } = await startEngine('');
  await monitor.addChannel(pager);
  await monitor.addServer(mine);
  await expect(monitor.removeChannel('pager')).rejects.toThrow(
    '“pager” is the channel of mine. Take it off there first.',
  );
  await monitor.changeServer('mine', { channels: [] });
  expect(await monitor.removeChannel('pager')).toBe(true);
});

test('where file and browser have the same id, the file’s channel holds as long as it is there', async () => {
  const { monitor, reload } = await startEngine('');
  await monitor.addChannel(pager);
  await reload(FILED);
  expect(monitor.channels().map(({ channel }) => channel.source)).toEqual(['config']);
  await expect(monitor.changeChannel('pager', { severity: 'major' })).rejects.toThrow(
    'The channel “pager” comes from the configuration file (/etc/alivemcp/config.yaml:1). Change it there.',
  );
  await expect(monitor.addChannel(pager)).rejects.toThrow(
    'There is a channel “pager” already (/etc/alivemcp/config.yaml:1).',
  );
  await expect(monitor.removeChannel('pager')).rejects.toThrow('comes from the configuration file');
  await reload('');
  expect(monitor.channels().map(({ channel }) => channel.source)).toEqual(['ui']);
  expect(await monitor.changeChannel('pager', { severity: 'major' })).not.toBeNull();
});

test('of two that want the same id at once, one gets it', async () => {
  const { monitor } = await startEngine('');
  const both = await Promise.allSettled([
    monitor.addChannel(pager),
    monitor.addChannel({ ...pager, severity: 'major' }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(monitor.channels()).toHaveLength(1);
});

test('a channel outlives a restart with its secrets, and shows none', async () => {
  const clock = createFakeClock();
  const store = await openMemory(clock);
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  const first = await startEngine('', { clock, store });
  await first.monitor.addChannel({ ...pager, secret });
  await first.stop();
  const second = await startEngine('', { clock, store });
  expect(JSON.stringify(second.monitor.channels().map(({ entry }) => entry))).not.toContain(secret);
  await second.monitor.changeChannel('pager', { severity: 'major' });
  const [kept] = await store.channels();
  expect(kept?.entry['secret']).toBe(secret);
});

test('an entry the rules refuse changes nothing; an id cannot be changed; unknown ones are unknown', async () => {
  const { monitor } = await startEngine('');
  await expect(monitor.addChannel({ id: 'x', type: 'pigeon' })).rejects.toMatchObject({ name: 'InvalidEntryError' });
  await monitor.addChannel(pager);
  await expect(monitor.changeChannel('pager', { id: 'other' })).rejects.toMatchObject({ errors: [{ path: 'id' }] });
  expect(await monitor.changeChannel('nobody', {})).toBeNull();
  expect(await monitor.removeChannel('nobody')).toBe(false);
  expect(await monitor.testChannel('nobody')).toBeNull();
  expect(await monitor.testChannel('pager')).toMatchObject({ ok: true });
});
