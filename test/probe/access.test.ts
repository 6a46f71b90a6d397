import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import type { Server } from '../../src/core/server.ts';
import { aServer } from '../fixtures/facts.ts';
import { closeAll, listen } from '../fixtures/targets/healthy.ts';
import { type Protected, startProtected } from '../fixtures/targets/protected.ts';
import { aTool, failure, faults, probe } from './support.ts';

const HOUR = 3_600_000;
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

let target: Protected;
beforeEach(async () => {
  target = await startProtected();
});
afterEach(async () => {
  await target.close();
  expect(faults).toEqual([]);
});

function ask(changes: Partial<Server> = {}) {
  return probe({ url: target.url, timeoutMs: 5000, ...changes });
}

/** Refuses whatever the credentials are. */
function close(challenge: string, status: 401 | 403 = 401): void {
  target.refuse = () => ({ status, headers: { 'www-authenticate': challenge } });
}

/** The metadata of the resource, as it should be. */
function metadata(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const authorization_servers = ['https://auth.example.com/tenant'];
  return { resource: target.url, authorization_servers, scopes_supported: ['mcp:read', 'mcp:write'], ...changes };
}

const WELL_FORMED = 'Its OAuth is well-formed: authorization server auth.example.com, scopes mcp:read mcp:write.';

describe('a server that wants credentials, where none are configured', () => {
  const start = 'The server wants credentials and none are configured: HTTP 401.';

  test('names the authorization server and the scopes of the metadata that it names', async () => {
    close(`Bearer resource_metadata="${target.origin}/meta"`);
    target.documents = { '/meta': metadata() };
    const report = await ask();
    expect(report.httpStatus).toBe(401);
    expect(failure(report)).toEqual({
      step: 'initialize',
      code: 'auth_required',
      message: `${start} It asks for Bearer. ${WELL_FORMED}`,
    });
    expect(target.requests.map(({ what }) => what)).toEqual(['POST initialize', 'GET /meta']);
  });

  test.each([
    ['beside its path', `${WELL_KNOWN}/mcp`],
    ['at its root', WELL_KNOWN],
  ])('is looked up %s where it names nothing', async (_, path) => {
    close('Bearer');
    target.documents = { [path]: metadata() };
    expect(failure(await ask())?.message).toBe(`${start} It asks for Bearer. ${WELL_FORMED}`);
  });

  test('is looked up too where it says nothing at all', async () => {
    target.refuse = () => ({ status: 401, body: '{"message":"log in first"}' });
    target.documents = { [WELL_KNOWN]: metadata() };
    expect(failure(await ask())?.message).toBe(`${start.slice(0, -1)}: log in first ${WELL_FORMED}`);
  });

  test('is not asked for OAuth where it wants something else', async () => {
    close('Basic realm="ops"');
    expect(failure(await ask())?.message).toBe(`${start} It asks for Basic (realm “ops”).`);
    expect(target.requests).toHaveLength(1);
  });

  test.each<[string, (origin: string) => Record<string, unknown>, string]>([
    ['no servers', () => ({ authorization_servers: [] }), 'it names no authorization server.'],
    ['servers that are no list', () => ({ authorization_servers: 'x' }), 'it names no authorization server.'],
    [
      'a server that is no address',
      () => ({ authorization_servers: ['auth'] }),
      'it names an authorization server that is no address: auth',
    ],
    [
      'another resource',
      () => ({ resource: 'https://other.example.com/mcp' }),
      'it is for another resource: https://other.example.com/mcp',
    ],
    ['another path', (origin) => ({ resource: `${origin}/mc` }), 'it is for another resource: http://'],
  ])('says what is broken in its metadata: %s', async (_, changes, words) => {
    close('Bearer');
    target.documents = { [WELL_KNOWN]: metadata(changes(target.origin)) };
    expect(failure(await ask())?.message).toContain(`Its OAuth metadata is broken: ${words}`);
  });

  test.each<[string, (origin: string) => string, string]>([
    ['is not there', (origin) => `${origin}/gone`, 'HTTP 404.'],
    ['is no address', () => 'nowhere', 'it is no address.'],
    ['is no web address', () => 'file:///etc/passwd', 'blocked.'],
    ['carries a password', (origin) => origin.replace('//', '//me:pw@'), 'blocked.'],
    ['is metadata of a cloud', () => 'http://169.254.169.254/latest', 'blocked.'],
    ['redirects', (origin) => `${origin}/away`, 'HTTP 302.'],
    ['is no object', (origin) => `${origin}/list`, 'it is no JSON object.'],
    ['listens nowhere', () => 'http://127.0.0.1:1/x', 'Nothing listens on 127.0.0.1:1 (ECONNREFUSED).'],
  ])('says so when the address it names %s, and looks in the well-known places', async (_, address, words) => {
    close(`Bearer resource_metadata="${address(target.origin)}"`);
    target.redirects = { '/away': `${target.origin}/meta` };
    target.documents = { '/list': [], '/meta': metadata(), [WELL_KNOWN]: metadata() };
    const message = failure(await ask())?.message ?? '';
    expect(message).toContain(`is broken: ${words}`);
    expect(message).toContain(WELL_FORMED);
    expect(target.requests.some(({ what }) => what === 'GET /meta')).toBe(false);
  });

  test('is told in time when its metadata never comes', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    close(`Bearer resource_metadata="http://127.0.0.1:${await listen(silent)}/meta"`);
    const from = performance.now();
    expect(failure(await ask({ timeoutMs: 400 }))).toMatchObject({
      code: 'auth_required',
      message: expect.stringMatching(/is broken: no answer within 400 ms\.$/),
    });
    expect(performance.now() - from).toBeLessThan(900);
    await closeAll(silent, sockets);
  });

  test('sends nobody the headers that are configured for it', async () => {
    close('Bearer');
    await ask({ headers: { 'X-Team': 'a-name-of-some-length' } });
    expect(target.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined]);
  });

  test('that asks only when a tool is called is told at that step, and looked up once', async () => {
    const challenge = { 'www-authenticate': 'Bearer scope="call"' };
    target.refuse = (_, method) => (method === 'tools/call' ? { status: 401, headers: challenge } : null);
    target.documents = { [WELL_KNOWN]: metadata() };
    const report = await ask({ canaries: [aTool('whoami'), aTool('whoami')] });
    expect(failure(report)).toMatchObject({ step: 'canary', code: 'auth_required' });
    expect(failure(report)?.message).toContain(WELL_FORMED);
    expect(target.requests.filter(({ what }) => what.startsWith('GET'))).toHaveLength(2);
  });

  test('that asks only for the list of tools keeps that step', async () => {
    target.refuse = (_, method) => (method === 'tools/list' ? { status: 401 } : null);
    expect(failure(await ask())).toMatchObject({ step: 'tools_list', code: 'auth_required' });
  });
});

