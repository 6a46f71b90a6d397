import { expect, test } from 'vitest';
import { challengeWords, parseChallenges } from '../../src/probe/challenge.ts';

function read(header: string | readonly string[] | undefined) {
  return parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);
}

test.each<[string, string | readonly string[] | undefined, unknown]>([
  ['none', undefined, []],
  ['a scheme alone', 'Negotiate', [['Negotiate', {}]]],
  [
    'a scheme with credentials in one piece',
    'Negotiate YII/+x==, Basic realm=x',
    [
      ['Negotiate', {}],
      ['Basic', { realm: 'x' }],
    ],
  ],
  [
    'bare and quoted values',
    'Bearer realm="a, b", error=invalid_token',
    [['Bearer', { realm: 'a, b', error: 'invalid_token' }]],
  ],
  ['escapes', 'Bearer realm="say \\"hi\\" \\\\"', [['Bearer', { realm: 'say "hi" \\' }]]],
  ['names in any case', 'Bearer ERROR="x"', [['Bearer', { error: 'x' }]]],
  [
    'several in one header',
    'Basic realm="a", Bearer scope="x y"',
    [
      ['Basic', { realm: 'a' }],
      ['Bearer', { scope: 'x y' }],
    ],
  ],
  [
    'several headers',
    ['Basic realm="a"', 'Bearer'],
    [
      ['Basic', { realm: 'a' }],
      ['Bearer', {}],
    ],
  ],
  ['gaps around =', 'Bearer realm = "a"', [['Bearer', { realm: 'a' }]]],
  [
    'a quote that never ends',
    'Bearer realm="abc',
    [
      ['Bearer', {}],
      ['realm', {}],
      ['abc', {}],
    ],
  ],
  ['a parameter without a scheme', 'realm="a"', []],
])('reads %s', (_, header, expected) => {
  expect(read(header)).toEqual(expected);
});

test.each([
  ['quotes', '"'.repeat(16_384)],
  ['quotes that open again and again', 'a="'.repeat(5000)],
  ['backslashes', `a="${'\\'.repeat(16_000)}`],
  ['schemes', 'Bearer '.repeat(2000)],
  ['parameters', `Bearer ${'a=b, '.repeat(3000)}`],
])('reads 16 KiB of %s at once', (_, header) => {
  const from = performance.now();
  expect(parseChallenges(header).length).toBeLessThanOrEqual(8);
  expect(performance.now() - from).toBeLessThan(100);
});

test('says in words what is asked for', () => {
  expect(challengeWords(parseChallenges('Bearer realm="mcp", error="invalid_token", scope="a b", Basic'))).toBe(
    'It asks for Bearer (realm “mcp”, error “invalid_token”, scope “a b”) or Basic.',
  );
  expect(challengeWords([])).toBe('');
});
