import { describe, expect, test } from 'vitest';
import { draftOf, EMPTY, idFrom } from '../../web/edit/draft.ts';
import { entryOf, mistakesOf, patchOf, withoutSecrets } from '../../web/edit/entry.ts';
import { readClientConfig } from '../../web/edit/mcp-json.ts';

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
  expect(patchOf(ENTRY, entryOf(draftOf(ENTRY), ENTRY))).toEqual({});
});

test('a patch holds what changed: null for what is gone, nothing for a secret that is kept', () => {
  const draft = draftOf(ENTRY);
  const changed = {
    ...draft,
    name: 'Billing',
    tags: '',
    headers: draft.headers.filter(({ name }) => name !== 'X-Other'),
  };
  expect(patchOf(ENTRY, entryOf(changed, ENTRY))).toEqual({
    name: 'Billing',
    tags: null,
    headers: { 'X-Other': null },
  });
});

test('a secret that is replaced is sent; other keys of its group stay', () => {
  const draft = { ...draftOf(ENTRY), auth: { type: 'bearer', token: { kept: false, text: 'new' } } } as const;
  expect(patchOf(ENTRY, entryOf(draft, ENTRY))).toEqual({ auth: { token: 'new' } });
});

test('keys the form does not show survive an edit of their neighbours', () => {
  const draft = {
    ...draftOf(ENTRY),
    canary: { kind: 'tool', tool: 'ping', arguments: '' },
    healthUrl: 'https://x.example/r',
  } as const;
  expect(patchOf(ENTRY, entryOf(draft, ENTRY))).toEqual({
    canary: { tool: 'ping', arguments: null },
    health_url: { ready: 'https://x.example/r' },
  });
});

test('an interval that becomes a cron expression leaves no interval behind', () => {
  const draft = { ...draftOf(ENTRY), every: { kind: 'cron', text: '*/5 * * * *' } } as const;
  expect(patchOf(ENTRY, entryOf(draft, ENTRY))).toEqual({ interval: null, cron: '*/5 * * * *' });
});

test('what is shown as YAML holds no secret, not even one just typed', () => {
  const draft = {
    ...EMPTY,
    url: 'https://x.example/mcp',
    headers: [{ name: 'X-Key', value: { kept: false, text: 'hunter2' } }],
    auth: { type: 'basic', username: 'ops', password: { kept: false, text: 'hunter3' } },
  } as const;
  expect(JSON.stringify(withoutSecrets(entryOf(draft, null)))).not.toMatch(/hunter/);
});

describe('OAuth client credentials', () => {
  const auth = { type: 'client_credentials', issuer: 'https://id.example', client_id: 'x' };
  const withSecret = { ...ENTRY, auth: { ...auth, client_secret: { set: true }, scope: 'a' } };
  const withKey = { ...ENTRY, auth: { ...auth, private_key: { set: true }, algorithm: 'ES256', resource: 'off' } };

  test.each([
    ['a secret', withSecret],
    ['a key, which the form does not show', withKey],
  ])('with %s come out of the form as they went in', (_, entry) => {
    expect(entryOf(draftOf(entry), entry)).toEqual(entry);
    expect(patchOf(entry, entryOf(draftOf(entry), entry))).toEqual({});
  });

  test('send what was changed, and nothing of the stored secret', () => {
    const draft = draftOf(withSecret);
    if (draft.auth.type !== 'client_credentials') throw new Error('another type of auth');
    const changed = { ...draft, auth: { ...draft.auth, scope: '', clientId: 'y' } };
    expect(patchOf(withSecret, entryOf(changed, withSecret))).toEqual({ auth: { client_id: 'y', scope: null } });
  });

  test('are shown without the secret that was just typed', () => {
    const draft = draftOf(withSecret);
    if (draft.auth.type !== 'client_credentials') throw new Error('another type of auth');
    const changed = { ...draft, auth: { ...draft.auth, clientSecret: { kept: false, text: 'hunter2' } } };
    expect(JSON.stringify(withoutSecrets(entryOf(changed, withSecret)))).not.toContain('hunter2');
  });
});

test('mistakes that can be seen at once are named by field', () => {
  const draft = { ...EMPTY, canary: { kind: 'tool', tool: 'x', arguments: '[1]' } } as const;
  expect(mistakesOf(draft).map(({ path }) => path)).toEqual(['url', 'canary.arguments']);
});

test.each([
  ['https://orders.example.com:8443/mcp?x=1', 'orders-example-com-8443'],
  ['Ördérs  MCP!', 'orders-mcp'],
  ['-', ''],
  [`${'a'.repeat(63)}.b`, 'a'.repeat(63)],
])('the id suggested for %s is %s', (words, id) => {
  expect(idFrom(words)).toBe(id);
});

test('a pasted mcp.json gives its servers: URLs with their headers, commands by name', () => {
  const found = readClientConfig(
    '{"mcpServers":{"orders":{"url":"https://o.example/mcp","headers":{"X-Key":"k"}},"files":{"command":"npx","args":["x"]},"odd":7}}',
  );
  expect(found?.map(({ kind, name }) => ({ kind, name }))).toEqual([
    { kind: 'url', name: 'orders' },
    { kind: 'command', name: 'files' },
  ]);
  expect(found?.[0]).toMatchObject({
    draft: { url: 'https://o.example/mcp', headers: [{ name: 'X-Key', value: { text: 'k' } }] },
  });
});

test('a URL, broken JSON and other JSON are no client configuration', () => {
  expect(['https://o.example', '{"mcpServers":', '{"a":1}', '{"mcpServers":[]}'].map(readClientConfig)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
