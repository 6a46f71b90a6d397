import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSealer } from '../../src/store/seal.ts';
import { open, temporaryFolder } from './folder.ts';
import { keepingLog } from './quiet.ts';

const CANARY = 'canary-5f1c-never-on-disk';
const KEY_A = randomBytes(32).toString('base64');
const KEY_B = randomBytes(32).toString('hex');

const entryOf = (id: string, token: string) => ({
  id,
  entry: { id, url: 'http://127.0.0.1/mcp', headers: { 'X-Api-Key': token, 'X-Other': `${token}-2` } },
  secrets: [
    ['headers', 'X-Api-Key'],
    ['headers', 'X-Other'],
  ],
});

/** Opens the file behind the store's back, as a thief or a careless operator would. */
function tamper(file: string, change: (db: Database.Database) => void): void {
  const db = new Database(file);
  change(db);
  db.close();
}

function storeWithSecrets() {
  const folder = temporaryFolder();
  const file = join(folder, 'alivemcp.db');
  const url = `sqlite:${file}`;
  return { folder, file, url };
}

test('no byte of a secret is in any file but the key file', async () => {
  const { folder, url } = storeWithSecrets();
  const store = await open(url);
  await store.saveServer(entryOf('orders', CANARY));
  await store.saveChannel({ id: 'ops', entry: { id: 'ops', secret: CANARY }, secrets: [['secret']] });
  await store.backup(join(folder, 'copy.db'));
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes(CANARY), name).toBe(false);
  expect((await store.servers())[0]?.entry).toMatchObject({ headers: { 'X-Api-Key': CANARY } });
});

test('the key file is made at the first start, private, and used at the next', async () => {
  const { folder, url } = storeWithSecrets();
  const first = await open(url);
  await first.saveServer(entryOf('orders', CANARY));
  await first.close();
  const key = join(folder, 'alivemcp.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const text = readFileSync(key, 'utf8');
  const second = await open(url);
  expect(await second.servers()).toEqual([entryOf('orders', CANARY)]);
  expect(readFileSync(key, 'utf8')).toBe(text);
});

test('a key from the environment is used instead, and no file is made', async () => {
  const { folder, url } = storeWithSecrets();
  const first = await open(url, { secretKey: KEY_A });
  await first.saveServer(entryOf('orders', CANARY));
  await first.close();
  const second = await open(url, { secretKey: `  ${KEY_A}\n` });
  expect(await second.servers()).toEqual([entryOf('orders', CANARY)]);
  expect(readdirSync(folder)).not.toContain('alivemcp.key');
});

test.each([
  ['a wrong key', { secretKey: KEY_B }],
  ['a lost key', {}],
])('with %s the entry comes back flagged, without its secrets, and the start goes on', async (_, options) => {
  const { folder, url } = storeWithSecrets();
  const first = await open(url, { secretKey: KEY_A });
  await first.saveServer(entryOf('orders', CANARY));
  await first.saveServer({ id: 'open', entry: { id: 'open' }, secrets: [] });
  await first.close();
  rmSync(join(folder, 'alivemcp.key'), { force: true });
  const second = await open(url, options);
  const { entry, secrets } = entryOf('orders', CANARY);
  expect(await second.servers()).toEqual([
    { id: 'orders', entry: { ...entry, headers: { 'X-Api-Key': null, 'X-Other': null } }, secrets, unreadable: true },
    { id: 'open', entry: { id: 'open' }, secrets: [] },
  ]);
});

test('a secret entered again under the new key can be read', async () => {
  const { url } = storeWithSecrets();
  const first = await open(url, { secretKey: KEY_A });
  await first.saveServer(entryOf('orders', CANARY));
  await first.close();
  const second = await open(url, { secretKey: KEY_B });
  await second.saveServer(entryOf('orders', 'new'));
  expect(await second.servers()).toEqual([entryOf('orders', 'new')]);
});

test('a ciphertext moved to another server does not open there', async () => {
  const { file, url } = storeWithSecrets();
  const first = await open(url, { secretKey: KEY_A });
  await first.saveServer(entryOf('orders', 'o'));
  await first.saveServer(entryOf('files', 'f'));
  await first.close();
  tamper(file, (db) => {
    db.exec(`CREATE TEMP TABLE before AS SELECT * FROM server_entry;
      UPDATE server_entry SET entry = (SELECT entry FROM before WHERE before.id <> server_entry.id)`);
  });
  const second = await open(url, { secretKey: KEY_A });
  expect((await second.servers()).map(({ unreadable }) => unreadable)).toEqual([true, true]);
});

test('ciphertexts swapped between fields, or moved to the channels, do not open there', async () => {
  const { file, url } = storeWithSecrets();
  const first = await open(url, { secretKey: KEY_A });
  await first.saveServer(entryOf('orders', 'o'));
  await first.close();
  tamper(file, (db) => {
    db.exec('INSERT INTO channel_entry SELECT * FROM server_entry');
    db.exec(`UPDATE server_entry SET entry = json_set(entry,
      '$.headers."X-Api-Key"', json_extract(entry, '$.headers."X-Other"'),
      '$.headers."X-Other"', json_extract(entry, '$.headers."X-Api-Key"'))`);
  });
  const second = await open(url, { secretKey: KEY_A });
  expect(await second.servers()).toMatchObject([
    { unreadable: true, entry: { headers: { 'X-Api-Key': null, 'X-Other': null } } },
  ]);
  expect(await second.channels()).toMatchObject([{ unreadable: true }]);
});

test.each([
  ['too short', Buffer.alloc(16).toString('base64')],
  ['hexadecimal of the wrong length', 'ab'.repeat(31)],
  ['not an encoding at all', '!'],
])('a key that is %s is refused before anything is made', async (_, secretKey) => {
  const folder = temporaryFolder();
  const opening = open(`sqlite:${join(folder, 'deep', 'alivemcp.db')}`, { secretKey });
  await expect(opening).rejects.toThrow(/^ALIVEMCP_SECRET_KEY must be 32 bytes, .*openssl rand -base64 32$/);
  expect(readdirSync(folder)).toEqual([]);
});

test('a key file that others can read is told, and used', async () => {
  const { folder, url } = storeWithSecrets();
  await (await open(url)).close();
  chmodSync(join(folder, 'alivemcp.key'), 0o644);
  const log = keepingLog();
  await open(url, { log });
  expect(log.lines.join()).toContain('chmod 600');
});

test('whatever is sealed opens at its place, and at no other, and not when a character is changed', () => {
  const sealer = createSealer(randomBytes(32));
  const place = { table: 'server_entry', row: 'orders', field: '["a"]' };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const sealed = sealer.seal(text, place);
      expect(sealed).toMatch(/^v1(\.[\w-]*){4}$/);
      expect(sealer.open(sealed, place)).toBe(text);
      expect(sealer.open(sealed, { ...place, field: '["b"]' })).toBeNull();
      const index = at % sealed.length;
      const changed = `${sealed.slice(0, index)}${sealed[index] === '!' ? '?' : '!'}${sealed.slice(index + 1)}`;
      expect(sealer.open(changed, place)).toBeNull();
    }),
  );
});
