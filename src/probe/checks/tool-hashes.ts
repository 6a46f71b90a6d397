import { createHash, hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ToolsFact } from '../../core/probe.ts';
import type { Server } from '../../core/server.ts';
import { isObject, UNSAFE_KEYS } from '../json.ts';

/** What a call depends on, and what is read. `_meta` and icons may change from one answer to the next. */
const CONTRACT = ['name', 'inputSchema', 'outputSchema'] as const;
const SURFACE = ['name', 'title', 'description', 'annotations'] as const;

export interface ToolHashes extends Pick<ToolsFact, 'hash' | 'contractHash' | 'surfaceHash'> {
  /** Length of the canonical texts, in characters. */
  readonly size: number;
}

/** Sorting the keys of more than this, in characters, takes longer than anything else may wait: its keys keep their order. */
const MAX_SORTED = 64 * 1024;
/** After so many characters other work has its turn. */
const AT_ONCE = 256 * 1024;

type Tool = Readonly<Record<string, unknown>>;

/** Hashes the tools that a server lists. */
export type HashTools = (server: Server, tools: readonly Tool[]) => Promise<ToolHashes>;

/**
 * Knows a server's last list again by its text: what is listed at one probe is mostly listed at the next. Bringing it
 * into one order would otherwise be a quarter of all the memory that a probe uses.
 */
export function createToolHashing(): HashTools {
  const last = new WeakMap<Server, { readonly text: string; readonly hashes: ToolHashes }>();
  return async (server, tools) => {
    const text = await digestOf(tools);
    const known = last.get(server);
    if (known?.text === text) return known.hashes;
    const hashes = await hashTools(tools);
    last.set(server, { text, hashes });
    return hashes;
  };
}

/** Of the tools as they came. */
async function digestOf(tools: readonly Tool[]): Promise<string> {
  const digest = createHash('sha256');
  let text = '';
  for (const tool of tools) {
    text += `${JSON.stringify(tool)}\n`;
    if (text.length < AT_ONCE) continue;
    digest.update(text);
    text = '';
    await setImmediate();
  }
  return digest.update(text).digest('base64');
}

/** SHA-256 over the tools in the order of their texts and the keys in theirs, so that only a change of meaning changes it. */
async function hashTools(tools: readonly Tool[]): Promise<ToolHashes> {
  const [contract, surface]: [string[], string[]] = [[], []];
  let [size, sinceTurn] = [0, 0];
  for (const tool of tools) {
    const [called, read] = [textOf(tool, CONTRACT), textOf(tool, SURFACE)];
    contract.push(digest(called));
    surface.push(digest(read));
    size += called.length + read.length;
    sinceTurn += called.length + read.length;
    if (sinceTurn > AT_ONCE) {
      await setImmediate();
      sinceTurn = 0;
    }
  }
  const [contractHash, surfaceHash] = [contract, surface].map((texts) => digest(texts.sort().join('\n')));
  return {
    hash: digest(`${contractHash}\n${surfaceHash}`),
    contractHash: contractHash ?? '',
    surfaceHash: surfaceHash ?? '',
    size,
  };
}

export function digest(text: string): string {
  return hash('sha256', text);
}

function textOf(tool: Tool, keys: readonly string[]): string {
  const part = Object.fromEntries(keys.map((key) => [key, tool[key]]));
  const raw = JSON.stringify(part);
  return raw.length > MAX_SORTED ? raw : canonicalText(part);
}

/** JSON with sorted keys. The depth was bounded when the answer was parsed. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== undefined && !UNSAFE_KEYS.includes(key));
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`)
    .join(',')}}`;
}