describe('credentials that do not open the door', () => {
  test('are rejected, in the words of the challenge', async () => {
    close('Bearer error="invalid_token", error_description="revoked"');
    expect(failure(await ask({ auth: { type: 'bearer', token: 'a-long-token' } }))).toEqual({
      step: 'initialize',
      code: 'auth_rejected',
      message:
        'The server rejects the configured credentials: HTTP 401. It asks for Bearer (error “invalid_token”, error_description “revoked”).',
    });
    expect(target.requests).toHaveLength(1);
  });

  test('lack a scope, which is named', async () => {
    close('Bearer error="insufficient_scope", scope="mcp:admin mcp:write"', 403);
    expect(failure(await ask({ auth: { type: 'bearer', token: 'a-long-token' } }))).toMatchObject({
      code: 'insufficient_scope',
      message: expect.stringContaining('The credentials lack the scope mcp:admin mcp:write: HTTP 403.'),
    });
  });

  test('are forbidden where the challenge only mentions a scope', async () => {
    close('Bearer realm="insufficient_scope"', 403);
    expect(failure(await ask())).toMatchObject({ code: 'forbidden' });
  });

  test('are never shown, also where a long answer is cut in the middle of one', async () => {
    const token = 'S3CRET'.repeat(20);
    for (const before of [150, 200, 240, 290]) {
      target.refuse = () => ({
        status: 401,
        headers: { 'www-authenticate': `Bearer error_description="${'y'.repeat(before - 140)}${token}"` },
        body: `${'x'.repeat(before)}${token}`,
      });
      expect(JSON.stringify(await ask({ auth: { type: 'bearer', token } }))).not.toContain('S3CRET');
    }
  });
});

describe('a token that says when it ends', () => {
  function jwt(claims: unknown): string {
    const segments = [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    return `${segments.join('.')}.c2ln`;
  }
  const inHours = (hours: number) => Math.floor((Date.now() + hours * HOUR) / 1000);
  const judged = async (token: string) => {
    const server = aServer({ url: target.url, auth: { type: 'bearer', token } });
    return judge(await probe({ url: target.url, auth: { type: 'bearer', token } }), server);
  };

  test('is told 72 hours ahead: the server is degraded, with the time left', async () => {
    const { state, reason } = await judged(jwt({ exp: inHours(70.5) }));
    expect(state).toBe('degraded');
    expect(reason).toMatchObject({ code: 'credential_expiring', layer: 'auth', step: null });
    expect(reason?.message).toMatch(
      /^The configured credentials run out in 2 d 22 h \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)\.$/,
    );
  });

  test('is not told before', async () => {
    expect(await judged(jwt({ exp: inHours(73) }))).toMatchObject({ state: 'up', reason: null });
  });

  test('is told too where it is over and the server does not mind', async () => {
    const { reason } = await judged(jwt({ exp: inHours(-5) }));
    expect(reason?.message).toMatch(
      /^The configured credentials ran out 5 h ago \(.*\), though the server still takes them\.$/,
    );
  });

  test('is told beside the refusal where it is over', async () => {
    close('Bearer error="invalid_token"');
    const auth = { type: 'bearer', token: jwt({ exp: inHours(-5) }) } as const;
    expect(failure(await ask({ auth }))?.message).toMatch(/ The token ran out 5 h ago \(.* UTC\)\.$/);
  });

  test('is read where it is configured as a header', async () => {
    const exp = inHours(1);
    expect((await ask({ headers: { Authorization: `bearer ${jwt({ exp })}` } })).credential).toEqual({
      expiresAt: exp * 1000,
    });
  });

  test.each<[string, string]>([
    ['opaque', 'a-long-token'],
    ['without an end', jwt({ sub: 'x' })],
    ['with an end that is no number', jwt({ exp: '1900000000' })],
    ['with an end beyond all dates', jwt({ exp: 1e300 })],
    ['with an end before all dates', jwt({ exp: -1 })],
    ['not JSON', 'YQ.YQ.YQ'],
    ['nested too deep', `YQ.${Buffer.from('['.repeat(2000)).toString('base64url')}.YQ`],
  ])('may say nothing: %s', async (_, token) => {
    expect((await ask({ auth: { type: 'bearer', token } })).credential).toBeNull();
  });
});
