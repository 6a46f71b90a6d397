import { describe, expect, test } from 'vitest';
import { copyOf, entryOf, idFrom, mistakesOf, opened, withoutSecrets } from '../../web/edit/entry.ts';
import { patchOf, withAt } from '../../web/parts/entry.ts';
import { TOOLS } from './fixtures-tools.ts';

const ENTRY = {
  id: 'billing',
  url: 'https://billing.example.com/mcp',
  headers: { 'X-Key': { set: true }, 'X-Other': { set: true } },
  auth: { type: 'bearer', token: { set: true } },
  canary: { tool: 'health_check', arguments: { deep: true }, expect: [{ path: 'ok', equals: true }] },
  health_url: { ready: 'https://billing.example.com/ready', live: 'https://billing.example.com/live' },
  interval: '30s',
  confirm: { down: 5 },
  tags: ['staging'],
};

test('an entry that is opened and not touched makes no patch', () => {
  expect(patchOf(ENTRY, entryOf(ENTRY))).toEqual({});
});

test('a patch holds what changed: null for what is gone, nothing for a secret that is kept', () => {
  const named = withAt(withAt(ENTRY, 'name', 'Billing'), 'tags', '');
  const changed = withAt(named, 'headers', [['X-Key', { set: true }]]);
  expect(patchOf(ENTRY, entryOf(changed))).toEqual({ name: 'Billing', tags: null, headers: { 'X-Other': null } });
});

test('a secret that is replaced is sent; other keys of its group stay', () => {
  expect(patchOf(ENTRY, entryOf(withAt(ENTRY, 'auth.token', 'new')))).toEqual({ auth: { token: 'new' } });
});

test('keys the form does not show survive an edit of their neighbours', () => {
  const called = withAt(withAt(ENTRY, 'canary.tool', 'ping'), 'canary.arguments', '');
  expect(patchOf(ENTRY, entryOf(withAt(called, 'health_url.ready', 'https://x.example/r')))).toEqual({
    canary: { tool: 'ping', arguments: null },
    health_url: { ready: 'https://x.example/r' },
  });
});

test('an interval that becomes a cron expression leaves no interval behind', () => {
  const draft = withAt(withAt(ENTRY, 'interval', undefined), 'cron', '*/5 * * * *');
  expect(patchOf(ENTRY, entryOf(draft))).toEqual({ interval: null, cron: '*/5 * * * *' });
});

test('words and JSON are read as typed, and what is empty is left out', () => {
  const typed = {
    url: 'https://x.example/mcp',
    tags: ' prod, eu;prod ',
    name: 'X',
    canary: { tool: 'a', arguments: '' },
  };
  expect(entryOf({ ...typed, health_url: { ready: '', live: 'https://x.example/l' } })).toEqual({
    id: 'x',
    name: 'X',
    url: 'https://x.example/mcp',
    tags: ['prod', 'eu'],
    canary: { tool: 'a' },
  });
});

test('a canary alone in its list is opened as one', () => {
  const entry = { ...ENTRY, canary: [{ tool: 'ping', timeout: '5s' }] };
  expect(entryOf(withAt(opened(entry), 'canary.tool', 'pong'))['canary']).toEqual({ tool: 'pong', timeout: '5s' });
});

test('a copy has neither the id nor the secrets of the other', () => {
  expect(copyOf(ENTRY)).toMatchObject({ name: 'billing copy', auth: { type: 'bearer', token: '' } });
  expect(entryOf(copyOf(ENTRY))['id']).toBe('billing-copy');
});

test('what is shown as YAML holds no secret, not even one just typed', () => {
  const draft = {
    url: 'https://x.example/mcp',
    headers: [['X-Key', 'hunter2']],
    auth: { type: 'basic', username: 'ops', password: 'hunter3' },
  };
  expect(withoutSecrets(entryOf(draft))).toMatchObject({
    headers: { 'X-Key': { set: true } },
    auth: { username: 'ops' },
  });
  expect(JSON.stringify(withoutSecrets(entryOf(draft)))).not.toMatch(/hunter/);
});

describe('OAuth client credentials', () => {
  const auth = { type: 'client_credentials', issuer: 'https://id.example', client_id: 'x' };
  const withSecret = { ...ENTRY, auth: { ...auth, client_secret: { set: true }, scope: 'a' } };
  const withKey = { ...ENTRY, auth: { ...auth, private_key: { set: true }, algorithm: 'ES256', resource: 'off' } };

  test.each([
    ['a secret', withSecret],
    ['a key, which the form does not show', withKey],
  ])('with %s come out of the form as they went in', (_, entry) => {
    expect(entryOf(entry)).toEqual(entry);
    expect(patchOf(entry, entryOf(entry))).toEqual({});
  });

  test('send what was changed, and nothing of the stored secret', () => {
    const changed = withAt(withAt(withSecret, 'auth.scope', ''), 'auth.client_id', 'y');
    expect(patchOf(withSecret, entryOf(changed))).toEqual({ auth: { client_id: 'y', scope: null } });
  });

  test('are shown without the secret that was just typed', () => {
    const changed = withAt(withSecret, 'auth.client_secret', 'hunter2');
    expect(JSON.stringify(withoutSecrets(entryOf(changed)))).not.toContain('hunter2');
  });
});

test('mistakes that can be seen at once are named by field', () => {
  const headers = [
    ['X-Key', 'a'],
    ['x-key', 'b'],
  ];
  const draft = { canary: { tool: 'x', arguments: '[1]' }, headers };
  expect(mistakesOf(draft).map(({ path }) => path)).toEqual(['url', 'canary.arguments', 'headers.x-key']);
  const calling = { url: 'https://x.example/mcp', canary: { tool: 'search', arguments: '{"limit": 3}' } };
  expect(mistakesOf(calling, TOOLS.items).map(({ path }) => path)).toEqual(['canary.arguments.city']);
  expect(mistakesOf(calling)).toEqual([]);
});

test.each([
  ['https://orders.example.com:8443/mcp?x=1', 'orders-example-com-8443'],
  ['Ördérs  MCP!', 'orders-mcp'],
  ['-', ''],
  [`${'a'.repeat(63)}.b`, 'a'.repeat(63)],
])('the id suggested for %s is %s', (words, id) => {
  expect(idFrom(words)).toBe(id);
});
