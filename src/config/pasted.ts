import type { Entry } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Pasted, PastedServer } from '../core/pasted.ts';
import { clientServer, isOfClient } from './client-config.ts';
import { commandLine } from './command-line.ts';
import { withoutReferences } from './references.ts';
import { isTooDeep, readYaml } from './yaml.ts';

/** Characters. A hundred servers take fewer; the worst text of this length is refused within a second. */
const MAX_TEXT = 32_000;
/** Characters and values, with aliases unfolded. */
const MAX_VALUE = 4 * MAX_TEXT;

const TOO_LONG = `This text is longer than ${MAX_TEXT.toLocaleString('en')} characters. Paste fewer servers at a time.`;
const TOO_DEEP = 'This text is nested deeper than any configuration. Paste the entry of one server.';
const TOO_MUCH = 'The aliases (`*name`) of this text unfold into too much. Write the values out.';
const NOTHING =
  'No server was found in this text. Paste a URL, an mcp.json, the YAML of a server with `url` or `command`, or a command.';

/**
 * Reads a command line, the configuration of an MCP client (`mcpServers` or `servers`, JSON with comments or YAML), our
 * own `servers`, an item of it, or a server alone. References to the environment are never followed: who may add
 * servers must not read the monitor's environment by it.
 */
export function readPasted(text: string): Pasted {
  if (text.length > MAX_TEXT) return refused(TOO_LONG);
  const command = commandLine(text);
  if (command !== null) return { ok: true, servers: [titled(command)] };
  const source = /^\s*[{["]/.test(text) ? asYaml(text) : text;
  if (isTooDeep(source)) return refused(TOO_DEEP);
  const { value = null, mistakes } = readAnyhow(source);
  const [first] = mistakes;
  if (first !== undefined) return refused(`Line ${first.line}: ${first.message}`);
  if (!isWithin(value, { left: MAX_VALUE })) return refused(TOO_MUCH);
  const entries = serversIn(value);
  return entries.length === 0 ? refused(NOTHING) : { ok: true, servers: entries.map(titled) };
}

function refused(message: string): Pasted {
  return { ok: false, message };
}

/** JSON as editors keep it, with comments; or a piece of it, as documentation shows it, without its outer brackets. */
function asYaml(text: string): string {
  const json = text.replace(/"(?:[^"\\]|\\.)*(?:"|$)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '),
  );
  return /^\s*"/.test(json) ? `{${json}}` : json;
}

/** What was selected from the middle of a line has lost the indentation of that line alone: it is given back. */
function readAnyhow(text: string): ReturnType<typeof readYaml> {
  const read = readYaml(text, MAX_VALUE);
  const [, indent] = /^\S[^\n]*\n( +)\S/.exec(text) ?? [];
  if (read.mistakes.length === 0 || indent === undefined) return read;
  const lost = text.startsWith('- ') ? indent.slice(2) : indent;
  const again = readYaml(lost + text, MAX_VALUE);
  return again.mistakes.length === 0 ? again : read;
}

function isWithin(value: Json, budget: { left: number }): boolean {
  budget.left -= typeof value === 'string' ? value.length + 1 : 1;
  if (budget.left < 0) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isWithin(key, budget) && isWithin(inner, budget));
}

function serversIn(value: Json): readonly Entry[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => serverOf(item));
  if (!isJsonObject(value)) return [];
  const { mcpServers, servers, mcp } = value;
  const group = mcpServers ?? servers ?? (isJsonObject(mcp) ? mcp['servers'] : undefined);
  if (Array.isArray(group)) return serversIn(group);
  if (isJsonObject(group)) return named(group);
  const alone = serverOf(value);
  return alone.length > 0 ? alone : named(value);
}

function named(group: Entry): readonly Entry[] {
  return Object.entries(group).flatMap(([name, server]) => (isJsonObject(server) ? clientServer(name, server) : []));
}

/** An item of a list; nothing where it is no server. */
function serverOf(item: Json): readonly Entry[] {
  if (!isJsonObject(item)) return [];
  if (isOfClient(item)) return clientServer(item['name'], item);
  return 'url' in item || 'command' in item ? [item] : [];
}

function titled(entry: Entry): PastedServer {
  const names = [entry['name'], entry['id'], entry['url'], entry['command']];
  const title = [names.find((name) => name !== undefined && name !== null && name !== '')].flat().join(' ');
  // The file follows references; so it stays with those of a command.
  return { title, ...('command' in entry ? { entry, unresolved: [] } : withoutReferences(opened(entry))) };
}

/** A canary alone in its list is what the form can show. */
function opened(entry: Entry): Entry {
  const canary = entry['canary'];
  return Array.isArray(canary) && canary.length === 1 ? { ...entry, canary: canary[0] } : entry;
}
