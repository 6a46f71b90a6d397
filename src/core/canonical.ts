import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';

/** JSON text with sorted keys, so that two values compare by what they hold. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`)
    .join(',')}}`;
}

/** Do two values hold the same, whatever the order of their keys? Ends at the first difference. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => sameJson(item, b[at] ?? null));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
