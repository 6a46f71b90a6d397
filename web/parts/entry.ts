import type { ServerDetail } from '../../src/http/wire.ts';

/**
 * An entry as the configuration file holds it. It is what a form shows and what is typed into: a secret that is kept is
 * `{ set: true }`, a list may be the words just typed.
 */
export type Entry = ServerDetail['config'];
export type Json = Entry[string];

export function isMap(value: Json | undefined): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mapOf(value: Json | undefined): Entry {
  return isMap(value) ? value : {};
}

/** A text as it is, a list with commas; of all else nothing can be read. */
export function text(value: Json | undefined): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Each word once, as they stand in a list or were typed. */
export function wordsIn(value: Json | undefined): string[] {
  return [
    ...new Set(
      text(value)
        .split(/[,;\s]+/)
        .filter(Boolean),
    ),
  ];
}

/** What stands under a dotted path. */
export function at(entry: Entry, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => mapOf(value)[key], entry);
}

/** The entry with another value there. Without one the key is left out; a group keeps its empty texts. */
export function withAt(entry: Entry, path: string, value: Json | undefined): Entry {
  const [key = '', ...rest] = path.split('.');
  const { [key]: before, ...others } = entry;
  if (rest.length > 0) return { ...entry, [key]: { ...mapOf(before), [rest.join('.')]: value ?? '' } };
  return value === undefined || value === '' ? others : { ...entry, [key]: value };
}

/** What changed, as a JSON merge patch (RFC 7396): keys that are gone are null, secrets that were kept are left out. */
export function patchOf(before: Entry, after: Entry): Entry {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (mapOf(value)['set'] === true || JSON.stringify(old) === JSON.stringify(value)) continue;
    patch[key] = isMap(old) && isMap(value) ? patchOf(old, value) : value;
  }
  return patch;
}
