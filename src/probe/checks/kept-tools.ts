import { setImmediate } from 'node:timers/promises';
import type { Json } from '../../core/json.ts';
import { oneLine } from '../../core/text.ts';
import type { ListedTool, ToolList } from '../../core/tool-list.ts';
import { isObject, UNSAFE_KEYS } from '../json.ts';
import type { Run } from '../run.ts';
import { digest, type ToolHashes } from './tool-hashes.ts';

/** What is kept of a list in all, in characters, of one schema, and of other parts. Beyond, a digest stands for a value. */
const MAX_LIST = 512 * 1024;
const MAX_SCHEMA = 128 * 1024;
const MAX = { name: 128, title: 200, description: 8000, key: 128, text: 2000 } as const;

/** After so many characters of schemas other work has its turn. */
const AT_ONCE = 64 * 1024;

type Tool = Readonly<Record<string, unknown>>;

/** A list of tools as it is stored and compared: without the server's secrets, cleaned, bounded, in one order. */
export async function keepTools(tools: readonly Tool[], hashes: ToolHashes, run: Run): Promise<ToolList> {
  let left = MAX_LIST;
  let seen = 0;
  const spend = (size: number): boolean => {
    if (size > left) return false;
    left -= size;
    return true;
  };
  const text = (value: unknown, max: number): string | null => {
    if (typeof value !== 'string') return null;
    return spend(Math.min(value.length, max)) ? run.clean(value, max) : tooLarge(value);
  };
  const json = (value: unknown): Json => {
    if (value === undefined) return null;
    const raw = JSON.stringify(value) ?? 'null';
    seen += raw.length;
    return raw.length <= MAX_SCHEMA && spend(raw.length) ? kept(value, run) : tooLarge(raw);
  };
  const keep = (tool: Tool): ListedTool => ({
    name: oneLine(text(tool['name'], MAX.name) ?? ''),
    title: text(tool['title'], MAX.title),
    description: text(tool['description'], MAX.description),
    inputSchema: json(tool['inputSchema']),
    outputSchema: json(tool['outputSchema']),
    annotations: json(tool['annotations']),
  });
  const sorted = [...tools].sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
  const listed: ListedTool[] = [];
  for (const tool of sorted) {
    listed.push(keep(tool));
    if (seen < AT_ONCE) continue;
    await setImmediate();
    seen = 0;
  }
  return { hash: hashes.hash, contractHash: hashes.contractHash, tools: listed };
}

/** Short, so that even 2,000 of them are few characters; different for different values. */
function tooLarge(raw: string): string {
  return `(too large to keep: ${digest(raw).slice(0, 16)})`;
}

function kept(value: unknown, run: Run): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return run.clean(value, MAX.text);
  if (Array.isArray(value)) return value.map((item) => kept(item, run));
  if (!isObject(value)) return null;
  const entries = Object.entries(value)
    .filter(([key]) => !UNSAFE_KEYS.includes(key))
    .map(([key, item]) => [run.clean(key, MAX.key), kept(item, run)] as const)
    .filter(([key]) => !UNSAFE_KEYS.includes(key));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
