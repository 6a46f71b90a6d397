import { canonicalText, sameJson } from './canonical.ts';
import { DRIFT_GRADES, type DriftGrade } from './drift-grade.ts';
import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import { type Direction, diffSchema, type SchemaDifference, tell } from './schema-diff.ts';
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
  const sorted = DRIFT_GRADES.flatMap((grade) => all.filter((each) => each.grade === grade));
  return {
    grade: sorted[0]?.grade ?? null,
    differences: sorted.slice(0, MAX_DIFFERENCES).map(inWords),
    omitted: Math.max(0, sorted.length - MAX_DIFFERENCES),
  };
}

/** A difference; those within schemas are put into words only where they are kept. */
interface Found {
  readonly tool: string;
  readonly grade: DriftGrade;
  readonly words: { readonly path: string; readonly message: string } | SchemaDifference;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function inWords({ tool, grade, words, before, after }: Found): ToolDifference {
  const { path, message } = 'at' in words ? schemaWords(tool, words) : words;
  return { tool, path, grade, message, before: asText(before), after: asText(after) };
}

function schemaWords(tool: string, difference: SchemaDifference): { readonly path: string; readonly message: string } {
  const { path, message } = tell(difference);
  return { path: joined(`${difference.at.direction}Schema`, path), message: `${tool}: ${message}` };
}

/** A name listed twice is two tools: the second is `name (2)`. */
function byName(tools: readonly ListedTool[]): ReadonlyMap<string, ListedTool> {
  const named = new Map<string, ListedTool>();
  const counts = new Map<string, number>();
  for (const tool of tools) {
    let nth = (counts.get(tool.name) ?? 0) + 1;
    while (named.has(nthName(tool.name, nth))) nth += 1;
    counts.set(tool.name, nth);
    named.set(nthName(tool.name, nth), tool);
  }
  return named;
}

function nthName(name: string, nth: number): string {
  return nth === 1 ? name : `${name} (${nth})`;
}

function toolGone(tool: string): Found {
  const words = { path: '', message: `The tool ${tool} is gone.` };
  return { tool, grade: 'breaking', words, before: tool, after: undefined };
}

function toolAdded(tool: string): Found {
  const words = { path: '', message: `The tool ${tool} is new.` };
  return { tool, grade: 'additive', words, before: undefined, after: tool };
}

function diffTool(tool: string, before: ListedTool, after: ListedTool): readonly Found[] {
  return [
    ...diffSchemas(tool, { before: before.inputSchema, after: after.inputSchema }, 'input'),
    ...diffOutput(tool, before.outputSchema, after.outputSchema),
    ...diffSurface(tool, before, after),
  ];
}

function diffSchemas(
  tool: string,
  { before, after }: { readonly before: Json; readonly after: Json },
  direction: Direction,
): readonly Found[] {
  return diffSchema(before, after, direction).map((change) => ({
    tool,
    grade: change.grade,
    before: change.before,
    after: change.after,
    words: change,
  }));
}

/** Callers may read structured results by the schema: one that goes breaks them, one that comes is an offer. */
function diffOutput(tool: string, before: Json, after: Json): readonly Found[] {
  if (before === null && after === null) return [];
  const at = (message: string) => ({ path: 'outputSchema', message: `${tool}: ${message}` });
  if (before === null)
    return [{ tool, grade: 'additive', words: at('it now has an output schema.'), before: undefined, after }];
  if (after === null)
    return [{ tool, grade: 'breaking', words: at('its output schema is gone.'), before, after: undefined }];
  return diffSchemas(tool, { before, after }, 'output');
}

function diffSurface(tool: string, before: ListedTool, after: ListedTool): readonly Found[] {
  const texts = (['title', 'description'] as const)
    .filter((key) => before[key] !== after[key])
    .map(
      (key): Found => ({
        tool,
        grade: 'wording',
        words: { path: key, message: `${tool}: its ${key} changed.` },
        before: before[key] ?? undefined,
        after: after[key] ?? undefined,
      }),
    );
  return [...texts, ...diffAnnotations(tool, before.annotations, after.annotations)];
}

function diffAnnotations(tool: string, before: Json, after: Json): readonly Found[] {
  const [old, fresh] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  const isWorse = danger(before) < danger(after);
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return names
    .filter((name) => !same(own(old, name), own(fresh, name)))
    .map((name): Found => {
      const isLost = isWorse && (name === 'readOnlyHint' || name === 'destructiveHint');
      const message = isLost
        ? `${tool}: ${name} changed: it no longer says that it is as harmless.`
        : `${tool}: its annotation ${name} changed.`;
      const words = { path: joined('annotations', name), message };
      return { tool, grade: isLost ? 'breaking' : 'wording', words, before: own(old, name), after: own(fresh, name) };
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
function unseen(before: ToolList, after: ToolList): Found {
  const isContract = before.contractHash !== after.contractHash;
  const message = `${isContract ? 'A schema' : 'A description'} changed in a part too long to be kept.`;
  const words = { path: '', message };
  return { tool: '', grade: isContract ? 'breaking' : 'wording', words, before: undefined, after: undefined };
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
