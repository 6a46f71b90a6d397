import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ToolsFact } from '../../core/probe.ts';
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

/** SHA-256 over the tools in the order of their texts and the keys in theirs, so that only a change of meaning changes it. */
export async function hashTools(tools: readonly Readonly<Record<string, unknown>>[]): Promise<ToolHashes> {
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
  return createHash('sha256').update(text).digest('hex');
}

function textOf(tool: Readonly<Record<string, unknown>>, keys: readonly string[]): string {
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
