import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/config/config.ts';
import { checkServerEntry } from '../../src/config/entry.ts';
import { mergePatch } from '../../src/config/merge.ts';
import { deps, load, mistakes } from './support.ts';

const context = { defaults: {}, calendar: deps.calendar, channelIds: [], clientName: 'AliveMCP' };
const url = 'https://orders.example.com/mcp?key=k';
const credentials = { type: 'client_credentials', issuer: 'https://id.example.com/t', client_id: 'watcher' } as const;

function entry(auth: Entry): Entry {
  return { id: 'orders', url, auth: { ...credentials, ...auth } };
}

function pem(type: 'rsa' | 'ec', bitsOrCurve: number | string): string {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: Number(bitsOrCurve) })
      : generateKeyPairSync('ec', { namedCurve: String(bitsOrCurve) });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
const RSA = pem('rsa', 2048);
const EC = pem('ec', 'prime256v1');

test('a client with a secret asks for a token for the server it watches, whose query stays at home', () => {
  expect(checkServerEntry(entry({ client_secret: 's3cret' }), context)).toMatchObject({
    ok: true,
    server: {
      auth: {
        type: 'client_credentials',
        issuer: 'https://id.example.com/t',
        clientId: 'watcher',
        proof: { kind: 'secret', secret: 's3cret' },
        scope: null,
        resource: 'https://orders.example.com/mcp',
      },
    },
    masked: { auth: { ...credentials, client_secret: { set: true } } },
    secretPaths: expect.arrayContaining([['auth', 'client_secret']]),
  });
});

test.each<[string, string | null]>([
  ['off', null],
  ['api://orders', 'api://orders'],
])('resource: %s', (resource, expected) => {
  const checked = checkServerEntry(entry({ client_secret: 's', resource, scope: 'a b' }), context);
  expect(checked).toMatchObject({ ok: true, server: { auth: { resource: expected, scope: 'a b' } } });
});

test.each([
  ['RSA', RSA, undefined, 'RS256'],
  ['RSA', RSA, 'PS256', 'PS256'],
  ['EC', EC, undefined, 'ES256'],
])('an %s key signs with %3$s', (_, privateKey, algorithm, expected) => {
  const auth = { private_key: privateKey, ...(algorithm === undefined ? {} : { algorithm }) };
  expect(checkServerEntry(entry(auth), context)).toMatchObject({
    ok: true,
    server: { auth: { proof: { kind: 'key', privateKey, algorithm: expected } } },
    masked: { auth: { private_key: { set: true } } },
    secretPaths: expect.arrayContaining([['auth', 'private_key']]),
  });
});

test.each<[string, Entry, string, string]>([
  [
    'that does not fit',
    { private_key: EC, algorithm: 'RS256' },
    'auth.algorithm',
    'does not fit the key, which signs with ES256.',
  ],
  ['that is short', { private_key: pem('rsa', 1024) }, 'auth.private_key', 'expected an RSA key of 2048 bits or more'],
  [
    'of another curve',
    { private_key: pem('ec', 'secp384r1') },
    'auth.private_key',
    'expected an RSA key of 2048 bits or more',
  ],
])('a key %s is a mistake that does not show it', (_, auth, path, message) => {
  const checked = checkServerEntry(entry(auth), context);
  expect(checked).toMatchObject({ ok: false, errors: [{ path, message: expect.stringContaining(message) }] });
  expect(JSON.stringify(checked)).not.toContain(String(auth['private_key']).split('\n')[1]);
});

test('a key is read from a file', async () => {
  const text = `servers:\n  - id: orders\n    url: ${url}\n    auth:\n      type: client_credentials\n      issuer: https://id.example.com\n      client_id: x\n      private_key: "\${file:/run/key.pem}"\n`;
  const config = await load(text, { files: { '/run/key.pem': EC } });
  expect(config.servers[0]?.server.auth).toMatchObject({ proof: { privateKey: EC.trimEnd(), algorithm: 'ES256' } });
  expect(config.servers[0]?.entry).toMatchObject({ auth: { private_key: { set: true } } });
  const [mistake] = await mistakes(text, { files: { '/run/key.pem': 'S3CRET but no key' } });
  expect(mistake).toMatchObject({ line: 8, message: expect.stringContaining('expected a private key in PEM') });
  expect(mistake?.message).not.toContain('S3CRET');
});

test('a key takes the place of a secret, and a secret that of a key', () => {
  const stored = entry({ client_secret: 's3cret', scope: 'a' });
  const withKey = mergePatch(stored, { auth: { private_key: RSA, algorithm: 'PS256' } });
  expect(withKey['auth']).toEqual({ ...credentials, scope: 'a', private_key: RSA, algorithm: 'PS256' });
  expect(mergePatch(withKey, { auth: { client_secret: 'other' } })['auth']).toEqual({
    ...credentials,
    scope: 'a',
    client_secret: 'other',
  });
  expect(mergePatch(stored, { auth: { client_secret: { set: true }, scope: 'b' } })['auth']).toEqual({
    ...credentials,
    client_secret: 's3cret',
    scope: 'b',
  });
});
