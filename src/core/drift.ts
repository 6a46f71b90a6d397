import { canonicalText, sameJson } from './canonical.ts';
import { DRIFT_GRADES, type DriftGrade, worstGrade } from './drift-grade.ts';
import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import { diffSchema } from './schema-diff.ts';
import type { ListedTool, ToolList } from './tool-list.ts';

/** One difference between two lists of tools. */
export interface ToolDifference {
  readonly tool: string;
  /** Where in the tool, dotted: `inputSchema.properties.city.type`; empty: the tool as a whole. */
  readonly path: string;
  readonly grade: DriftGrade;
  /** One sentence for people. */
  readonly message: string;
  /** The value as JSON text, cut; null: there was, or is, none. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface ToolDiff {
  /** The worst of the differences, those left out included; null: the lists are the same. */
  readonly grade: DriftGrade | null;
  /** Worst first, at most MAX_DIFFERENCES. */
  readonly differences: readonly ToolDifference[];
  /** How many more there are. */
  readonly omitted: number;
}

/** Both texts come from a target, so what is kept of a difference is bounded. */
export const MAX_DIFFERENCES = 200;
const MAX_VALUE = 300;

/** What changed from one list to the next, field by field. Total: any JSON may stand where a schema should. */
export function diffTools(before: ToolList, after: ToolList): ToolDiff {
  if (before.hash === after.hash) return { grade: null, differences: [], omitted: 0 };
  const [old, fresh] = [byName(before.tools), byName(after.tools)];
  const gone = [...old].filter(([name]) => !fresh.has(name)).map(([name]) => toolGone(name));
  const added = [...fresh].filter(([name]) => !old.has(name)).map(([name]) => toolAdded(name));
  const changed = [...fresh].flatMap(([name, tool]) => {
    const known = old.get(name);
    return known === undefined ? [] : diffTool(name, known, tool);
  });
  const found = [...gone, ...changed, ...added];
  const all = found.length > 0 ? found : [unseen(before, after)];
  const sorted = all.toSorted((a, b) => rank(a.grade) - rank(b.grade));
  return {
    grade: worstGrade(sorted.map(({ grade }) => grade)),
    differences: sorted.slice(0, MAX_DIFFERENCES),
    omitted: Math.max(0, sorted.length - MAX_DIFFERENCES),
  };
}

function rank(grade: DriftGrade): number {
  return DRIFT_GRADES.indexOf(grade);
}

/** A name listed twice is two tools: the second is `name (2)`. */
function byName(tools: readonly ListedTool[]): ReadonlyMap<string, ListedTool> {
  const named = new Map<string, ListedTool>();
  for (const tool of tools) {
    let name = tool.name;
    for (let nth = 2; named.has(name); nth += 1) name = `${tool.name} (${nth})`;
    named.set(name, tool);
  }
  return named;
}

function toolGone(tool: string): ToolDifference {
  return { tool, path: '', grade: 'breaking', message: `The tool ${tool} is gone.`, before: tool, after: null };
}

function toolAdded(tool: string): ToolDifference {
  return { tool, path: '', grade: 'additive', message: `The tool ${tool} is new.`, before: null, after: tool };
}

function diffTool(tool: string, before: ListedTool, after: ListedTool): readonly ToolDifference[] {
  const input = diffSchema(before.inputSchema, after.inputSchema, 'input').map((change) => ({
    ...change,
    path: joined('inputSchema', change.path),
  }));
  const output = diffOutput(before.outputSchema, after.outputSchema);
  return [...input, ...output, ...diffSurface(before, after)].map(
    ({ before: old, after: fresh, message, ...rest }) => ({
      tool,
      ...rest,
      message: `${tool}: ${message}`,
      before: asText(old),
      after: asText(fresh),
    }),
  );
}

interface Found {
  readonly path: string;
  readonly grade: DriftGrade;
  readonly message: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Callers may read structured results by the schema: one that goes breaks them, one that comes is an offer. */
function diffOutput(before: Json, after: Json): readonly Found[] {
  if (before === null && after === null) return [];
  const path = 'outputSchema';
  if (before === null)
    return [{ path, grade: 'additive', message: 'it now has an output schema.', before: undefined, after }];
  if (after === null)
    return [{ path, grade: 'breaking', message: 'its output schema is gone.', before, after: undefined }];
  return diffSchema(before, after, 'output').map((change) => ({ ...change, path: joined(path, change.path) }));
}

function diffSurface(before: ListedTool, after: ListedTool): readonly Found[] {
  const texts = (['title', 'description'] as const).flatMap((key): readonly Found[] =>
    before[key] === after[key]
      ? []
      : [
          {
            path: key,
            grade: 'wording',
            message: `its ${key} changed.`,
            before: before[key] ?? undefined,
            after: after[key] ?? undefined,
          },
        ],
  );
  return [...texts, ...diffAnnotations(before.annotations, after.annotations)];
}

function diffAnnotations(before: Json, after: Json): readonly Found[] {
  const [old, fresh] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  const worse = danger(before) < danger(after);
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return names.flatMap((name): readonly Found[] => {
    const [was, is] = [own(old, name), own(fresh, name)];
    if (same(was, is)) return [];
    const isHint = name === 'readOnlyHint' || name === 'destructiveHint';
    const common = { path: joined('annotations', name), before: was, after: is };
    return isHint && worse
      ? [{ ...common, grade: 'breaking', message: `${name} changed: the tool no longer says that it is as harmless.` }]
      : [{ ...common, grade: 'wording', message: `its annotation ${name} changed.` }];
  });
}

/**
 * What a tool promises about the harm it may do: reads only, destroys nothing, or neither. Hosts let the first two run
 * without asking a person, so losing such a promise breaks what was agreed to. Unsaid and `destructiveHint: true` mean
 * the same (MCP 2025-11-25, ToolAnnotations: the default is true).
 */
function danger(annotations: Json): number {
  if (!isJsonObject(annotations)) return 2;
  if (own(annotations, 'readOnlyHint') === true) return 0;
  return own(annotations, 'destructiveHint') === false ? 1 : 2;
}

/** The hashes differ, and what is kept of the lists does not: the difference lies in what was cut. */
function unseen(before: ToolList, after: ToolList): ToolDifference {
  const isContract = before.contractHash !== after.contractHash;
  const what = isContract ? 'A schema' : 'A description';
  const message = `${what} changed in a part too long to be kept.`;
  return { tool: '', path: '', grade: isContract ? 'breaking' : 'wording', message, before: null, after: null };
}

function own(fields: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('.');
}

function asText(value: Json | undefined): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : canonicalText(value);
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1).toWellFormed()}…`;
}
