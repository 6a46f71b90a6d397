import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { entryYaml, type Plain } from '../../web/yaml.ts';

test('an entry reads like one written by hand, its secrets as references to the environment', () => {
  const entry = {
    id: 'orders',
    url: 'https://orders.example.com/mcp',
    headers: { 'X-Api-Key': { set: true } },
    canary: { tool: 'health_check', arguments: { query: 'select 1' } },
    interval: '30s',
    tags: ['prod', 'postgres'],
  };
  expect(entryYaml(entry, 'orders')).toBe(`- id: orders
  url: https://orders.example.com/mcp
  headers: { X-Api-Key: "\${ORDERS_HEADERS_X_API_KEY}" }
  canary: { tool: health_check, arguments: { query: select 1 } }
  interval: 30s
  tags: [prod, postgres]`);
});

const leaf = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x10',
    '12:30',
    '- a',
    'a: b',
    '# c',
    '{',
    '*x',
    '&x',
    ' x',
    'x ',
    '2026-11-21',
    '.5',
    '~',
    '',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const value: fc.Arbitrary<Plain> = fc.letrec<{ any: Plain }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
  ),
})).any;

test('whatever an entry holds, YAML reads back the same', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1, maxKeys: 6 }), (entry) => {
      fc.pre(!JSON.stringify(entry).includes('"set"') && !JSON.stringify(entry).includes('__proto__'));
      expect(parse(entryYaml(entry, 'x'))).toEqual([JSON.parse(JSON.stringify(entry))]);
    }),
    { numRuns: 500 },
  );
});
