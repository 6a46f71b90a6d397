import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/engine/system-clock.ts';
import { createHttpPost } from '../../src/probe/http-post.ts';
import { closedPort, startSilent } from '../fixtures/targets/deaf.ts';
import { closeAll, listen } from '../fixtures/targets/healthy.ts';
import { ANYWHERE, eventually } from './support.ts';

const post = createHttpPost({ network: ANYWHERE, clock: systemClock });
const sockets = new Set<Socket>();
let receiver: Server;
let url = '';
let heard: { readonly body: string; readonly headers: IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ body, headers: request.headers });
    if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' }).end();
    else if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end('slow down');
    else if (request.url === '/long') response.end('x'.repeat(100_000));
    else response.writeHead(201, { 'x-twice': ['a', 'b'] }).end('taken');
  });
  receiver.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  url = `http://127.0.0.1:${await listen(receiver)}`;
});
afterAll(() => closeAll(receiver, sockets));

const send = (path: string, changes: Partial<Parameters<typeof post>[0]> = {}) => {
  heard = [];
  const signal = AbortSignal.timeout(2000);
  return post({
    url: url + path,
    headers: { 'content-type': 'application/json', 'x-id': '7' },
    body: '{"a":"ü"}',
    signal,
    maxBytes: 1000,
    ...changes,
  });
};

test('the receiver gets the body and the headers, the sender its answer', async () => {
  expect(await send('/ok')).toMatchObject({ status: 201, headers: { 'x-twice': 'a, b' }, text: 'taken' });
  expect(heard).toMatchObject([
    { body: '{"a":"ü"}', headers: { 'x-id': '7', 'content-type': 'application/json', 'content-length': '10' } },
  ]);
  await eventually(() => sockets.size === 0, 'connections left behind');
});

test('every status is an answer, and a redirect is not followed', async () => {
  expect(await send('/busy')).toMatchObject({ status: 429, headers: { 'retry-after': '7' }, text: 'slow down' });
  expect(await send('/moved')).toMatchObject({ status: 307 });
  expect(heard).toHaveLength(1);
});

test('of a long answer only the beginning is kept', async () => {
  expect((await send('/long')).text).toBe('x'.repeat(1000));
});

test('a forbidden address is not called', async () => {
  await expect(send('', { url: 'http://169.254.169.254/latest?token=hidden' })).rejects.toThrow(
    /^Our network rules forbid 169\.254\.169\.254/,
  );
  const guarded = createHttpPost({ network: { ...ANYWHERE, mode: 'public' }, clock: systemClock });
  await expect(
    guarded({ url, headers: {}, body: '', signal: AbortSignal.timeout(1000), maxBytes: 10 }),
  ).rejects.toThrow('network.mode is public');
});

test('what went wrong is said without the path, where webhooks carry their secret', async () => {
  const port = await closedPort();
  const error = await send('', { url: `http://127.0.0.1:${port}/hooks/hidden?key=hidden` }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ message: `Nothing listens on 127.0.0.1:${port} (ECONNREFUSED).` });
});

test('a receiver that is silent costs no longer than the signal allows', async () => {
  const silent = await startSilent();
  const from = performance.now();
  await expect(
    send('', { url: `http://127.0.0.1:${silent.port}/`, signal: AbortSignal.timeout(300) }),
  ).rejects.toThrow();
  expect(performance.now() - from).toBeLessThan(800);
  await silent.close();
});
