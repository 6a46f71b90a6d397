import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { reason } from '../../src/core/reasons.ts';
import { createEventHub } from '../../src/http/event-hub.ts';
import { Incident } from '../../src/http/schema-incident.ts';
import { ServerEvent } from '../../src/http/schema-monitor.ts';
import { createFakeClock } from '../fixtures/clock.ts';
import { aFailure } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';
import { type ReadEvent, readEvents } from './events.ts';
import { type Started, start } from './start.ts';

async function follow({ url }: Started, lastEventId?: string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  return readEvents(await fetch(`${url}/api/v1/events`, { headers }));
}

const changed = (id: string, stateChanged = false) => ({ kind: 'server', id, stateChanged }) as const;
const idsOf = (event: ReadEvent | null) => ServerEvent.parse(event?.data).items.map(({ id }) => id);

test('a changed state goes out at once', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.watch({ id: 'orders' }, aFailure(reason('tcp_refused', 'connect')));
  app.monitor.emit(changed('orders', true));
  const event = await events.next();
  expect(event).toMatchObject({ event: 'server', data: { items: [{ id: 'orders', state: 'down' }], removed: [] } });
  ServerEvent.parse(event?.data);
});

test('everything else goes out together, once a second', async () => {
  const app = await start();
  for (const id of ['a', 'b', 'c']) app.monitor.watch({ id });
  const events = await follow(app);
  app.monitor.emit(changed('a', true));
  expect(idsOf(await events.next())).toEqual(['a']);
  for (const id of ['b', 'c', 'b']) app.monitor.emit(changed(id));
  app.clock.advance(999);
  app.monitor.emit(changed('a'));
  app.clock.advance(1);
  expect(idsOf(await events.next())).toEqual(['b', 'c', 'a']);
});

test('a changed state takes along what waits, and nothing is sent twice', async () => {
  const app = await start();
  for (const id of ['a', 'b']) app.monitor.watch({ id });
  const events = await follow(app);
  app.monitor.emit(changed('a', true));
  expect(idsOf(await events.next())).toEqual(['a']);
  app.monitor.emit(changed('b'));
  app.monitor.emit(changed('a', true));
  expect(idsOf(await events.next())).toEqual(['b', 'a']);
  app.clock.advance(5000);
  app.monitor.emit({ kind: 'config' });
  expect(await events.next()).toMatchObject({ event: 'config' });
});

test('a server that is gone is named', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit(changed('gone', true));
  expect(await events.next()).toMatchObject({ event: 'server', data: { items: [], removed: ['gone'] } });
});

test('incidents go out whole', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit({ kind: 'incident', incident: anIncident() });
  const event = await events.next();
  expect(event?.event).toBe('incident');
  expect(Incident.parse(event?.data)).toMatchObject({ id: 'inc-1', state: 'open' });
});

test('who comes back gets what was missed', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit({ kind: 'config' });
  const first = await events.next();
  app.monitor.emit({ kind: 'incident', incident: anIncident({ id: 'while-away' }) });
  app.monitor.emit({ kind: 'config' });
  const back = await follow(app, first?.id ?? '');
  expect(await back.next()).toMatchObject({ event: 'incident', data: { id: 'while-away' } });
  // Cut off here it would come back with an id that is older than what it has not read.
  expect(back.asides.join('\n')).toContain(`id: ${first?.id}`);
  expect(await back.next()).toMatchObject({ event: 'config' });
  app.monitor.emit({ kind: 'incident', incident: anIncident({ id: 'now' }) });
  expect(await back.next()).toMatchObject({ event: 'incident', data: { id: 'now' } });
});

test('who comes back up to date gets nothing twice', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit({ kind: 'config' });
  const first = await events.next();
  const back = await follow(app, first?.id ?? '');
  app.monitor.emit({ kind: 'incident', incident: anIncident() });
  expect(await back.next()).toMatchObject({ event: 'incident' });
});

test('a new stream is given an id to come back with before anything happened', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit({ kind: 'config' });
  await events.next();
  const id = events.asides.join('\n').match(/^id: (\S+-0)$/m)?.[1];
  expect(await (await follow(app, id)).next()).toMatchObject({ event: 'config' });
});

test.each(['another-boot-7', 'nonsense', ''])(
  'who comes back with %j, which we do not hold, is told to read everything again',
  async (id) => {
    const app = await start();
    const events = await follow(app, id);
    expect(await events.next()).toMatchObject({ event: 'reset', data: {} });
  },
);

test('who was away for longer than we remember is told to read everything again', async () => {
  const app = await start();
  const events = await follow(app);
  app.monitor.emit({ kind: 'config' });
  const first = await events.next();
  for (let n = 0; n < 501; n += 1) app.monitor.emit({ kind: 'config' });
  expect(await (await follow(app, first?.id ?? '')).next()).toMatchObject({ event: 'reset' });
});

test('silence is broken by a comment every 15 s', async () => {
  const app = await start();
  const events = await follow(app);
  app.clock.advance(15_000);
  app.monitor.emit({ kind: 'config' });
  await events.next();
  expect(events.asides).toContain(': still here');
});

test('a hundred streams are borne, the next is asked to come later, and one that leaves makes room', async () => {
  const app = await start();
  const leave = new AbortController();
  const open = (signal?: AbortSignal) => fetch(`${app.url}/api/v1/events`, signal === undefined ? {} : { signal });
  // Kept: what nobody holds any more is cancelled when it is collected.
  const held = [await open(leave.signal)];
  for (let n = 0; n < 99; n += 1) held.push(await open());
  const refused = await app.get('/api/v1/events');
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' }, json: { status: 503 } });
  expect((await app.get('/api/v1/monitor')).json).toMatchObject({ streams: 100 });
  leave.abort();
  await expect.poll(async () => (await app.get('/api/v1/monitor')).json).toMatchObject({ streams: 99 });
  expect(held).toHaveLength(100);
});

test('a reader that does not read is cut, and the others go on', async () => {
  const clock = createFakeClock();
  const hub = createEventHub(clock, 'boot');
  const server = createServer((_request, response) => hub.open(response, null, null));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    hub.close();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const sleeper = connect(port, '127.0.0.1');
  sleeper.on('error', () => {});
  sleeper.pause();
  sleeper.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(() => hub.streams()).toBe(1);
  const reader = readEvents(await fetch(`http://127.0.0.1:${port}/`));
  const filler = 'x'.repeat(256 * 1024);
  for (let n = 0; n < 100 && hub.streams() > 1; n += 1) {
    hub.publish('config', { n, filler });
    expect(await reader.next()).toMatchObject({ event: 'config' });
  }
  expect(hub.streams()).toBe(1);
  hub.publish('config', { n: 'last' });
  expect(await reader.next()).toMatchObject({ data: { n: 'last' } });
});
