import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from '../../src/core/canonical.ts';
import { diffTools, MAX_DIFFERENCES } from '../../src/core/drift.ts';
import { DRIFT_GRADES } from '../../src/core/drift-grade.ts';
import type { Json } from '../../src/core/json.ts';
import type { ListedTool, ToolList } from '../../src/core/tool-list.ts';

const search: ListedTool = {
  name: 'search',
  title: null,
  description: 'Finds orders',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' }, limit: { type: 'integer', maximum: 50 } },
    required: ['city'],
  },
  outputSchema: null,
  annotations: null,
};

/** A list whose hash says what it holds, as a real one's does. */
function listOf(...tools: readonly ListedTool[]): ToolList {
  const [contract, surface] = [
    tools.map(({ name, inputSchema, outputSchema }) => ({ name, inputSchema, outputSchema })),
    tools.map(({ name, title, description, annotations }) => ({ name, title, description, annotations })),
  ].map(canonicalText);
  return { hash: `${contract}${surface}`, contractHash: contract ?? '', tools };
}

const input = (properties: Json, more: Readonly<Record<string, Json>> = {}): ListedTool => ({
  ...search,
  inputSchema: { type: 'object', properties, ...more },
});
const output = (outputSchema: Json): ListedTool => ({ ...search, outputSchema });
const gradesOf = (before: ListedTool, after: ListedTool) =>
  diffTools(listOf(before), listOf(after)).differences.map(({ grade, path }) => [grade, path]);

test('a tool that is gone breaks callers, one that is new does not', () => {
  const other = { ...search, name: 'ship' };
  expect(diffTools(listOf(search), listOf(other))).toMatchObject({
    grade: 'breaking',
    differences: [
      { tool: 'search', grade: 'breaking', message: 'The tool search is gone.', before: 'search', after: null },
      { tool: 'ship', grade: 'additive', message: 'The tool ship is new.', before: null, after: 'ship' },
    ],
  });
});

const city = { type: 'string' };
test.each<[string, Json, Json, string, Record<string, Json>?, Record<string, Json>?]>([
  ['a parameter gone', { city, limit: {} }, { city }, 'breaking'],
  ['a parameter renamed', { city }, { town: city }, 'breaking'],
  ['a parameter newly required', { city }, { city }, 'breaking', {}, { required: ['city'] }],
  ['a new required parameter', { city }, { city, zip: {} }, 'breaking', {}, { required: ['zip'] }],
  ['a type narrowed', { city: { type: ['string', 'null'] } }, { city }, 'breaking'],
  ['a type changed', { city }, { city: { type: 'number' } }, 'breaking'],
  ['a type added', { city: {} }, { city }, 'breaking'],
  ['an enum narrowed', { city: { enum: ['a', 'b'] } }, { city: { enum: ['a'] } }, 'breaking'],
  ['a pattern added', { city }, { city: { type: 'string', pattern: '^A' } }, 'breaking'],
  ['a maximum lowered', { n: { maximum: 50 } }, { n: { maximum: 10 } }, 'breaking'],
  ['a minimum raised', { n: { minItems: 1 } }, { n: { minItems: 2 } }, 'breaking'],
  ['no more other properties', { city }, { city }, 'breaking', {}, { additionalProperties: false }],
  ['an unknown keyword changed', { city: { kind: 1 } }, { city: { kind: 2 } }, 'breaking'],
  ['items narrowed', { all: { items: {} } }, { all: { items: city } }, 'breaking'],
  ['a new optional parameter', { city }, { city, zip: {} }, 'additive'],
  ['a parameter no longer required', { city }, { city }, 'additive', { required: ['city'] }, {}],
  ['an enum widened', { city: { enum: ['a'] } }, { city: { enum: ['a', 'b'] } }, 'additive'],
  ['an integer that may be any number', { n: { type: 'integer' } }, { n: { type: 'number' } }, 'additive'],
  ['a type that may be null', { city }, { city: { type: ['string', 'null'] } }, 'additive'],
  ['the same in the words of pydantic', { city }, { city: { anyOf: [city, { type: 'null' }] } }, 'additive'],
  ['a maximum raised', { n: { maximum: 50 } }, { n: { maximum: 100 } }, 'additive'],
  ['another default', { n: { default: 1 } }, { n: { default: 2 } }, 'additive'],
  ['another description of a parameter', { city }, { city: { ...city, description: 'Where' } }, 'wording'],
  ['types in another order', { a: { type: ['string', 'null'] } }, { a: { type: ['null', 'string'] } }, 'wording'],
  ['required names in another order', {}, {}, 'wording', { required: ['a', 'b'] }, { required: ['b', 'a'] }],
])('of an input, %s', (_, before, after, grade, moreBefore, moreAfter) => {
  const diff = diffTools(listOf(input(before, moreBefore)), listOf(input(after, moreAfter)));
  expect([diff.grade, diff.differences.length]).toEqual([
    grade,
    diff.differences.filter(({ path }) => path.startsWith('inputSchema')).length,
  ]);
});

