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

/** One difference between two schemas. It is put into words only where it is kept: there may be very many. */
export interface SchemaDifference extends Pair {
  readonly at: Place;
  readonly effect: Effect;
  readonly what: string;
  readonly grade: DriftGrade;
}

/** Where in a schema: the keys that lead there. */
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
  const found: SchemaDifference[] = [];
  compare({ before, after }, { path: [], direction }, found);
  return found;
}

/** `path` is dotted and starts at the schema; `message` is one sentence. */
export function tell({ at, effect, what }: SchemaDifference): { readonly path: string; readonly message: string } {
  const isTold = what.startsWith('has') || what.startsWith('accepts');
  const detail = isTold && (effect === 'narrowed' || effect === 'widened') ? ` (${effect})` : '';
  return {
    path: at.path.join('.').slice(0, MAX_TEXT),
    message: `${subject(at).slice(0, MAX_TEXT)} ${what}${detail}.`,
  };
}

const MAX_TEXT = 300;

/**
 * Adds what is different to `found`; true where the two hold the same. Each value is looked at once, however deep. An
 * absent schema accepts everything, as `true` does.
 */
function compare({ before = true, after = true }: Pair, at: Place, found: SchemaDifference[]): boolean {
  const pair = { before, after };
  const [old, fresh] = [asSchema(before), asSchema(after)];
  if (old === null || fresh === null || at.path.length > MAX_DEPTH)
    return leaf(pair, at, found, { effect: effectOfSwap(before, after), what: 'has another schema' });
  const effect = effectOfAlternatives(old, fresh);
  if (effect !== null) {
    const what = effect === 'wording' ? 'is written differently' : 'accepts other values';
    return leaf(pair, at, found, { effect, what });
  }
  const known = found.length;
  let isSame = true;
  for (const key of namesOf(old, fresh))
    isSame = compareKeyword(key, { before: own(old, key), after: own(fresh, key) }, at, found) && isSame;
  if (!isSame && found.length === known) found.push(difference(at, 'wording', 'is written differently', pair));
  return isSame;
}

/** Of values that are not looked into. */
function leaf(
  pair: Pair,
  at: Place,
  found: SchemaDifference[],
  { effect, what }: { readonly effect: Effect; readonly what: string },
): boolean {
  const isSame = sameValue(pair.before, pair.after);
  if (!isSame) found.push(difference(at, effect, what, pair));
  return isSame;
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

function compareKeyword(key: string, pair: Pair, at: Place, found: SchemaDifference[]): boolean {
  const here = inside(at, key);
  if (SUBSCHEMAS.includes(key))
    return compare(pair, here, found) && pair.before !== undefined && pair.after !== undefined;
  if (key === 'properties') return compareMap(pair, here, found, { comes: 'additive', goes: 'changed' });
  if (PATTERNS.includes(key)) return compareMap(pair, here, found, { comes: 'narrowed', goes: 'widened' });
  // A definition says nothing until something refers to it, and that is a difference of its own.
  if (DEFINITIONS.includes(key)) return compareMap(pair, here, found, { comes: 'additive', goes: 'additive' });
  if (key === 'required') return compareRequired(pair, here, found);
  if (sameValue(pair.before, pair.after)) return true;
  found.push(difference(here, effectOf(key, pair), `has another ${key}`, pair));
  return false;
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
  found: SchemaDifference[],
  { comes, goes }: { readonly comes: Effect; readonly goes: Effect },
): boolean {
  if (!isJsonObject(before) && !isJsonObject(after)) return sameValue(before, after);
  const [old, fresh] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  let isSame = isJsonObject(before) && isJsonObject(after);
  for (const name of namesOf(old, fresh)) {
    const pair = { before: own(old, name), after: own(fresh, name) };
    const here = inside(at, name);
    const isIn = pair.before !== undefined && pair.after !== undefined;
    if (pair.before === undefined) found.push(difference(here, comes, 'is new', pair));
    else if (pair.after === undefined) found.push(difference(here, goes, 'is gone', pair));
    isSame = isIn && compare(pair, here, found) && isSame;
  }
  return isSame;
}

function compareRequired({ before, after }: Pair, at: Place, found: SchemaDifference[]): boolean {
  const [old, fresh] = [textsOf(before), textsOf(after)];
  const said = (name: string, effect: Effect, what: string, pair: Pair) =>
    found.push(difference(inside(at, unquoted(name)), effect, what, pair));
  for (const name of fresh)
    if (!old.has(name)) said(name, 'narrowed', 'is now required', { before: undefined, after: true });
  for (const name of old)
    if (!fresh.has(name)) said(name, 'widened', 'is no longer required', { before: true, after: undefined });
  return sameValue(before, after);
}

function difference(at: Place, effect: Effect, what: string, { before, after }: Pair): SchemaDifference {
  return { at, effect, what, before, after, grade: gradeOf(effect, at.direction) };
}

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
function subject({ path, direction }: Place): string {
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
