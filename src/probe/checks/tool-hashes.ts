import { createHash } from 'node:crypto';
import type { ToolsFact } from '../../core/probe.ts';
import { isObject, UNSAFE_KEYS } from '../json.ts';

/** What a call depends on, and what is read. `_meta` and icons may change from one answer to the next. */
const CONTRACT = ['name', 'inputSchema', 'outputSchema'] as const;
const SURFACE = ['name', 'title', 'description', 'annotations'] as const;

export interface ToolHashes extends Pick<ToolsFact, 'hash' | 'contractHash' | 'surfaceHash'> {
  /** Length of the canonical texts, in characters. */
  readonly size: number;
}

/** SHA-256 over the tools in the order of their texts and the keys in theirs, so that only a change of meaning changes it. */
export function hashTools(tools: readonly Readonly<Record<string, unknown>>[]): ToolHashes {
  const contract = textOf(tools, CONTRACT);
  const surface = textOf(tools, SURFACE);
  const [contractHash, surfaceHash] = [digest(contract), digest(surface)];
  return {
    hash: digest(`${contractHash}\n${surfaceHash}`),
    contractHash,
    surfaceHash,
    size: contract.length + surface.length,
  };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function textOf(tools: readonly Readonly<Record<string, unknown>>[], keys: readonly string[]): string {
  return tools
    .map((tool) => canonicalText(Object.fromEntries(keys.map((key) => [key, tool[key]]))))
    .sort()
    .join('\n');
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
