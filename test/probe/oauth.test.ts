import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Prober } from '../../src/core/ports.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import type { Auth, SigningAlgorithm } from '../../src/core/server.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { aServer } from '../fixtures/facts.ts';
import {
  type Authority,
  type AuthorityMode,
  type AuthorityOptions,
  startAuthority,
} from '../fixtures/targets/authority.ts';
import { type Protected, startProtected } from '../fixtures/targets/protected.ts';
import { aProber, aTool, failure, faults, stepOf } from './support.ts';

type ClientCredentials = Extract<Auth, { type: 'client_credentials' }>;

const SECRET = 'pa ss:wörd/+%-of-the-client';
/** Both halves of a key pair, in PEM. */
function keyPair(pair: { publicKey: KeyObject; privateKey: KeyObject }) {
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
const rsa = keyPair(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = keyPair(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));

let authority: Authority;
let target: Protected;
let prober: Prober;

beforeAll(async () => {
  target = await startProtected();
});
afterAll(() => target.close());

beforeEach(async () => {
  await begin({ clientId: 'watcher', secret: SECRET });
});
afterEach(async () => {
  await authority.close();
  expect(faults).toEqual([]);
});

async function begin(options: AuthorityOptions): Promise<void> {
  if (authority !== undefined) await authority.close();
  authority = await startAuthority(options);
  prober = aProber();
  target.requests.length = 0;
  target.refuse = (authorization) =>
    authority.knows(authorization)
      ? null
      : { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token", error_description="stale"' } };
}

function withSecret(changes: Partial<ClientCredentials> = {}): ClientCredentials {
  const proof = { kind: 'secret', secret: SECRET } as const;
  const { issuer } = authority;
  return {
    type: 'client_credentials',
    issuer,
    clientId: 'watcher',
    proof,
    scope: null,
    resource: target.url,
    ...changes,
  };
}

function ask(
  auth: Auth = withSecret(),
  changes: Parameters<typeof aServer>[0] = {},
  by = prober,
): Promise<ProbeReport> {
  const server = aServer({ url: target.url, auth, timeoutMs: 5000, ...changes });
  return by.probe({ server, scheduledAt: Date.now(), signal: new AbortController().signal });
}

test('a token is fetched in a step of its own, after the connection and before the session', async () => {
  const report = await ask(withSecret({ scope: 'mcp:read mcp:write' }));
  expect(failure(report)).toBeNull();
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect ok',
    'auth ok',
    'initialize ok',
    'initialized ok',
    'tools_list ok',
    'close skipped',
  ]);
  expect(authority.requests).toEqual([
    {
      params: { grant_type: 'client_credentials', scope: 'mcp:read mcp:write', resource: target.url },
      authorization: expect.stringMatching(/^Basic /),
    },
  ]);
  expect(target.requests.map(({ authorization }) => authorization)).toEqual(
    Array.from({ length: 4 }, () => `Bearer ${authority.lastToken()}`),
  );
});

test('the token is kept: twenty probes ask the token endpoint once, and only the first has the step', async () => {
  const reports: ProbeReport[] = [];
  for (let round = 0; round < 20; round += 1) reports.push(await ask());
  expect(reports.map(failure)).toEqual(Array.from({ length: 20 }, () => null));
  expect(authority.requests).toHaveLength(1);
  expect(reports.filter(({ steps }) => steps.some(({ name }) => name === 'auth'))).toHaveLength(1);
});

test('a token is renewed when four fifths of its life are over', async () => {
  authority.life = 100;
  let later = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + later };
  const by = aProber({ clock });
  await ask(withSecret(), {}, by);
  later = 79_000;
  await ask(withSecret(), {}, by);
  expect(authority.requests).toHaveLength(1);
  later = 81_000;
  expect(stepOf(await ask(withSecret(), {}, by), 'auth').status).toBe('ok');
  expect(authority.requests).toHaveLength(2);
});

test('a token without a life is kept too', async () => {
  authority.mode = 'no-life';
  await ask();
  await ask();
  expect(authority.requests).toHaveLength(1);
});

test('a kept token that is refused is renewed once, and initialize is timed anew', async () => {
  await ask();
  authority.revokeAll();
  const report = await ask();
  expect(failure(report)).toBeNull();
  expect(report.steps.map(({ name }) => name).slice(0, 3)).toEqual(['connect', 'auth', 'initialize']);
  expect(authority.requests).toHaveLength(2);
  expect(target.requests.slice(4, 6).map(({ what }) => what)).toEqual(['POST initialize', 'POST initialize']);
});

test('a token that is refused at tools/list is renewed there, in the same session', async () => {
  await ask();
  let asked = 0;
  target.refuse = (_, method) => (method === 'tools/list' && asked++ === 0 ? { status: 401 } : null);
  const report = await ask();
  expect(failure(report)).toBeNull();
  expect(authority.requests).toHaveLength(2);
});

