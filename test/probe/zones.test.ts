import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Zone } from '../../src/core/address.ts';
import { aServer } from '../fixtures/facts.ts';
import { type Authority, startAuthority } from '../fixtures/targets/authority.ts';
import { type Protected, startProtected } from '../fixtures/targets/protected.ts';
import { aProber, failure, faults } from './support.ts';

const ZONES = ['public', 'private', 'loopback'] as const;
type Place = (typeof ZONES)[number];
/** All of this is loopback; for these tests a part of it counts as further outside. */
const HOSTS: Readonly<Record<Place, string>> = { public: '127.0.1.1', private: '127.0.2.1', loopback: '127.0.3.1' };
const zoneOf = (address: string): Zone => ZONES.find((zone) => HOSTS[zone] === address) ?? 'forbidden';

const inward: readonly [Place, Place][] = [
  ['public', 'private'],
  ['public', 'loopback'],
  ['private', 'loopback'],
];
const outward: readonly [Place, Place][] = ZONES.flatMap((from, at) =>
  ZONES.slice(0, at + 1).map((to) => [from, to] as [Place, Place]),
);

const targets = {} as Record<Place, Protected>;
const authorities = {} as Record<Place, Authority>;
let lookups: Record<string, () => string> = {};

beforeAll(async () => {
  for (const zone of ZONES) {
    targets[zone] = await startProtected(HOSTS[zone]);
    authorities[zone] = await startAuthority({ clientId: 'watcher', secret: 'a-secret-of-ours', address: HOSTS[zone] });
  }
});
afterAll(async () => {
  for (const zone of ZONES) await Promise.all([targets[zone].close(), authorities[zone].close()]);
  expect(faults).toEqual([]);
});
beforeEach(() => {
  lookups = {};
  for (const zone of ZONES) {
    Object.assign(targets[zone], { refuse: () => null, documents: {}, redirects: {} });
    targets[zone].requests.length = 0;
    Object.assign(authorities[zone], { mode: 'well' });
    authorities[zone].paths.length = 0;
  }
});

async function ask(changes: Parameters<typeof aServer>[0]) {
  const prober = aProber({ zoneOf, lookup: async (name) => [lookups[name]?.() ?? HOSTS.public] });
  const server = aServer({ timeoutMs: 5000, ...changes });
  return prober.probe({ server, scheduledAt: Date.now(), signal: new AbortController().signal });
}

/** The same by a name, which a resolver leads there. */
function named(url: string, name: string, zone: Place): string {
  lookups[name] = () => HOSTS[zone];
  return url.replace(HOSTS[zone], name);
}

function refuseNaming(zone: Place, address: string): void {
  const headers = { 'www-authenticate': `Bearer resource_metadata="${address}"` };
  targets[zone].refuse = () => ({ status: 401, headers });
}

describe('resource_metadata', () => {
  const asked = (zone: Place) => targets[zone].requests.filter(({ what }) => what === 'GET /meta').length;

  test.each(inward)('of a %s server is not asked at a %s address, nor at a name that leads there', async (from, to) => {
    for (const address of [`${targets[to].origin}/meta`, named(`${targets[to].origin}/meta`, 'inner.test', to)]) {
      refuseNaming(from, address);
      const message = failure(await ask({ url: targets[from].url }))?.message;
      expect(message).toContain('is broken: blocked.');
      expect(message).toMatch(
        new RegExp(`${HOSTS[to]}(,| is) a ${to} address, where a server with a ${from} address may not send us\\.`),
      );
      expect(failure(await ask({ url: targets[from].url }))?.code).toBe('auth_required');
    }
    expect(asked(to)).toBe(0);
  });

  test.each(outward)('of a %s server is asked at a %s address', async (from, to) => {
    targets[to].documents = {
      '/meta': { resource: targets[from].url, authorization_servers: ['https://a.example.com'] },
    };
    refuseNaming(from, `${targets[to].origin}/meta`);
    expect(failure(await ask({ url: targets[from].url }))?.message).toContain('Its OAuth is well-formed');
    expect(asked(to)).toBe(1);
  });
});

describe('the token endpoint', () => {
  const auth = (zone: Place) =>
    ({
      type: 'client_credentials',
      issuer: authorities[zone].issuer,
      clientId: 'watcher',
      proof: { kind: 'secret', secret: 'a-secret-of-ours' },
      scope: null,
      resource: null,
    }) as const;
  const asked = (zone: Place) => authorities[zone].paths.filter((path) => path === 'POST /token').length;

  test.each(inward)(
    'that a %s issuer names is not asked at a %s address: blocked, never downtime',
    async (from, to) => {
      Object.assign(authorities[from], { mode: 'endpoint-elsewhere', elsewhere: `${authorities[to].issuer}/token` });
      expect(failure(await ask({ url: targets.loopback.url, auth: auth(from) }))).toEqual({
        step: 'auth',
        code: 'blocked',
        message: `${HOSTS[to]} is a ${to} address, where a server with a ${from} address may not send us.`,
      });
      expect(asked(to)).toBe(0);
    },
  );

  test.each(outward)('that a %s issuer names is asked at a %s address', async (from, to) => {
    Object.assign(authorities[from], { mode: 'endpoint-elsewhere', elsewhere: `${authorities[to].issuer}/token` });
    await ask({ url: targets.public.url, auth: auth(from) });
    expect(asked(to)).toBe(1);
  });

  test('is not asked where metadata of a cloud lives', async () => {
    Object.assign(authorities.loopback, { mode: 'endpoint-elsewhere', elsewhere: 'http://169.254.169.254/token' });
    expect(failure(await ask({ url: targets.public.url, auth: auth('loopback') }))).toMatchObject({ code: 'blocked' });
  });

  test('may lie inside for a public server: the owner configured the issuer', async () => {
    expect(failure(await ask({ url: targets.public.url, auth: auth('loopback') }))).toBeNull();
  });
});

describe('a redirect', () => {
  const pairs = ZONES.flatMap((from) => ZONES.map((to) => [from, to] as const));

  test.each(pairs)('from a %s server to another %s one is not followed', async (from, to) => {
    const other = await startProtected(HOSTS[to]);
    targets[from].redirects = { '/mcp': other.url };
    expect(failure(await ask({ url: targets[from].url }))).toMatchObject({ code: 'redirect_refused' });
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test('within an origin is not followed where the name meanwhile leads further inside', async () => {
    let reached = 0;
    const inner = createServer((_, response) => {
      reached += 1;
      response.end();
    });
    const { port } = targets.public;
    await new Promise<void>((resolve) => inner.listen(port, HOSTS.loopback, resolve));
    let current = HOSTS.public;
    lookups['turns.test'] = () => current;
    targets.public.redirects = { '/mcp': '/admin' };
    targets.public.refuse = () => null;
    const outer = createServer((_, response) => {
      current = HOSTS.loopback;
      response.writeHead(307, { location: '/admin', connection: 'close' }).end();
    });
    await targets.public.close();
    await new Promise<void>((resolve) => outer.listen(port, HOSTS.public, resolve));
    expect(failure(await ask({ url: `http://turns.test:${port}/mcp` }))).toMatchObject({ code: 'blocked' });
    expect(reached).toBe(0);
    await Promise.all([inner, outer].map((server) => new Promise((resolve) => server.close(resolve))));
    targets.public = await startProtected(HOSTS.public);
  });
});
