import { canonicalText, sameJson } from './canonical.ts';
import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

/** How the set of values that a schema accepts changed; `additive` and `wording`: it did not. */
export type Effect = 'narrowed' | 'widened' | 'changed' | 'additive' | 'wording';

/** Keywords that say nothing about which values are accepted. */
export const WORDS: readonly string[] = [
  'title',
  'description',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  '$id',
  '$anchor',
];

/** What two `type` keywords accept. An integer is a number. */
export function effectOfTypes(before: Json | undefined, after: Json | undefined): Effect {
  if (before === undefined) return 'narrowed';
  if (after === undefined) return 'widened';
  const [old, fresh] = [textsOf(before), textsOf(after)];
  const isIn = (all: ReadonlySet<string>) => (type: string) =>
    all.has(type) || (type === '"integer"' && all.has('"number"'));
  return effectOfInclusion([...old].every(isIn(fresh)), [...fresh].every(isIn(old)));
}

/** Of lists whose order means nothing, each of whose items accepts something. */
export function effectOfSets(before: Json | undefined, after: Json | undefined): Effect {
  if (before === undefined) return 'narrowed';
  if (after === undefined) return 'widened';
  const [old, fresh] = [textsOf(before), textsOf(after)];
  return effectOfInclusion(
    [...old].every((value) => fresh.has(value)),
    [...fresh].every((value) => old.has(value)),
  );
}

/** `sign` 1: a higher bound accepts less. Old dialects write true and false; then only presence counts. */
export function effectOfBound(before: Json | undefined, after: Json | undefined, sign: 1 | -1): Effect {
  if (typeof before !== 'number' || typeof after !== 'number') return effectOfPresence(before, after);
  return (after - before) * sign > 0 ? 'narrowed' : 'widened';
}

export function effectOfPresence(before: Json | undefined, after: Json | undefined): Effect {
  if (before === undefined) return 'narrowed';
  return after === undefined ? 'widened' : 'changed';
}

/** Of conditions that all must hold: more of them accept less. That one came or went is told the same for both. */
export function effectOfConditions(before: Json | undefined, after: Json | undefined): Effect {
  const effect = effectOfSets(before ?? [], after ?? []);
  if (effect === 'narrowed') return 'widened';
  return effect === 'widened' ? 'narrowed' : effect;
}

/**
 * Where one of two schemas is written as alternatives (`anyOf`, `oneOf`, several types) and the other is not, or is in
 * another way: how the alternatives changed. `string` and `string or null` are such a pair. null: no such pair.
 */
export function effectOfAlternatives(before: JsonObject, after: JsonObject): Effect | null {
  const [old, fresh] = [alternativesOf(before), alternativesOf(after)];
  if (old.length <= 1 && fresh.length <= 1) return null;
  return effectOfSets(old, fresh);
}

export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

export function textsOf(value: Json | undefined): ReadonlySet<string> {
  return new Set(listOf(value).map((item) => (typeof item === 'number' ? String(item) : canonicalText(item))));
}

function effectOfInclusion(holdsOld: boolean, isHeldByOld: boolean): Effect {
  if (holdsOld && isHeldByOld) return 'wording';
  if (holdsOld) return 'widened';
  return isHeldByOld ? 'narrowed' : 'changed';
}

function alternativesOf(schema: JsonObject): readonly Json[] {
  const bare = withoutWords(schema);
  const [only, ...more] = Object.entries(bare);
  if (only === undefined || more.length > 0) return [bare];
  const [key, value] = only;
  if ((key === 'anyOf' || key === 'oneOf') && isList(value))
    return value.flatMap((item) => (isJsonObject(item) ? alternativesOf(item) : [item]));
  return key === 'type' && isList(value) ? value.map((type) => ({ type })) : [bare];
}

function withoutWords(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !WORDS.includes(key) && key !== 'default'));
}

function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
