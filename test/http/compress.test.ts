import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { emptyFolder, start } from './start.ts';

const GZIP = 'gzip, deflate, br, zstd';

/** As it comes over the wire. */
async function wire(url: string, { accept = GZIP, method = 'GET' as 'GET' | 'HEAD' } = {}) {
  const { headers, body, statusCode } = await request(url, { method, headers: { 'accept-encoding': accept } });
  return { status: statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) };
}

async function withServers(count: number, password: string | null = null) {
  const started = await start({ password });
  for (let at = 0; at < count; at += 1) started.monitor.watch({ id: `orders-${at}`, isPublic: true });
  return started;
}

test('a long list comes packed to who takes it, with its right length, and says that it depends on that', async () => {
  const { url, get } = await withServers(40);
  const { headers, bytes } = await wire(`${url}/api/v1/servers`);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-encoding': 'gzip',
    'content-length': String(bytes.length),
    'cache-control': 'no-store',
    vary: 'accept-encoding',
  });
  const plain = await get('/api/v1/servers');
  expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(plain.json);
  expect(bytes.length).toBeLessThan(plain.text.length / 5);
  expect(plain.headers).toMatchObject({ vary: 'accept-encoding', 'content-length': String(plain.text.length) });
  const head = await wire(`${url}/api/v1/servers`, { method: 'HEAD' });
  expect(head.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(bytes.length) });
  expect(head.bytes).toHaveLength(0);
});

test.each(['', 'identity', 'br', 'gzip;q=0', 'gzip; q=0.0, identity'])(
  'who accepts “%s” gets it plain',
  async (accept) => {
    const { url } = await withServers(40);
    const { headers } = await wire(`${url}/api/v1/servers`, { accept });
    expect(headers['content-encoding']).toBeUndefined();
  },
);

test.each(['/badge/orders-0.svg', '/api/embed-status/orders-0', '/live', '/login?to=/%s', '/api/v1/nothing'])(
  '%s is short, or where people sign in: it comes plain',
  async (path) => {
    const { url } = await withServers(1, 'correct horse');
    const { headers, bytes } = await wire(url + path.replace('%s', 'x'.repeat(1900)));
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(bytes.length));
  },
);

test('an export is packed as it is read', async () => {
  const { url, call, get } = await withServers(1);
  for (let probe = 0; probe < 150; probe += 1) await call('POST', '/api/v1/servers/orders-0/probe');
  const path = '/api/v1/servers/orders-0/export?format=csv';
  const { headers, bytes } = await wire(url + path);
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' });
  expect(gunzipSync(bytes).toString()).toBe((await get(path)).text);
});

test('a public page keeps its tag packed or not, and who has it gets no second one', async () => {
  const { url, get } = await withServers(1);
  const packed = await wire(`${url}/status/style.css`);
  const plain = await get('/status/style.css');
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', etag: plain.headers['etag'] });
  const again = await get('/status/style.css', {
    'accept-encoding': GZIP,
    'if-none-match': String(plain.headers['etag']),
  });
  expect(again).toMatchObject({ status: 304, headers: { vary: 'accept-encoding' } });
  expect(again.headers['content-encoding']).toBeUndefined();
});

test('the dashboard comes as it was packed when it was built', async () => {
  const webRoot = emptyFolder();
  mkdirSync(join(webRoot, 'assets'));
  for (const name of ['index.html', 'assets/app-1a2b3c.js'])
    for (const [ending, text] of [
      ['', 'plain'],
      ['.br', 'brotli'],
      ['.gz', 'gzip'],
    ] as const)
      writeFileSync(join(webRoot, name + ending), text);
  const { url } = await start({ webRoot });
  for (const path of ['/', '/assets/app-1a2b3c.js'])
    for (const [accept, encoding, text] of [
      [GZIP, 'br', 'brotli'],
      ['gzip', 'gzip', 'gzip'],
      ['', undefined, 'plain'],
    ] as const) {
      const { headers, bytes } = await wire(url + path, { accept });
      expect(bytes.toString()).toBe(text);
      expect(headers['content-encoding']).toBe(encoding);
      expect(headers['vary']).toBe('accept-encoding');
    }
});
