import { expect, test } from 'vitest';
import { Timeline } from '../../src/http/schema-server.ts';
import { aReport, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { start } from './start.ts';

const MINUTE = 60_000;

test('a timeline tells states with maintenance apart, incidents that touch it, and changes of version', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const at = (minutes: number) => NOON - minutes * MINUTE;
  memory.spans = [
    { serverId: 'orders', state: 'up', from: at(300), to: at(30) },
    { serverId: 'orders', state: 'not_monitored', from: at(30), to: at(20) },
    { serverId: 'orders', state: 'up', from: at(20), to: null },
  ];
  memory.maintenance = [{ serverId: 'orders', from: at(10), to: at(-60) }];
  const known = monitor.server('orders')?.last;
  if (known == null) throw new Error('it was not probed');
  const versions = ['2.4.0', '2.4.0', '2.5.0', null, '2.5.0', '2.4.0'];
  memory.probes = versions
    .map((version, nth) => ({
      id: `p${nth}`,
      report: aReport({
        startedAt: at(50 - nth * 5),
        serverInfo: version === null ? null : { name: 'orders', version },
      }),
      judgement: known.judgement,
    }))
    .toReversed();
  const answer = Timeline.parse((await get('/api/v1/servers/orders/timeline?window=1h')).json);
  expect(answer).toMatchObject({ server: 'orders', from: '2026-11-21T11:00:00.000Z', to: '2026-11-21T12:00:00.000Z' });
  expect(answer.states).toEqual([
    { state: 'up', from: '2026-11-21T11:00:00.000Z', to: '2026-11-21T11:30:00.000Z' },
    { state: 'not_monitored', from: '2026-11-21T11:30:00.000Z', to: '2026-11-21T11:40:00.000Z' },
    { state: 'up', from: '2026-11-21T11:40:00.000Z', to: '2026-11-21T11:50:00.000Z' },
    { state: 'maintenance', from: '2026-11-21T11:50:00.000Z', to: '2026-11-21T12:00:00.000Z' },
  ]);
  expect(answer.deploys).toEqual([
    { at: '2026-11-21T11:20:00.000Z', before: '2.4.0', version: '2.5.0' },
    { at: '2026-11-21T11:35:00.000Z', before: '2.5.0', version: '2.4.0' },
  ]);
});

test('incidents are those that touch the time asked about, newest first', async () => {
  const { get, memory, monitor } = await start();
  monitor.watch({ id: 'orders' });
  const incident = (id: string, from: number, to: number | null) =>
    anIncident({
      id,
      startedAt: NOON - from * MINUTE,
      openedAt: NOON - from * MINUTE + 1,
      resolvedAt: to === null ? null : NOON - to * MINUTE,
    });
  memory.incidents = [
    incident('open', 10, null),
    incident('short', 50, 45),
    incident('begun-before', 90, 55),
    incident('past', 95, 70),
    incident('long', 400, 40),
  ];
  const ask = async (query: string) =>
    Timeline.parse((await get(`/api/v1/servers/orders/timeline?${query}`)).json).incidents.map(({ id }) => id);
  expect(await ask('window=1h')).toEqual(['open', 'short', 'begun-before', 'long']);
  expect(await ask('from=2026-11-21T11:00:00Z&to=2026-11-21T11:12:00Z')).toEqual(['short', 'begun-before', 'long']);
  expect(await ask('from=2026-11-21T09:00:00Z&to=2026-11-21T09:01:00Z')).toEqual(['long']);
});
