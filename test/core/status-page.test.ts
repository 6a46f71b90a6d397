import { expect, test } from 'vitest';
import { pageSentence } from '../../src/core/page-sentence.ts';
import { groupsOf } from '../../src/core/status-page.ts';

const member = (id: string, tags: readonly string[] = [], isPublic = true) => ({
  server: { id, name: id.toUpperCase(), tags, isPublic },
});
const all = [
  member('files', ['prod']),
  member('search', ['prod', 'beta']),
  member('docs'),
  member('x', ['prod'], false),
];
const shown = (page: { servers?: readonly string[]; tags?: readonly string[] }) =>
  groupsOf({ servers: [], tags: [], ...page }, all).map(({ tag, members }) => [
    tag,
    members.map(({ server }) => server.id),
  ]);

test('a page that names nothing shows every public server, by name', () => {
  expect(shown({})).toEqual([[null, ['docs', 'files', 'search']]]);
});

test('named servers stand in the order of the page; those that are not public or not there are not on it', () => {
  expect(shown({ servers: ['search', 'x', 'gone', 'docs'] })).toEqual([[null, ['search', 'docs']]]);
  expect(shown({ servers: ['x'] })).toEqual([]);
});

test('each tag is a group, and a server is on the page once', () => {
  expect(shown({ servers: ['files'], tags: ['beta', 'prod', 'nothing'] })).toEqual([
    [null, ['files']],
    ['beta', ['search']],
  ]);
  expect(shown({ tags: ['prod', 'beta'] })).toEqual([['prod', ['files', 'search']]]);
});

test.each([
  [[], [], 0, 0, 'No server is shown here yet.'],
  [[], [], 2, 0, 'Nothing is known at the moment.'],
  [[], [], 1, 1, 'Everything works.'],
  [[], [], 3, 3, 'All 3 servers work.'],
  [[], [], 3, 2, 'All 2 known servers work.'],
  [['A'], ['B'], 3, 3, 'A does not work at the moment.'],
  [['A', 'B'], [], 3, 3, 'A and B do not work at the moment.'],
  [['A', 'B', 'C'], [], 3, 3, 'A, B and C do not work at the moment.'],
  [['A', 'B', 'C', 'D', 'E'], [], 5, 5, 'A, B, C and 2 more do not work at the moment.'],
  [[], ['A'], 3, 3, 'A works with trouble.'],
  [[], ['A', 'B'], 3, 3, 'A and B work with trouble.'],
])('down %j, degraded %j, %i servers of which %i are known: %s', (down, degraded, count, known, sentence) => {
  expect(pageSentence(down, degraded, count, known)).toBe(sentence);
});