test.each<[string, Json, Json, string]>([
  ['a field gone', { properties: { id: {} } }, { properties: {} }, 'breaking'],
  ['a field that may be missing', { required: ['id'] }, { required: [] }, 'breaking'],
  ['an enum widened', { enum: ['a'] }, { enum: ['a', 'b'] }, 'breaking'],
  ['no schema any more', { type: 'object' }, null, 'breaking'],
  ['a field more', { properties: {} }, { properties: { id: {} } }, 'additive'],
  ['an enum narrowed', { enum: ['a', 'b'] }, { enum: ['a'] }, 'additive'],
  ['a schema at all', null, { type: 'object' }, 'additive'],
])('of an output, %s', (_, before, after, grade) => {
  expect(diffTools(listOf(output(before)), listOf(output(after))).grade).toBe(grade);
});

test('words about a tool are wording', () => {
  const after = { ...search, title: 'Search', description: 'Finds all orders', annotations: { title: 'x' } };
  expect(gradesOf(search, after)).toEqual([
    ['wording', 'title'],
    ['wording', 'description'],
    ['wording', 'annotations.title'],
  ]);
});

test.each<[Json, Json, string]>([
  [{ readOnlyHint: true }, { readOnlyHint: false }, 'breaking'],
  [{ readOnlyHint: true }, null, 'breaking'],
  [{ destructiveHint: false }, { destructiveHint: true }, 'breaking'],
  [null, { destructiveHint: true }, 'wording'],
  [{ destructiveHint: true }, { readOnlyHint: true }, 'wording'],
])('a tool that no longer promises to be harmless breaks what was agreed to: %j to %j', (before, after, grade) => {
  expect(diffTools(listOf({ ...search, annotations: before }), listOf({ ...search, annotations: after })).grade).toBe(
    grade,
  );
});

test('a difference says in words where it is and what was there', () => {
  const [first] = diffTools(
    listOf(input({ rows: { items: { properties: { id: { type: 'integer' } } } } })),
    listOf(input({ rows: { items: { properties: { id: { type: 'string' } } } } })),
  ).differences;
  expect(first).toEqual({
    tool: 'search',
    path: 'inputSchema.properties.rows.items.properties.id.type',
    grade: 'breaking',
    message: 'search: parameter rows[].id has another type.',
    before: 'integer',
    after: 'string',
  });
});

test('a name listed twice is compared with its namesake', () => {
  const second = { ...search, description: 'the second' };
  expect(
    diffTools(listOf(search, second), listOf(search, { ...second, description: 'other' })).differences,
  ).toMatchObject([{ tool: 'search (2)', path: 'description' }]);
});

test('a change in what was cut is said, by what it concerns', () => {
  const before = listOf(search);
  expect(diffTools(before, { ...before, hash: 'b' }).grade).toBe('wording');
  expect(diffTools(before, { ...before, hash: 'b', contractHash: 'c' }).grade).toBe('breaking');
});

test('of very many differences the worst are kept', () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ ...search, name: `tool ${at}` }));
  const diff = diffTools(
    listOf(...many),
    listOf(...many.map((tool, at) => (at === 299 ? search : { ...tool, title: 'x' }))),
  );
  expect(diff.differences).toHaveLength(MAX_DIFFERENCES);
  expect(diff.differences[0]).toMatchObject({ grade: 'breaking', tool: 'tool 299' });
  expect(diff.omitted).toBe(101);
});

const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.parse(JSON.stringify(value)));
const keyword = fc.constantFrom(
  'type',
  'enum',
  'required',
  'properties',
  'items',
  'anyOf',
  'allOf',
  '$defs',
  'maximum',
  '__proto__',
);
const schema = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    json,
    fc.dictionary(keyword, fc.oneof(tie('node'), json, fc.array(tie('node'), { maxLength: 3 })), { maxKeys: 5 }),
  ),
})).node;
const tool: fc.Arbitrary<ListedTool> = fc.record({
  name: fc.string({ maxLength: 4 }),
  title: fc.option(fc.string()),
  description: fc.option(fc.string()),
  inputSchema: schema,
  outputSchema: schema,
  annotations: json,
});
const list = fc.array(tool, { maxLength: 5 }).map((tools) => listOf(...tools));

test('whatever a server lists, its difference to itself is nothing', () => {
  fc.assert(
    fc.property(list, (one) => {
      const copy: ToolList = JSON.parse(JSON.stringify(one));
      expect(diffTools(one, { ...copy, hash: one.hash })).toEqual({ grade: null, differences: [], omitted: 0 });
    }),
  );
});

test('whatever two servers list, lists that differ have a difference, and the grade is the worst of them', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { grade, differences } = diffTools(before, after);
      expect(differences.length > 0).toBe(before.hash !== after.hash);
      expect(grade).toBe(DRIFT_GRADES.find((each) => differences.some((one) => one.grade === each)) ?? null);
      const ranks = differences.map((each) => DRIFT_GRADES.indexOf(each.grade));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      for (const { message, path } of differences) expect(message.length + path.length).toBeLessThan(2000);
    }),
    { numRuns: 500 },
  );
});

test('a tool more on both sides changes no difference but its own', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const also = { ...search, name: 'a tool of a longer name' };
      const wider = diffTools(listOf(...before.tools, also), listOf(...after.tools, also));
      expect(wider).toEqual(diffTools(before, after));
    }),
  );
});
