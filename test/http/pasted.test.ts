import { expect, test } from 'vitest';
import { start } from './start.ts';

const SECRET = 's3cret-pasted';

test('a pasted text comes back as entries, its secrets for the form alone: they are kept and logged nowhere', async () => {
  const { call, get, log } = await start();
  const text = `servers:\n  - { url: "https://o.example/mcp", headers: { K: ${SECRET}, T: "\${T}" } }\n  - { command: [x] }`;
  const { status, json, headers } = await call('POST', '/api/v1/entries/read', { text });
  expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  expect(json).toEqual({
    items: [
      {
        title: 'https://o.example/mcp',
        entry: { url: 'https://o.example/mcp', headers: { K: SECRET, T: '' } },
        unresolved: [{ path: 'headers', message: expect.stringContaining('configuration file only') }],
      },
      { title: 'x', entry: { command: ['x'] }, unresolved: [] },
    ],
  });
  expect((await get('/api/v1/servers')).json).toMatchObject({ items: [] });
  expect(log.join()).not.toContain(SECRET);
});

test('what cannot be read is told with its line, without its words', async () => {
  const { call, log } = await start();
  const refused = async (text: unknown) => (await call('POST', '/api/v1/entries/read', { text })).json;
  const wrong = await refused(`url: a\nurl: ${SECRET}`);
  expect(wrong).toMatchObject({ status: 422, detail: expect.stringMatching(/^Line 2: this key/), errors: [] });
  expect(await refused('x'.repeat(70_000))).toMatchObject({ status: 413 });
  expect(await refused(7)).toMatchObject({ status: 422, errors: [{ path: 'text' }] });
  expect(JSON.stringify(wrong) + log.join()).not.toContain(SECRET);
});
