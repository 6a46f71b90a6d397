import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/engine/system-clock.ts';
import { createLookout, type LookoutOptions } from '../../src/probe/lookout.ts';
import { closedPort, startSilent } from '../fixtures/targets/deaf.ts';
import { closeAll, listen } from '../fixtures/targets/healthy.ts';
import { ANYWHERE } from './support.ts';

const lookout = (changes: Partial<LookoutOptions> = {}) =>
  createLookout({ network: ANYWHERE, clock: systemClock, version: '0.0.1', ...changes });
const { signal } = new AbortController();

async function answering(status: number) {
  const heard: { readonly method: string | undefined; readonly agent: string | undefined }[] = [];
  const server = createServer((request, response) => {
    heard.push({ method: request.method, agent: request.headers['user-agent'] });
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('x'.repeat(100_000));
  });
  const port = await listen(server);
  onTestFinished(() => closeAll(server, new Set()));
  return { url: `http://127.0.0.1:${port}/`, heard };
}

test.each([200, 204, 301, 404, 503])(
  'a control address that answers %i was reached, and is asked once',
  async (status) => {
    const { url, heard } = await answering(status);
    expect(await lookout().ask(url, signal)).toMatchObject({ kind: 'answered', status });
    expect(heard).toEqual([{ method: 'GET', agent: 'AliveMCP/0.0.1 (+uptime monitor)' }]);
  },
);

test('to knock is to connect, and to send nothing', async () => {
  let bytes = 0;
  const deaf = await startSilent((socket) => socket.on('data', (piece) => (bytes += piece.length)));
  onTestFinished(deaf.close);
  const url = `https://127.0.0.1:${deaf.port}/mcp`;
  expect(await lookout().knock(url, signal)).toMatchObject({ kind: 'answered', address: '127.0.0.1' });
  expect(bytes).toBe(0);
});

test('a control address that takes the connection and says nothing is silent, within seconds', async () => {
  const deaf = await startSilent();
  onTestFinished(deaf.close);
  const from = performance.now();
  expect(await lookout().ask(`http://127.0.0.1:${deaf.port}/`, signal)).toMatchObject({ kind: 'silent' });
  expect(performance.now() - from).toBeLessThan(15_000);
});

test('where nothing listens, it says so, by name and address', async () => {
  const url = `http://nobody.test:${await closedPort()}/`;
  const { ask, knock } = lookout({ lookup: async () => ['127.0.0.1'] });
  expect(await ask(url, signal)).toMatchObject({ kind: 'refused', host: 'nobody.test' });
  expect(await knock(url, signal)).toMatchObject({ kind: 'refused', host: 'nobody.test', address: '127.0.0.1' });
});

test.each(['EAI_AGAIN', 'ENOTFOUND'])('a name that is not looked up (%s) is unresolved', async (code) => {
  const lookup = async () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code }));
  const { ask, knock } = lookout({ lookup });
  expect(await ask('https://orders.test/', signal)).toMatchObject({ kind: 'unresolved', address: null });
  expect(await knock('https://orders.test/', signal)).toMatchObject({ kind: 'unresolved', address: null });
});

test('what our own rules forbid is not asked', async () => {
  const { ask, knock } = lookout();
  for (const look of [ask, knock])
    expect(await look('http://169.254.169.254/latest', signal)).toMatchObject({ kind: 'blocked' });
});

test('no secret of an address is repeated', async () => {
  const { message } = await lookout().ask(`http://127.0.0.1:${await closedPort()}/p?token=hunter2`, signal);
  expect(message).not.toContain('hunter2');
});

test('called off, it ends at once', async () => {
  const deaf = await startSilent();
  onTestFinished(deaf.close);
  const from = performance.now();
  await lookout().ask(`http://127.0.0.1:${deaf.port}/`, AbortSignal.abort(new Error('stopping')));
  expect(performance.now() - from).toBeLessThan(3_000);
});
