import type { Entry } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { EntryError } from '../core/monitor.ts';

/** What may hold secrets: a field of it shows dots, and nobody would see that a reference stands there. */
const HIDDEN = ['headers', 'auth'];

/** An entry for the browser, where `${NAME}` means nothing: what refers is told, and taken out where it is not seen. */
export function withoutReferences(entry: Entry): { readonly entry: Entry; readonly unresolved: readonly EntryError[] } {
  const unresolved = Object.entries(entry).flatMap(([path, value]) => {
    const [first] = referencesIn(value);
    return first === undefined ? [] : [{ path, message: told(first) }];
  });
  const emptied = Object.entries(entry).map(([key, value]) => [key, HIDDEN.includes(key) ? emptiedIn(value) : value]);
  return { entry: Object.fromEntries(emptied), unresolved };
}

function told(reference: string): string {
  return `\`${reference}\` works in the configuration file only. Type the value it stands for.`;
}

/** As they are written: a default in them may be a secret, and is left out. */
function referencesIn(value: Json): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/\$\{([\w:./-]{1,64}?)(?::-[^}]*)?\}/g)].map(([, name]) => `\${${name}}`);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

function emptiedIn(value: Json): Json {
  if (typeof value === 'string') return referencesIn(value).length > 0 ? '' : value;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptiedIn(inner)]));
}
