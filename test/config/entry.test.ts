import { expect, test } from 'vitest';
import { checkChannelEntry, checkServerEntry } from '../../src/config/entry.ts';
import { mergePatch } from '../../src/config/merge.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { deps } from './support.ts';

const context = {
  defaults: { interval: '30s', headers: { 'X-Team': 'blue' } },
  calendar: deps.calendar,
  channelIds: ['ops'],
  clientName: 'AliveMCP',
};
const entry = { id: 'orders', url: 'https://orders.example.com/mcp' } as const;

test('an entry from the browser becomes a server with the defaults of the file', () => {
  const checked = checkServerEntry({ ...entry, headers: { 'X-Key': 'k3y' }, channels: ['ops'] }, context);
  expect(checked).toMatchObject({
    ok: true,
    server: {
      source: { kind: 'ui' },
      schedule: { everyMs: 30_000 },
      headers: { 'X-Team': 'blue', 'X-Key': 'k3y' },
      channels: ['ops'],
    },
    masked: { ...entry, headers: { 'X-Key': { set: true } } },
    secretPaths: [['headers', 'X-Key']],
  });
});

test('an entry from the browser has no references', () => {
  const checked = checkServerEntry({ ...entry, name: '${PRESENT} costs $$1' }, context);
  expect(checked).toMatchObject({ ok: true, server: { name: '${PRESENT} costs $$1' } });
});

test.each<[string, JsonObject, readonly { path: string; message: RegExp }[]]>([
  [
    'stdio',
    { id: 'x', command: ['rm'] },
    [{ path: 'command', message: /^stdio servers come from the configuration file only\.$/ }],
  ],
  ['an unknown key', { ...entry, intervall: '5s' }, [{ path: 'intervall', message: /Did you mean `interval`\?/ }]],
  ['an unknown channel', { ...entry, channels: ['opps'] }, [{ path: 'channels.0', message: /Did you mean `ops`\?/ }]],
  ['a missing address', { id: 'x' }, [{ path: 'url', message: /^is missing; expected an address/ }]],
  [
    'a warning that would come too late',
    { ...entry, alerts: { tls: ['7d', '5m'] } },
    [{ path: 'alerts.tls.1', message: /^expected a duration from 1h to 365d/ }],
  ],
  [
    'several mistakes',
    { id: 'Orders', url: 'ftp://x', canary: { timeout: '1s' } },
    [
      { path: 'id', message: /^expected an id/ },
      { path: 'url', message: /^expected an address/ },
      { path: 'canary', message: /^expected `tool` or `resource`/ },
    ],
  ],
  [
    'a secret copied from another entry as it is shown',
    { ...entry, auth: { type: 'bearer', token: { set: true } } },
    [{ path: 'auth.token', message: /^this secret is not known here; enter it again\.$/ }],
  ],
])('the browser is told at which field: %s', (_what, wrong, expected) => {
  const checked = checkServerEntry(wrong, context);
  const errors = checked.ok ? [] : checked.errors;
  expect(errors.map(({ path }) => path)).toEqual(expected.map(({ path }) => path));
  for (const [index, { message }] of expected.entries()) expect(errors[index]?.message).toMatch(message);
});

test.each([
  { type: 'tok-5ecret' },
  { type: 'bearer', token: ['tok-5ecret'] },
  { type: 'bearer', tokens: 'tok-5ecret' },
  { type: 'bearer', token: 'tok-5ecret\n' },
  { type: 'basic', username: 'tok-5ecret'.repeat(50), password: 'x' },
  { type: 'client_credentials', issuer: 'tok-5ecret', client_id: 'a', client_secret: 'b' },
  { type: 'client_credentials', issuer: 'https://a.example.com', client_id: 'a', private_key: 'tok-5ecret' },
  {
    type: 'client_credentials',
    issuer: 'https://a.example.com',
    client_id: 'a',
    client_secret: 'b',
    scope: 'tok-5ecret  ',
  },
  'tok-5ecret',
  ['tok-5ecret'],
])('what was typed under auth is not said back: %j', (auth) => {
  const checked = checkServerEntry({ ...entry, auth }, context);
  expect(checked.ok).toBe(false);
  expect(JSON.stringify(checked)).not.toContain('tok-5ecret');
});

