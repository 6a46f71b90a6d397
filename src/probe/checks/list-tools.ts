import { createHash } from 'node:crypto';
import type { ToolFact, ToolsFact } from '../../core/probe.ts';
import { LIMITS } from '../budget.ts';
import { isObject } from '../json.ts';
import { ProbeError } from '../probe-error.ts';
import { type Run, runStep } from '../run.ts';
import type { ProtocolSession } from '../session.ts';

/** The list as the judge sees it, and what a canary has to know of each tool. Names are the target's own, uncleaned. */
export interface ToolList {
  readonly fact: ToolsFact;
  readonly tools: ReadonlyMap<string, ToolFact>;
}

/** Does it list its tools? All pages, within the limits. */
export async function listTools(session: ProtocolSession, run: Run): Promise<ToolList> {
  return runStep(run, 'tools_list', run.server.timeoutMs, async (signal) =>
    readTools(await allPages(session, signal), run),
  );
}

async function allPages(session: ProtocolSession, signal: AbortSignal): Promise<readonly unknown[]> {
  const seen = new Set<string>();
  const tools: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page = await session.listTools(cursor, signal);
    if (tools.length + page.tools.length > LIMITS.tools)
      throw new ProbeError('too_many_tools', `The server lists more than ${LIMITS.tools.toLocaleString('en')} tools.`);
    tools.push(...page.tools);
    cursor = page.next;
    if (cursor !== null && seen.has(cursor))
      throw new ProbeError('pagination_loop', 'tools/list gives a cursor it has given before.');
    if (cursor !== null) seen.add(cursor);
    if (seen.size >= LIMITS.pages)
      throw new ProbeError('pagination_loop', `tools/list has more than ${LIMITS.pages} pages.`);
  } while (cursor !== null);
  return tools;
}

function readTools(listed: readonly unknown[], run: Run): ToolList {
  const tools = new Map<string, ToolFact>();
  const invalid: string[] = [];
  for (const [at, tool] of listed.entries()) {
    const name = isObject(tool) ? tool['name'] : undefined;
    const isNamed = typeof name === 'string' && name !== '';
    if (isObject(tool) && isNamed && isObject(tool['inputSchema']))
      tools.set(name, { name: run.clean(name, 128), destructive: isDestructive(tool) });
    else invalid.push(isNamed ? run.clean(name, 128) : `tool ${at + 1}`);
  }
  return { fact: { count: listed.length - invalid.length, hash: hashOf(listed), invalid }, tools };
}

/** Only a tool that says so itself: the protocol's default of true holds for every tool without annotations. */
function isDestructive(tool: Readonly<Record<string, unknown>>): boolean {
  const annotations = tool['annotations'];
  return isObject(annotations) && annotations['destructiveHint'] === true;
}

/** What makes up a tool for those who call it; `_meta` and icons may change from one answer to the next. */
const HASHED = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

/** SHA-256 over the tools in the order of their names and the keys in theirs, so that only a change of meaning changes it. */
function hashOf(listed: readonly unknown[]): string {
  const texts = listed.map((tool) =>
    canonicalText(isObject(tool) ? Object.fromEntries(HASHED.map((key) => [key, tool[key]])) : tool),
  );
  return createHash('sha256').update(texts.sort().join('\n')).digest('hex');
}

/** JSON with sorted keys. The depth was bounded when the answer was parsed. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`)
    .join(',')}}`;
}
