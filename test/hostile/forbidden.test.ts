import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compose, type Running } from '../../src/compose.ts';
import { load } from '../config/support.ts';
import { type Api, openApi } from '../fixtures/api.ts';
import { realClock } from '../fixtures/clock.ts';
import { INNER, METADATA } from '../fixtures/forbidden.ts';
import { closeAll, type Healthy, startHealthy } from '../fixtures/targets/healthy.ts';
import { type Hostile, startHostile } from '../fixtures/targets/hostile.ts';

/*
 * Requests that a target, a name or whoever may add servers tries to have sent to where they must not go, through the
 * whole program. Every attempt at a connection in this process is written down as Node begins it.
 */
const attempts: { readonly address: string; readonly port: number }[] = [];
const note = (message: unknown): void => {
  const { socket } = Object(message);
  socket.on('connectionAttempt', (address: string, port: number) => attempts.push({ address, port }));
};

/** Where nobody may go; counts who comes. */
const TRAP = '127.0.0.66';
let target: Healthy;
let hostile: Hostile;
let trap: Server;
let reached = 0;
let running: Running | null = null;

beforeAll(async () => {
  [target, hostile] = await Promise.all([startHealthy(), startHostile()]);
  trap = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(target.port, TRAP, resolve));
  subscribe('net.client.socket', note);
});
afterAll(async () => {
  unsubscribe('net.client.socket', note);
  await Promise.all([target.close(), hostile.close(), closeAll(trap, new Set())]);
});
beforeEach(() => {
  attempts.length = 0;
  reached = 0;
});
afterEach(async () => {
  await running?.close();
  running = null;
});

interface Setting {
  readonly network: object;
  readonly servers: readonly object[];
  readonly channels?: object;
  readonly lookup?: (name: string) => Promise<readonly string[]>;
}

async function watch({ network, servers, channels = {}, lookup }: Setting): Promise<Api> {
  const text = JSON.stringify({
    monitor: { listen: '127.0.0.1:0', store: 'sqlite::memory:', network },
    defaults: { interval: '1h', timeout: '1s', announce_first: true, confirm: { down: 1, up: 1 } },
    channels,
    servers,
  });
  running = await compose({
    config: await load(text),
    readConfig: async () => ({ ok: true, config: await load(text) }),
    clock: realClock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    version: '0.0.0',
    webRoot: '.',
    secretKey: undefined,
    ...(lookup === undefined ? {} : { lookup }),
  });
  return openApi(running.url);
}

/** Each is blocked in a probe by hand, is not down for it, and nobody is told of an outage. */
async function expectBlocked(api: Api, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const probe = await api.probeNow(id);
    expect([id, probe.state, probe.reason?.code]).toEqual([id, 'unknown', 'blocked']);
  }
  for (const { id, state, uptime_30d } of await api.servers())
    if (ids.includes(id)) expect([id, state, uptime_30d]).toEqual([id, 'unknown', null]);
  expect(await api.incidents()).toEqual([]);
}

/** Nothing was sent but to ourselves and to those that may be asked. */
function expectNoPacket(ports: readonly number[]): void {
  const own = Number(new URL(running?.url ?? '').port);
  const strangers = attempts.filter(({ address, port }) => address !== '127.0.0.1' || ![own, ...ports].includes(port));
  expect(strangers).toEqual([]);
  expect(reached).toBe(0);
}

const entries = (urls: readonly string[]) => urls.map((url, at) => ({ id: `forbidden-${at}`, url }));

test('in private mode no way to write a forbidden address is one to reach it', async () => {
  const servers = entries(METADATA);
  const api = await watch({ network: { mode: 'private' }, servers });
  await expectBlocked(
    api,
    servers.map(({ id }) => id),
  );
  expectNoPacket([]);
});

