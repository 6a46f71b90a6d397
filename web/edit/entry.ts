import type { Tool } from '../../src/http/wire.ts';
import type { Complaint } from '../parts/complaint.ts';
import { at, type Entry, isMap, type Json, mapOf, text, wordsIn } from '../parts/entry.ts';

/** The entry as it is sent, of one that was typed into: the id made up where none is, words and JSON read. */
export function entryOf(draft: Entry): Entry {
  const { id, name, url, headers, auth, canary, health_url: health, tags, ...more } = draft;
  return {
    id: text(id) || idFrom(text(name) || text(url)),
    ...(name !== undefined && { name }),
    ...(more['command'] === undefined && { url: text(url) }),
    ...(headersOf(headers).length > 0 && { headers: Object.fromEntries(headersOf(headers)) }),
    ...(auth !== undefined && { auth: at({ auth }, 'auth.scope') === '' ? without(mapOf(auth), 'scope') : auth }),
    ...(canary !== undefined && { canary: canaryValue(canary) }),
    ...(health !== undefined && at({ health }, 'health.ready') !== '' && { health_url: health }),
    ...more,
    ...(wordsIn(tags).length > 0 && { tags: wordsIn(tags) }),
  };
}

function canaryValue(canary: Json): Json {
  if (!isMap(canary)) return canary;
  const given = argumentsOf(canary['arguments']) ?? {};
  return Object.keys(given).length > 0 ? { ...canary, arguments: given } : without(canary, 'arguments');
}

function without(entry: Entry, key: string): Entry {
  const { [key]: _, ...others } = entry;
  return others;
}

/** Headers in their order, each with its value: while they are typed two may have one name, or none. */
export function headersOf(value: Json | undefined): (readonly [name: string, value: Json])[] {
  if (!Array.isArray(value)) return Object.entries(mapOf(value));
  return value.map((pair) => (Array.isArray(pair) ? [text(pair[0]), pair[1] ?? ''] : ['', '']));
}

/** The arguments of a canary, as they are or as typed; null: not a JSON object. */
export function argumentsOf(value: Json | undefined): Entry | null {
  if (typeof value !== 'string') return mapOf(value);
  if (value.trim() === '') return {};
  try {
    const parsed: Json = JSON.parse(value);
    return isMap(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** A canary alone in its list is shown as what it is. */
export function opened(entry: Entry): Entry {
  const canary = entry['canary'];
  return Array.isArray(canary) && canary.length === 1 ? { ...entry, canary: canary[0] ?? {} } : entry;
}

/** Another server like this one: it gets its own id, and its secrets are typed again. */
export function copyOf(entry: Entry): Entry {
  const { id, ...copy }: Entry = JSON.parse(JSON.stringify(opened(entry)).replaceAll('{"set":true}', '""'));
  return { ...copy, name: `${text(copy['name']) || text(id)} copy` };
}

/** What can be seen to be wrong before the monitor is asked. `tools`: those that are known, to see what theirs need. */
export function mistakesOf(draft: Entry, tools: readonly Tool[] = []): Complaint[] {
  const mistakes: Complaint[] = [];
  const complain = (path: string, message: string) => mistakes.push({ path, message });
  if (!/^\S+$/.test(text(draft['url'])))
    complain(
      'url',
      'Give the address of the MCP endpoint, such as https://example.com/mcp. A command is for the file only.',
    );
  const given = argumentsOf(at(draft, 'canary.arguments'));
  if (given === null) complain('canary.arguments', 'This is not a JSON object. Write it as {"query": "select 1"}.');
  const needed = mapOf(tools.find(({ name }) => name === at(draft, 'canary.tool'))?.input_schema)['required'];
  for (const name of Array.isArray(needed) ? needed.map(text) : [])
    if (given && !(name in given)) complain(`canary.arguments.${name}`, 'The tool needs this.');
  const names = headersOf(draft['headers']).map(([name]) => name);
  const twice = names.find((name, index) => names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) < index);
  if (twice !== undefined) complain(`headers.${twice}`, `The header ${twice} is there twice.`);
  return mistakes;
}

const HIDDEN = { set: true };

/** The entry with every secret hidden, typed ones too, and without a pasted text nobody has read: what may be shown and copied. */
export function withoutSecrets(entry: Entry): Entry {
  const hide = (group: string, isSecret: RegExp) => {
    const pairs = Object.entries(mapOf(entry[group])).map(([key, value]) => [key, isSecret.test(key) ? HIDDEN : value]);
    return pairs.length > 0 && { [group]: Object.fromEntries(pairs) };
  };
  return {
    ...entry,
    ...(/\s/.test(text(entry['url'])) && { url: '' }),
    ...hide('headers', /(?:)/),
    ...hide('env', /(?:)/),
    ...hide('auth', /token|password|secret|private/),
  };
}

/** A stable id from a name or a URL's host: `https://orders.example.com/mcp` becomes `orders-example-com`. */
export function idFrom(words: string): string {
  const base = URL.canParse(words) ? new URL(words).host : words;
  return base
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');
}
