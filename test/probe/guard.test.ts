import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuard, type NetworkRules } from '../../src/probe/guard.ts';
import { INNER, METADATA } from '../fixtures/forbidden.ts';
import { closeAll, type Healthy, listen, startHealthy } from '../fixtures/targets/healthy.ts';
import { ANYWHERE, failure, faults, probe } from './support.ts';

test.each(METADATA)('%s is blocked in private mode, before a packet is sent', async (url) => {
  expect(failure(await probe({ url }))).toMatchObject({ step: 'connect', code: 'blocked' });
});

test.each(INNER)('%s is blocked in public mode', async (url) => {
  expect(failure(await probe({ url }, { network: { ...ANYWHERE, mode: 'public' } }))).toMatchObject({
    code: 'blocked',
  });
});

test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'http://me:secret@127.0.0.1/'])(
  '%s is no address for a probe',
  (url) => {
    expect(createGuard(ANYWHERE).url(new URL(url))).not.toBeNull();
  },
);

test('ports of other protocols are refused in public mode', () => {
  const port = new URL('http://8.8.8.8:6379/');
  expect(createGuard({ ...ANYWHERE, mode: 'public' }).url(port)).toBe('port 6379 is not for HTTP');
  expect(createGuard(ANYWHERE).url(port)).toBeNull();
});

test.each<[string, Partial<NetworkRules>, string, boolean]>([
  ['allow makes an exception from the mode', { mode: 'public', allow: ['10.1.0.0/16'] }, '10.1.2.3', true],
  ['and only for its range', { mode: 'public', allow: ['10.1.0.0/16'] }, '10.2.0.1', false],
  ['allow reaches even the never-list', { allow: ['169.254.169.254/32'] }, '169.254.169.254', true],
  ['allow holds for the mapped form', { mode: 'public', allow: ['10.1.0.0/16'] }, '::ffff:10.1.2.3', true],
  [
    'allow of an inner address does not open a tunnel to it',
    { allow: ['169.254.169.254/32'] },
    '2002:a9fe:a9fe::1',
    false,
  ],
  ['deny wins over allow', { allow: ['10.0.0.0/8'], deny: ['10.1.2.0/24'] }, '10.1.2.3', false],
  ['deny holds for public addresses', { deny: ['8.8.8.8'] }, '8.8.8.8', false],
  ['deny holds for what is inside', { deny: ['8.8.8.8'] }, '64:ff9b::808:808', false],
  ['what is no address is refused', {}, 'orders.example.com', false],
])('%s', (_, rules, address, isPermitted) => {
  expect(createGuard({ ...ANYWHERE, ...rules }).address(address) === null).toBe(isPermitted);
});

test('a range that is none is refused when the rules are made', () => {
  expect(() => createGuard({ ...ANYWHERE, allow: ['10.0.0.0/99'] })).toThrow('10.0.0.0/99 is not an address range');
});

describe('a name', () => {
  let target: Healthy;
  beforeAll(async () => {
    target = await startHealthy();
  });
  afterAll(() => target.close());

  test('that points to a forbidden address is blocked', async () => {
    const report = await probe(
      { url: `http://orders.test:${target.port}/mcp` },
      { lookup: async () => ['169.254.169.254'] },
    );
    expect(failure(report)).toEqual({
      step: 'dns',
      code: 'blocked',
      message:
        'Our network rules forbid orders.test: 169.254.169.254 is a link-local, metadata, multicast or reserved address. network.allow in the configuration makes exceptions.',
    });
  });

  test('is blocked for one forbidden address among good ones', async () => {
    const before = target.accepted();
    const report = await probe(
      { url: `http://orders.test:${target.port}/mcp` },
      { lookup: async () => ['127.0.0.1', '169.254.169.254'] },
    );
    expect(failure(report)).toMatchObject({ code: 'blocked' });
    expect(target.accepted()).toBe(before);
  });

  test('that changes its address between lookups never leads to the forbidden one', async () => {
    let reached = 0;
    const trap = createServer((socket) => {
      reached += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(target.port, '127.0.0.66', resolve));
    const network = { ...ANYWHERE, deny: ['127.0.0.66/32'] };
    let lookups = 0;
    const lookup = async () => [lookups++ % 2 === 0 ? '127.0.0.1' : '127.0.0.66'];
    const codes: (string | undefined)[] = [];
    for (let round = 0; round < 20; round += 1) {
      codes.push(failure(await probe({ url: `http://orders.test:${target.port}/mcp` }, { lookup, network }))?.code);
    }
    expect(codes).toEqual(Array.from({ length: 10 }, () => [undefined, 'blocked']).flat());
    expect(reached).toBe(0);
    await closeAll(trap, new Set());
  });
});

test('a proxy of the environment is not used', async () => {
  let asked = 0;
  const proxy = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  const port = await listen(proxy);
  const target = await startHealthy();
  const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'];
  for (const name of names) process.env[name] = `http://127.0.0.1:${port}`;
  expect(failure(await probe({ url: target.url }))).toBeNull();
  for (const name of names) delete process.env[name];
  expect(asked).toBe(0);
  await target.close();
  await closeAll(proxy, new Set());
});

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
