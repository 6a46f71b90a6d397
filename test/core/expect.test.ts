import { expect, test } from 'vitest';
import { unmet, valueAt } from '../../src/core/expect.ts';

const value = { ok: true, pool: { waiting: 3 }, items: [{ id: 'a' }, { id: 'b' }], note: 'all fine' };

test.each([
  ['', value],
  ['pool.waiting', 3],
  ['items.1.id', 'b'],
  ['items.x', undefined],
  ['pool.none.deeper', undefined],
  ['constructor', undefined],
])('the path %j leads to %j', (path, found) => expect(valueAt(value, path)).toEqual(found));

test.each([
  [{ path: 'ok', kind: 'equals', value: true }, true],
  [{ path: 'ok', kind: 'equals', value: 'true' }, false],
  [{ path: 'items', kind: 'equals', value: [{ id: 'a' }, { id: 'b' }] }, true],
  [{ path: 'note', kind: 'contains', value: 'fine' }, true],
  [{ path: 'pool', kind: 'contains', value: 'fine' }, false],
  [{ path: 'pool.waiting', kind: 'less', value: 4 }, true],
  [{ path: 'pool.waiting', kind: 'less', value: 3 }, false],
  [{ path: 'pool.waiting', kind: 'greater', value: 2 }, true],
  [{ path: 'note', kind: 'greater', value: 2 }, false],
  [{ path: 'missing', kind: 'exists', value: false }, true],
  [{ path: 'missing', kind: 'exists', value: true }, false],
  [{ path: 'missing', kind: 'equals', value: null }, false],
] as const)('%j is met: %s', (expectation, isMet) => {
  expect(unmet(expectation, value) === null).toBe(isMet);
});

test('what is not met is said with what was found', () => {
  expect(unmet({ path: 'note', kind: 'equals', value: 'ok' }, value)).toBe(
    'Expected `note` to equal "ok", found "all fine".',
  );
  expect(unmet({ path: 'x', kind: 'exists', value: true }, value)).toBe('Expected `x` to exist, found nothing.');
});
