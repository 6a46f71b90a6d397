import { expect, test } from 'vitest';
import type { MonitorEvent } from '../../src/core/monitor.ts';
import { reason } from '../../src/core/reasons.ts';
import { createBus } from '../../src/engine/bus.ts';
import { createIds } from '../../src/engine/ids.ts';
import { retire } from '../../src/engine/retire.ts';
import { createSelf } from '../../src/engine/self.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { keepingLog } from '../store/quiet.ts';
import { MINUTE, openMemory, refusing } from './support.ts';

const trouble = (since: number, about = 'network') => ({
  about,
  reason: reason('monitor_offline', null),
  facts: [],
  since,
});

async function start() {
  const clock = createFakeClock();
  const { store, refuse } = refusing(await openMemory(clock));
  const log = keepingLog();
  const bus = createBus({ log });
  const events: MonitorEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const woken = { times: 0 };
  const self = createSelf({
    store,
    routes: () => [{ id: 'ops', severity: null, tags: [] }],
    location: 'local',
    publicUrl: 'http://127.0.0.1:8080',
    newId: createIds(clock),
    clock,
    bus,
    log,
    wake: () => {
      woken.times += 1;
    },
  });
  return { self, store, refuse, clock, events, woken, log, bus };
}

test('a trouble that is raised again is told once, and its end once', async () => {
  const { self, store, clock, events, woken } = await start();
  await Promise.all([self.raise(trouble(clock.now())), self.raise(trouble(clock.now()))]);
  expect(await store.openIncidents()).toHaveLength(1);
  clock.advance(MINUTE);
  await Promise.all([self.settle('network'), self.settle('network')]);
  expect(await store.openIncidents()).toEqual([]);
  const queued = (await store.deliveries(null, { limit: 10, cursor: null })).items;
  expect(queued.map(({ notice }) => notice.event)).toEqual(['incident.resolved', 'incident.opened']);
  expect(events.map(({ kind }) => kind)).toEqual(['incident', 'incident']);
  expect(woken.times).toBe(2);
});

test('several troubles stand beside each other', async () => {
  const { self, store, clock } = await start();
  await self.raise(trouble(clock.now()));
  await self.raise(trouble(clock.now(), 'channel:ops'));
  await self.settle('network');
  expect((await store.openIncidents()).map(({ about }) => about)).toEqual(['channel:ops']);
});

test('what the monitor says of itself is not retired with the servers that are gone', async () => {
  const { self, store, clock, bus } = await start();
  await self.raise(trouble(clock.now()));
  await retire({ store, clock, bus }, () => true);
  expect(await store.openIncidents()).toHaveLength(1);
});

test('a store that refuses is said in the log, and the next try opens the incident', async () => {
  const { self, store, clock, refuse, log } = await start();
  refuse(['saveIncident']);
  await self.raise(trouble(clock.now()));
  expect(log.lines.some((line) => line.includes('was not kept'))).toBe(true);
  refuse([]);
  await self.raise(trouble(clock.now()));
  expect(await store.openIncidents()).toHaveLength(1);
});
