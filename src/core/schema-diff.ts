import type { DriftGrade } from './drift-grade.ts';
import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import {
  type Effect,
  effectOfAlternatives,
  effectOfBound,
  effectOfConditions,
  effectOfPresence,
  effectOfSets,
  effectOfTypes,
  sameValue,
  textsOf,
  WORDS,
} from './schema-effects.ts';

/** Who writes what the schema describes: callers (`input`) or the server (`output`). */
export type Direction = 'input' | 'output';

/** One difference between two schemas. The path is dotted and starts at the schema. */
export interface SchemaDifference {
  readonly path: string;
  readonly grade: DriftGrade;
  readonly message: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

interface Place {
  readonly path: readonly string[];
  readonly direction: Direction;
}

interface Pair {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Deeper than an answer may nest (contract, limits); a value from elsewhere ends here instead of on the stack. */
const MAX_DEPTH = 80;

/**
 * What changed between two JSON Schemas (2020-12 and the older spellings in use). What accepts less breaks callers of an
 * input and helps readers of an output, and the other way round; what cannot be told is breaking. Total: any JSON goes.
 */
export function diffSchema(before: Json, after: Json, direction: Direction): readonly SchemaDifference[] {
  return compare({ before, after }, { path: [], direction });
}

/** An absent schema accepts everything, as `true` does. */
function compare({ before = true, after = true }: Pair, at: Place): readonly SchemaDifference[] {
  if (sameValue(before, after)) return [];
  const [old, fresh] = [asSchema(before), asSchema(after)];
  if (old === null || fresh === null || at.path.length > MAX_DEPTH)
    return [difference(at, effectOfSwap(before, after), 'has another schema', { before, after })];
  const alternatives = effectOfAlternatives(old, fresh);
  if (alternatives !== null && alternatives !== 'wording')
    return [difference(at, alternatives, 'accepts other values', { before, after })];
  const keys = alternatives === null ? namesOf(old, fresh) : [];
  const found = keys.flatMap((key) => compareKeyword(key, { before: own(old, key), after: own(fresh, key) }, at));
  return found.length > 0 ? found : [difference(at, 'wording', 'is written differently', { before, after })];
}

function asSchema(value: Json): JsonObject | null {
  return value === true ? {} : isJsonObject(value) ? value : null;
}

/** `false` accepts nothing. */
function effectOfSwap(before: Json, after: Json): Effect {
  if (after === false) return 'narrowed';
  return before === false ? 'widened' : 'changed';
}

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains'];
const SUBSCHEMAS = [
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'propertyNames',
];
const DEFINITIONS = ['$defs', 'definitions'];
const PATTERNS = ['patternProperties', 'dependentSchemas'];

function compareKeyword(key: string, pair: Pair, at: Place): readonly SchemaDifference[] {
  const { before, after } = pair;
  if (sameValue(before, after)) return [];
  const here = inside(at, key);
  if (SUBSCHEMAS.includes(key)) return compare(pair, here);
  if (key === 'properties') return compareMap(pair, here, { comes: 'additive', goes: 'changed' });
  if (PATTERNS.includes(key)) return compareMap(pair, here, { comes: 'narrowed', goes: 'widened' });
  // A definition says nothing until something refers to it, and that is a difference of its own.
  if (DEFINITIONS.includes(key)) return compareMap(pair, here, { comes: 'additive', goes: 'additive' });
  if (key === 'required') return compareRequired(pair, here);
  return [difference(here, effectOf(key, pair), `has another ${key}`, pair)];
}

function effectOf(key: string, { before, after }: Pair): Effect {
  if (WORDS.includes(key) || key.startsWith('x-')) return 'wording';
  if (key === 'default') return 'additive';
  if (LOWER_BOUNDS.includes(key)) return effectOfBound(before, after, 1);
  if (UPPER_BOUNDS.includes(key)) return effectOfBound(before, after, -1);
  switch (key) {
    case 'type':
      return effectOfTypes(before, after);
    case 'enum':
    case 'anyOf':
    case 'oneOf':
      return effectOfSets(before, after);
    case 'allOf':
      return effectOfConditions(before, after);
    case 'const':
    case 'pattern':
    case 'format':
    case 'multipleOf':
    case 'contentEncoding':
    case 'contentMediaType':
    case 'dependentRequired':
      return effectOfPresence(before, after);
    case 'uniqueItems':
      return after === true ? 'narrowed' : 'widened';
    case 'nullable':
      return after === true ? 'widened' : 'narrowed';
    default:
      return 'changed';
  }
}

/** Schemas by name. A property that goes is gone for callers and readers alike. */
function compareMap(
  { before, after }: Pair,
  at: Place,
  { comes, goes }: { readonly comes: Effect; readonly goes: Effect },
): readonly SchemaDifference[] {
  const [old, fresh] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  return namesOf(old, fresh).flatMap((name) => {
    const pair = { before: own(old, name), after: own(fresh, name) };
    const here = inside(at, name);
    if (pair.before === undefined) return [difference(here, comes, 'is new', pair)];
    return pair.after === undefined ? [difference(here, goes, 'is gone', pair)] : compare(pair, here);
  });
}

function compareRequired({ before, after }: Pair, at: Place): readonly SchemaDifference[] {
  const [old, fresh] = [textsOf(before), textsOf(after)];
  const added = [...fresh].filter((name) => !old.has(name));
  const dropped = [...old].filter((name) => !fresh.has(name));
  return [
    ...added.map((name) =>
      difference(inside(at, unquoted(name)), 'narrowed', 'is now required', { before: undefined, after: true }),
    ),
    ...dropped.map((name) =>
      difference(inside(at, unquoted(name)), 'widened', 'is no longer required', { before: true, after: undefined }),
    ),
  ];
}

function difference(
  { path, direction }: Place,
  effect: Effect,
  what: string,
  { before, after }: Pair,
): SchemaDifference {
  const isTold = what.startsWith('has') || what.startsWith('accepts');
  const detail = isTold && (effect === 'narrowed' || effect === 'widened') ? ` (${effect})` : '';
  return {
    path: path.join('.').slice(0, MAX_TEXT),
    grade: gradeOf(effect, direction),
    message: `${subject(path, direction).slice(0, MAX_TEXT)} ${what}${detail}.`,
    before,
    after,
  };
}

const MAX_TEXT = 300;

function gradeOf(effect: Effect, direction: Direction): DriftGrade {
  switch (effect) {
    case 'wording':
    case 'additive':
      return effect;
    case 'changed':
      return 'breaking';
    case 'narrowed':
      return direction === 'input' ? 'breaking' : 'additive';
    case 'widened':
      return direction === 'input' ? 'additive' : 'breaking';
  }
}

/** `parameter city`, `result field rows[].id`: the names of properties on the way, without the keywords. */
function subject(path: readonly string[], direction: Direction): string {
  const names: string[] = [];
  for (let at = 0; at < path.length; at += 1) {
    const key = path[at] ?? '';
    const holdsNames =
      key === 'properties' || key === 'required' || PATTERNS.includes(key) || DEFINITIONS.includes(key);
    if (key === 'items') names.push('[]');
    // What follows is a name, whatever it spells.
    if (holdsNames && path[at + 1] !== undefined) {
      at += 1;
      names.push(path[at] ?? '');
    }
  }
  const name = names.join('.').replaceAll('.[]', '[]');
  if (direction === 'input') return name === '' ? 'the input' : `parameter ${name}`;
  return name === '' ? 'the result' : `result field ${name}`;
}

function inside({ path, direction }: Place, step: string): Place {
  return { path: [...path, step], direction };
}

function namesOf(a: JsonObject, b: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

function own(fields: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
