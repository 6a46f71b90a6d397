import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { Demo } from '../../src/demo/demo.ts';
import { healthCheck, poolOf, withDemo } from './support.ts';

/** One request with exactly these headers, as no browser would let a page send it. */
function ask(
  demo: Demo,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, demo.controlUrl), { method, headers, timeout: 5_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const post = (demo: Demo, path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(demo, path, { method: 'POST', body: JSON.stringify(body), headers });

test('a fault is switched by one request and shows in the state', () =>
  withDemo(async (demo) => {
    const { status, text } = await post(demo, '/faults/pooled/leak_connection', { on: true });
    expect(status).toBe(200);
    const fault = expect.objectContaining({ name: 'leak_connection', on: true, detail: '1 leaked' });
    expect(JSON.parse(text)).toEqual({ servers: demo.faults.state() });
    expect(JSON.parse((await ask(demo, '/state')).text).servers[0]).toMatchObject({
      id: 'pooled',
      name: 'Orders MCP',
      listening: true,
      pool: { used: 1, max: 10 },
      faults: expect.arrayContaining([fault]),
    });
  }));

test('latency takes its amount from the request', () =>
  withDemo(async (demo) => {
    const { text } = await post(demo, '/faults/steady/add_latency', { on: true, ms: 42 });
    expect(text).toContain('"+42 ms"');
  }));

test('everything is switched off by one request', () =>
  withDemo(async (demo) => {
    await post(demo, '/faults/pooled/exhaust_pool', { on: true });
    await post(demo, '/faults/steady/answer_500', { on: true });
    expect((await post(demo, '/reset', {})).status).toBe(200);
    expect(demo.faults.state().flatMap(({ faults }) => faults.filter(({ on }) => on))).toEqual([]);
    expect((await healthCheck(demo)).ok).toBe(true);
  }));

test('only the named server is reset', () =>
  withDemo(async (demo) => {
    await post(demo, '/faults/slow/hang_tool', { on: true });
    await post(demo, '/faults/steady/hang_tool', { on: true });
    await post(demo, '/reset/steady', {});
    expect(demo.faults.state().map(({ faults }) => faults.some(({ on }) => on))).toEqual([false, false, true]);
  }));

test.each([
  ['an unknown server', '/faults/orders/hang_tool', { on: true }, 404, 'There are: pooled, steady, slow.'],
  ['a fault the server has not', '/faults/steady/kill_database', { on: true }, 404, 'It has: hang_tool,'],
  ['a fault nobody has', '/faults/steady/burn', { on: true }, 404, 'Faults: exhaust_pool,'],
  ['a body without on', '/faults/steady/hang_tool', {}, 422, 'Send {\\"on\\": true}'],
  ['an unknown key', '/faults/steady/hang_tool', { on: true, now: 1 }, 422, 'Unrecognized key'],
  ['a latency of an hour', '/faults/steady/add_latency', { on: true, ms: 3_600_000 }, 422, 'ms'],
  ['an unknown path', '/elsewhere', {}, 404, 'There is no such fault'],
  ['a body of 5 kB', '/faults/steady/hang_tool', { on: true, padding: 'x'.repeat(5_000) }, 413, '4096 bytes'],
])('%s is refused and changes nothing', (_, path, body, status, detail) =>
  withDemo(async (demo) => {
    const before = demo.faults.state();
    const answer = await post(demo, path, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(detail);
    expect(demo.faults.state()).toEqual(before);
  }),
);

test('a leak that finds no connection says why', () =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', 'exhaust_pool', true);
    const answer = await post(demo, '/faults/pooled/leak_connection', { on: true });
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({
      title: 'It could not be done',
      detail: 'There is no connection left to leak: all 10 are in use.',
    });
  }));

test.each([
  ['a name that rebinding made ours', { host: 'evil.example' }, 403],
  ['a page of another site', { origin: 'http://evil.example' }, 403],
  ['a page on another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
  ['a sandboxed page', { origin: 'null' }, 403],
  ['a page of this address through a tunnel', { host: 'localhost:9000', origin: 'http://localhost:9000' }, 200],
  ['a script without Origin', {}, 200],
])('a request from %s gets %s %i', (_, headers, status) =>
  withDemo(async (demo) => {
    expect((await post(demo, '/faults/pooled/leak_connection', { on: true }, headers)).status).toBe(status);
    expect((await ask(demo, '/state', { headers })).status).toBe(status);
    expect(poolOf(demo).used).toBe(status === 200 ? 1 : 0);
  }),
);

test('the page allows nothing from elsewhere and cannot be framed', () =>
  withDemo(async (demo) => {
    const page = await ask(demo, '/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await ask(demo, path ?? '')).status).toBe(200);
    }
    expect(page.text).not.toMatch(/<script>| style=| on[a-z]+=|https?:/);
  }));