test('an id that is an address of the API is refused', () => {
  expect(checkServerEntry({ ...entry, id: 'beats' }, context)).toEqual({
    ok: false,
    errors: [{ path: 'id', message: expect.stringMatching(/^is taken by the API, .*; choose another id\.$/) }],
  });
});

test.each([null, [], 'text', 5, true])('%j is no entry', (value) => {
  expect(checkServerEntry(value, context)).toMatchObject({ ok: false });
  expect(checkChannelEntry(value, deps)).toMatchObject({ ok: false });
});

test('a channel from the browser is checked by its kind and shows no secret', () => {
  const webhook = { id: 'pager', type: 'webhook', url: 'https://hooks.example.com/hidden', severity: 'major' };
  expect(checkChannelEntry(webhook, deps)).toEqual({
    ok: true,
    channel: { id: 'pager', kind: 'webhook', severity: 'major', tags: [], settings: { url: webhook.url } },
    masked: { ...webhook, url: { set: true } },
    secretPaths: [['url']],
  });
  const wrong = checkChannelEntry({ id: 'Pager', type: 'webhook', url: 'hidden', quiet: {} }, deps);
  expect(wrong).toMatchObject({
    ok: false,
    errors: [{ path: 'id' }, { path: 'url' }, { path: 'quiet.from' }, { path: 'quiet.to' }],
  });
  expect(JSON.stringify(wrong)).not.toContain('hidden');
  expect(checkChannelEntry({ id: 'chat', type: 'slack' }, deps)).toMatchObject({
    errors: [{ path: 'url', message: expect.stringContaining('is missing; expected the address of a Slack') }],
  });
});

const stored = {
  id: 'orders',
  url: 'https://orders.example.com/mcp?key=k3y',
  headers: { 'X-Key': 'k3y', 'X-Other': 'oth3r' },
  auth: { type: 'bearer', token: 't0ken' },
  interval: '30s',
  canary: { tool: 'health_check', arguments: { a: 1 } },
  health_url: 'https://orders.example.com/ready',
  tags: ['a', 'b'],
} as const;

test.each<[string, JsonObject, JsonObject]>([
  ['nothing', {}, stored],
  ['a key changes', { name: 'Orders' }, { ...stored, name: 'Orders' }],
  ['null removes', { auth: null, tags: null, name: null }, without(stored, 'auth', 'tags')],
  ['null removes below', { headers: { 'X-Key': null } }, { ...stored, headers: { 'X-Other': 'oth3r' } }],
  ['a list replaces', { tags: [] }, { ...stored, tags: [] }],
  [
    'a secret left out or sent back as it was shown is kept, another one is taken',
    { headers: { 'X-Key': { set: true }, 'X-New': 'n3w' }, auth: { token: { set: true } } },
    { ...stored, headers: { 'X-Key': 'k3y', 'X-Other': 'oth3r', 'X-New': 'n3w' } },
  ],
  ['an address as it was shown is kept', { url: 'https://orders.example.com/mcp?key=***' }, stored],
  [
    'another address is taken',
    { url: 'https://orders.example.com/v2' },
    { ...stored, url: 'https://orders.example.com/v2' },
  ],
  ['cron takes the place of interval', { cron: '0 * * * *' }, { ...without(stored, 'interval'), cron: '0 * * * *' }],
  [
    'another kind of auth takes the place of the old one',
    { auth: { type: 'basic', username: 'u', password: 'p' } },
    { ...stored, auth: { type: 'basic', username: 'u', password: 'p' } },
  ],
  [
    'a resource takes the place of a tool',
    { canary: { resource: 'db://x' } },
    { ...stored, canary: { resource: 'db://x' } },
  ],
  [
    'an address alone grows into more',
    { health_url: { expect_status: [200] } },
    { ...stored, health_url: { ready: 'https://orders.example.com/ready', expect_status: [200] } },
  ],
])('a merge patch: %s', (_what, patch, expected) => {
  expect(mergePatch(stored, patch)).toEqual(expected);
});

test('the whole entry as it is shown, sent back, changes nothing', () => {
  const checked = checkServerEntry(stored, context);
  expect(checked.ok && mergePatch(stored, checked.masked)).toEqual(stored);
});

test('a patch cannot reach the prototype of objects', () => {
  const merged = mergePatch(
    stored,
    JSON.parse('{ "__proto__": { "polluted": true }, "headers": { "__proto__": "x" } }'),
  );
  expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect(checkServerEntry(merged, context)).toMatchObject({ ok: false });
});

function without(value: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
