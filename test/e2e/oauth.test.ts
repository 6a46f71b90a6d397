import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startAuthority } from '../fixtures/targets/authority.ts';
import { startProtected } from '../fixtures/targets/protected.ts';
import { until } from '../fixtures/until.ts';

const SECRET = 'canary-of-a-client-secret-4d1a';

test('OAuth clients from file and browser: one token each, no secret anywhere, an incident when the authority fails', {
  timeout: 120_000,
}, async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const authority = await startAuthority({
    clientId: 'watcher',
    secret: SECRET,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  onTestFinished(authority.close);
  const target = await startProtected();
  onTestFinished(target.close);
  target.refuse = (authorization) => (authority.knows(authorization) ? null : { status: 401 });
  const here = await openPlace();
  onTestFinished(here.close);

  const auth = { type: 'client_credentials', issuer: authority.issuer, client_id: 'watcher' };
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
    servers: [{ id: 'file', url: target.url, auth: { ...auth, client_secret: '${CLIENT_SECRET}' } }],
  });
  const program = await here.serve({ env: { CLIENT_SECRET: SECRET } });
  const api = openApi(program.url);
  await api.addServer({ id: 'browser', url: target.url, auth: { ...auth, private_key: key } });
  for (const id of ['file', 'browser']) await api.becomes(id, 'up');
  await api.probed('file', 3);
  expect(authority.requests).toHaveLength(2);
  expect((await api.server('browser')).config).toMatchObject({ auth: { ...auth, private_key: { set: true } } });

  // An edit asks anew; the key, left out of it, is kept.
  await api.send('PATCH', '/api/v1/servers/browser', { auth: { scope: 'mcp:read' } });
  await until(() => authority.requests.some(({ params }) => params['scope'] === 'mcp:read'), { what: 'another token' });
  await api.becomes('browser', 'up');

  authority.mode = 'says-secrets-back';
  authority.revokeAll();
  for (const id of ['file', 'browser']) await api.becomes(id, 'auth_required');
  const incidents = await until(
    async () => {
      const found = await api.incidents();
      return found.length === 2 && found;
    },
    { what: 'an incident each' },
  );
  for (const { signal, severity, reason } of incidents) {
    expect({ signal, severity, code: reason.code }).toEqual({
      signal: 'auth',
      severity: 'major',
      code: 'token_endpoint_failed',
    });
    expect(reason.message).toContain('[secret]');
  }

  const answers = await Promise.all(
    ['file', 'browser']
      .flatMap((id) => [`/servers/${id}`, `/servers/${id}/probes`])
      .map((path) => api.send('GET', `/api/v1${path}`)),
  );
  await program.stop();
  const data = here.path('data');
  const files = await Promise.all((await readdir(data)).map((name) => readFile(join(data, name), 'latin1')));
  const said = [
    ...answers.map(({ text }) => text),
    JSON.stringify(incidents),
    ...files,
    program.stdout(),
    program.stderr(),
  ];
  const assertions = authority.requests.flatMap(({ params }) => params['client_assertion'] ?? []);
  const basic = Buffer.from(`watcher:${SECRET}`).toString('base64').replace(/=+$/, '');
  for (const secret of [SECRET, basic, ...key.split('\n').slice(1, -2), ...assertions])
    expect(said.filter((text) => text.includes(secret))).toEqual([]);
});