test('in public mode this machine and private networks are forbidden too, and ports of other protocols', async () => {
  const here = INNER.map((url) => url.replace(/\/$/, `:${target.port}/mcp`));
  const servers = entries([...METADATA, ...here, target.url, 'http://8.8.8.8:6379/', 'http://8.8.8.8:25/']);
  const api = await watch({ network: { mode: 'public' }, servers });
  await expectBlocked(
    api,
    servers.map(({ id }) => id),
  );
  expectNoPacket([]);
  expect(target.accepted()).toBe(0);
});

test('a name that leads to a forbidden address is blocked, for one among good ones as well', async () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    'metadata.test': ['169.254.169.254'],
    'mixed.test': ['127.0.0.1', '169.254.169.254'],
    'mapped.test': ['::ffff:169.254.169.254'],
    'tunnel.test': ['64:ff9b::a9fe:a9fe'],
    'unspecified.test': ['0.0.0.0'],
    'trap.test': [TRAP],
  };
  const servers = entries(Object.keys(names).map((name) => `http://${name}:${target.port}/mcp`));
  const network = { mode: 'private', deny: [`${TRAP}/32`] };
  const api = await watch({ network, servers, lookup: async (name) => names[name] ?? [] });
  await expectBlocked(
    api,
    servers.map(({ id }) => id),
  );
  expectNoPacket([]);
});

test('a name that changes its address between lookups never leads to the forbidden one, in 20 rounds', async () => {
  let lookups = 0;
  const api = await watch({
    network: { mode: 'private', deny: [`${TRAP}/32`] },
    servers: [{ id: 'rebinding', url: `http://rebinding.test:${target.port}/mcp`, canary: { tool: 'health_check' } }],
    lookup: async () => [lookups++ % 2 === 0 ? '127.0.0.1' : TRAP],
  });
  const codes: (string | undefined)[] = [];
  for (let round = 0; round < 20; round += 1) codes.push((await api.probeNow('rebinding')).reason?.code);
  expect(new Set(codes)).toEqual(new Set([undefined, 'blocked']));
  expect(codes.filter((code) => code === 'blocked')).toHaveLength(10);
  expect((await api.server('rebinding')).state).toBe('up');
  expect(await api.incidents()).toEqual([]);
  expectNoPacket([target.port]);
  expect(attempts.filter(({ port }) => port === target.port).length).toBeGreaterThanOrEqual(10);
});

test('no redirect of a target leads to a forbidden address', async () => {
  const servers = (['redirect-metadata', 'redirect-other-port', 'redirect-away', 'redirect-trap'] as const).map(
    (row) => ({
      id: row,
      url: hostile.url(row),
      headers: { 'x-api-key': 'key-of-the-target' },
    }),
  );
  const api = await watch({ network: { mode: 'private' }, servers });
  for (const { id } of servers) expect((await api.probeNow(id)).reason?.code, id).toBe('redirect_refused');
  expectNoPacket([hostile.port]);
});

test('neither the health URL, nor an entry that is only tried, nor a webhook reaches a forbidden address', async () => {
  const forbidden = `http://${TRAP}:${target.port}/`;
  const api = await watch({
    network: { mode: 'private', deny: [`${TRAP}/32`] },
    servers: [{ id: 'health', url: `http://127.0.0.1:${target.port}/mcp`, health_url: forbidden }],
    channels: { hook: { type: 'webhook', url: forbidden } },
  });
  const probe = await api.probeNow('health');
  expect(probe.steps.find(({ name }) => name === 'health_url')?.error?.code).toBe('blocked');
  expect((await api.server('health')).state).toBe('up');
  const tried = await api.send('POST', '/api/v1/probe', { id: 'tried', url: forbidden });
  expect(JSON.parse(tried.text)).toMatchObject({ state: 'unknown', reason: { code: 'blocked' } });
  expect(await api.testChannel('hook')).toMatchObject({ ok: false, answer: expect.stringContaining('network rules') });
  expectNoPacket([target.port]);
});
