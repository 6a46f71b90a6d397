import { expect, test } from 'vitest';
import { checkPageEntry } from '../../src/config/page.ts';
import { load } from './support.ts';

test('a status page of the file is read, with where it stands', async () => {
  const { statusPages } = await load(`
status_pages:
  - { id: main, title: Status, servers: [orders, files, orders], tags: [prod], notes: " Ask \${PRESENT}. " }
  - id: all
`);
  expect(statusPages).toEqual([
    {
      page: {
        id: 'main',
        source: { kind: 'config', file: '/etc/alivemcp/config.yaml', line: 3 },
        title: 'Status',
        servers: ['orders', 'files'],
        tags: ['prod'],
        notes: 'Ask present.',
      },
      entry: {
        id: 'main',
        title: 'Status',
        servers: ['orders', 'files', 'orders'],
        tags: ['prod'],
        notes: ' Ask ${PRESENT}. ',
      },
    },
    {
      page: {
        id: 'all',
        source: { kind: 'config', file: '/etc/alivemcp/config.yaml', line: 4 },
        title: 'Status',
        servers: [],
        tags: [],
        notes: '',
      },
      entry: { id: 'all' },
    },
  ]);
});

test('an entry of the API is checked as one of the file', () => {
  expect(checkPageEntry({ id: 'main', title: 'Status' })).toMatchObject({
    ok: true,
    checked: { page: { id: 'main', title: 'Status', source: { kind: 'ui' } } },
  });
  expect(checkPageEntry({ title: 'Two\nlines', server: ['orders'] })).toEqual({
    ok: false,
    errors: [
      { path: 'id', message: expect.stringMatching(/^is missing; expected an id/) },
      { path: 'title', message: expect.stringContaining('expected one line of text') },
      { path: 'server', message: expect.stringContaining('Did you mean `servers`?') },
    ],
  });
  expect(checkPageEntry('main')).toMatchObject({ ok: false, errors: [{ path: '' }] });
});
