import { sameJson } from './canonical.ts';
import type { Json } from './json.ts';
import type { Expectation } from './server.ts';

/** What a dotted path points at in a JSON value; undefined where it leads nowhere. An empty path is the value itself. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value;
  return path.split('.').reduce<Json | undefined>(stepInto, value);
}

/** null when the expectation is met, else one sentence saying what was found instead. */
export function unmet(expectation: Expectation, value: Json | undefined): string | null {
  const found = valueAt(value, expectation.path);
  if (isMet(expectation, found)) return null;
  const name = expectation.path === '' ? 'the result' : `\`${expectation.path}\``;
  return `Expected ${name} ${wish(expectation)}, found ${found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 120)}.`;
}

function isMet(expectation: Expectation, found: Json | undefined): boolean {
  switch (expectation.kind) {
    case 'equals':
      return found !== undefined && sameJson(found, expectation.value);
    case 'contains':
      return typeof found === 'string'
        ? found.includes(expectation.value)
        : Array.isArray(found) && found.includes(expectation.value);
    case 'less':
      return typeof found === 'number' && found < expectation.value;
    case 'greater':
      return typeof found === 'number' && found > expectation.value;
    case 'exists':
      return (found !== undefined) === expectation.value;
  }
}

function wish(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'equals':
      return `to equal ${JSON.stringify(expectation.value)}`;
    case 'contains':
      return `to contain ${JSON.stringify(expectation.value)}`;
    case 'less':
      return `to be less than ${expectation.value}`;
    case 'greater':
      return `to be greater than ${expectation.value}`;
    case 'exists':
      return expectation.value ? 'to exist' : 'not to exist';
  }
}

function stepInto(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^\d{1,6}$/.test(key) ? value[Number(key)] : undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