test('a token that was just given and is refused is auth_rejected, without another try', async () => {
  target.refuse = () => ({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  expect(failure(await ask())).toEqual({
    step: 'initialize',
    code: 'auth_rejected',
    message:
      'The server rejects the configured credentials: HTTP 401. It asks for Bearer (error “invalid_token”). The access token had just been given.',
  });
  expect(authority.requests).toHaveLength(1);
  await ask();
  expect(authority.requests).toHaveLength(2);
});

test('a token that lacks a scope is not kept', async () => {
  const header = 'Bearer error="insufficient_scope", scope="mcp:admin"';
  target.refuse = () => ({ status: 403, headers: { 'www-authenticate': header } });
  expect(failure(await ask())).toMatchObject({ code: 'insufficient_scope' });
  await ask();
  expect(authority.requests).toHaveLength(2);
});

test.each<[string, () => Partial<ClientCredentials>]>([
  ['scope', () => ({ scope: 'more' })],
  ['secret', () => ({ proof: { kind: 'secret', secret: 'another-long-one' } })],
  ['resource', () => ({ resource: null })],
])('another %s gets a token of its own', async (_, changes) => {
  await ask();
  await ask(withSecret(changes()));
  expect(authority.requests).toHaveLength(2);
});

test('an entry with another address gets a token of its own', async () => {
  await ask();
  await ask(withSecret(), { url: `${target.url}?v=2` });
  expect(authority.requests).toHaveLength(2);
});

test('without a resource none is named', async () => {
  await ask(withSecret({ resource: null }));
  expect(authority.requests[0]?.params).toEqual({ grant_type: 'client_credentials' });
});

describe('the client shows who it is', () => {
  test.each([
    ['in the header where the metadata does not say', null, false],
    ['in the header where both are taken', ['client_secret_post', 'client_secret_basic'], false],
    ['in the body where only that is taken', ['client_secret_post'], true],
  ] as const)('%s', async (_, methods, isPost) => {
    authority.methods = methods;
    expect(failure(await ask())).toBeNull();
    expect(authority.requests[0]?.authorization === undefined).toBe(isPost);
    expect(authority.requests[0]?.params['client_secret'] === SECRET).toBe(isPost);
  });

  test.each<[SigningAlgorithm, { publicKey: string; privateKey: string }]>([
    ['RS256', rsa],
    ['PS256', rsa],
    ['ES256', ec],
  ])('by an assertion it signed with %s', async (algorithm, { publicKey, privateKey }) => {
    await begin({ clientId: 'watcher', publicKey });
    const proof = { kind: 'key', privateKey, algorithm } as const;
    expect(failure(await ask(withSecret({ proof })))).toBeNull();
    expect(authority.requests[0]?.params).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(authority.requests[0]?.authorization).toBeUndefined();
  });

  test('by an assertion that is never the same twice', async () => {
    await begin({ clientId: 'watcher', publicKey: rsa.publicKey });
    const proof = { kind: 'key', privateKey: rsa.privateKey, algorithm: 'RS256' } as const;
    await ask(withSecret({ proof }));
    await ask(withSecret({ proof, scope: 'x' }));
    expect(new Set(authority.requests.map(({ params }) => params['client_assertion']))).toHaveProperty('size', 2);
  });
});

describe('the metadata of an issuer', () => {
  test.each([
    ['/.well-known/oauth-authorization-server', ''],
    ['/.well-known/openid-configuration', ''],
    ['/.well-known/oauth-authorization-server/tenant', '/tenant'],
    ['/.well-known/openid-configuration/tenant', '/tenant'],
    ['/tenant/.well-known/openid-configuration', '/tenant'],
  ])('is found at %s', async (metadataPath, path) => {
    await begin({ clientId: 'watcher', secret: SECRET, path, metadataPath });
    expect(failure(await ask())).toBeNull();
    expect(authority.paths.at(-2)).toBe(`GET ${metadataPath}`);
  });
});

test.each<[AuthorityMode, string]>([
  ['invalid-client', '{host} gives no access token: HTTP 400, invalid_client: Client authentication failed'],
  ['error-500', '{host} gives no access token: HTTP 500.'],
  ['throttled', '{host} gives no access token: HTTP 429, slow_down'],
  ['huge', '{host} gives no access token: The answer exceeds 64 KiB.'],
  ['redirects', '{host} gives no access token: HTTP 307.'],
  ['no-json', '{host} gives no access token: the token endpoint answers HTTP 200 without JSON.'],
  ['not-bearer', '{host} gives no access token: the token is of the type mac; only bearer tokens can be used.'],
  ['no-token', '{host} gives no access token: the answer of the token endpoint holds no access token.'],
  ['odd-token', '{host} gives no access token: the answer of the token endpoint holds no access token.'],
  [
    'wrong-issuer',
    '{host} gives no access token: its metadata names the issuer https://somebody.example.com and not http://{host}, so nothing was sent there.',
  ],
  [
    'no-metadata',
    '{host} gives no access token: it publishes no authorization server metadata (/.well-known/oauth-authorization-server: HTTP 404). Check `issuer`.',
  ],
  ['metadata-500', '{host} gives no access token: /.well-known/oauth-authorization-server answers HTTP 500.'],
  ['no-token-endpoint', '{host} gives no access token: its metadata names no token endpoint.'],
])('%s: token_endpoint_failed, in its own words', async (mode, message) => {
  authority.mode = mode;
  const report = await ask();
  expect(failure(report)).toEqual({
    step: 'auth',
    code: 'token_endpoint_failed',
    message: message.replaceAll('{host}', authority.host),
  });
  expect(report.steps.filter(({ status }) => status === 'skipped').map(({ name }) => name)).toEqual([
    'initialize',
    'initialized',
    'tools_list',
    'close',
  ]);
  expect(target.requests).toEqual([]);
});

test('a throttled token endpoint says how long to wait', async () => {
  authority.mode = 'throttled';
  expect((await ask()).retryAfterMs).toBe(30_000);
});

test.each<AuthorityMode>(['hangs', 'metadata-hangs'])('%s: the step has its deadline', async (mode) => {
  authority.mode = mode;
  const from = performance.now();
  expect(failure(await ask(withSecret(), { timeoutMs: 400 }))).toEqual({
    step: 'auth',
    code: 'timeout',
    message: `${authority.host} gave no access token within 400 ms.`,
  });
  expect(performance.now() - from).toBeLessThan(900);
});

test('an authorization server that is gone is not a server that is gone', async () => {
  const auth = withSecret({ issuer: 'http://127.0.0.1:1' });
  expect(failure(await ask(auth))).toMatchObject({
    step: 'auth',
    code: 'token_endpoint_failed',
    message: '127.0.0.1:1 gives no access token: Nothing listens on 127.0.0.1:1 (ECONNREFUSED).',
  });
});

test('a renewal that fails in the middle of a probe is told as what it is', async () => {
  await ask();
  authority.revokeAll();
  authority.mode = 'invalid-client';
  expect(failure(await ask())).toMatchObject({ step: 'auth', code: 'token_endpoint_failed' });
});

test('a server that is not there costs its authorization server nothing', async () => {
  expect(failure(await ask(withSecret(), { url: 'http://127.0.0.1:1/mcp' }))).toMatchObject({ code: 'tcp_refused' });
  expect(authority.paths).toEqual([]);
});

test('the end of the client’s secret is read where the authorization server names it', async () => {
  authority.extra = { client_secret_expires_at: 1_900_000_000 };
  expect((await ask()).credential).toEqual({ expiresAt: 1_900_000_000_000 });
  expect((await ask()).credential).toEqual({ expiresAt: 1_900_000_000_000 });
});

describe('no secret reaches a report', () => {
  test('when the token endpoint says back what it was sent', async () => {
    authority.mode = 'says-secrets-back';
    const report = await ask();
    expect(failure(report)?.message).toContain('invalid_client');
    const basic = authority.requests[0]?.authorization?.slice('Basic '.length) ?? 'none';
    expect(JSON.stringify(report)).not.toContain(basic);
  });

  test('when the endpoint says back the secret of the body', async () => {
    authority.mode = 'says-secrets-back';
    authority.methods = ['client_secret_post'];
    expect(JSON.stringify(await ask())).not.toContain('of-the-client');
  });

  test('when the endpoint says back the assertion', async () => {
    await begin({ clientId: 'watcher', publicKey: ec.publicKey });
    authority.mode = 'says-secrets-back';
    const proof = { kind: 'key', privateKey: ec.privateKey, algorithm: 'ES256' } as const;
    const report = await ask(withSecret({ proof }));
    expect(failure(report)?.message).toContain('[secret]');
    expect(JSON.stringify(report)).not.toContain(authority.requests[0]?.params['client_assertion']?.slice(0, 60));
  });

  test('when a tool says back the token, fresh or kept', async () => {
    const canaries = [aTool('whoami')];
    const reports = [await ask(withSecret(), { canaries }), await ask(withSecret(), { canaries })];
    for (const report of reports) {
      expect(failure(report)?.message).toContain('you sent Bearer [secret]');
      expect(JSON.stringify(report)).not.toContain(authority.lastToken());
    }
  });
});
