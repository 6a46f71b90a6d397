import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { readEvents } from './events.ts';
import { start } from './start.ts';

test('connections a browser holds in reserve do not delay the end', async () => {
  const { url, close } = await start();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await close();
  await closed;
});

test('event streams end when the monitor does', async () => {
  const { url, close } = await start();
  const events = readEvents(await fetch(`${url}/api/v1/events`));
  const end = events.next();
  await close();
  expect(await end).toBeNull();
});

test('an answer under way is finished before the end', async () => {
  const { url, close, monitor } = await start();
  const release = monitor.holdTries();
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const events = readEvents(
    await fetch(`${url}/api/v1/probe`, { method: 'POST', headers, body: '{"url":"http://127.0.0.1:1"}' }),
  );
  expect(await events.next()).toMatchObject({ event: 'step' });
  const closing = close();
  release();
  for (let event = await events.next(); event?.event !== 'probe'; event = await events.next())
    expect(event?.event).toBe('step');
  await closing;
});

test('an answer that takes too long is cut', async () => {
  const { url, close, clock, monitor } = await start();
  monitor.holdTries();
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const events = readEvents(
    await fetch(`${url}/api/v1/probe`, { method: 'POST', headers, body: '{"url":"http://127.0.0.1:1"}' }),
  );
  await events.next();
  const timers = clock.untilNext();
  const closing = close();
  await expect.poll(() => clock.untilNext() !== timers).toBe(true);
  clock.advance(3000);
  await closing;
  await expect(events.next()).rejects.toThrow();
});
