import type { Json } from '../core/json.ts';
import type { Mistake, Path } from './config.ts';

/** What a reference in a value may stand for. */
export interface References {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a whole file of at most `maxBytes`; rejects with UnreadableFileError. */
  readonly readFile: (path: string, maxBytes: number) => Promise<string>;
}

/** A file that a reference or the command line names cannot be read. `message` says why, without its content. */
export class UnreadableFileError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UnreadableFileError';
  }
}

const MAX_SECRET_FILE = 64 * 1024;
/** `$$`, or `${…}` up to its closing brace. */
const REFERENCE = /\$\$|\$\{([^}]*)\}?/g;
const FILE = /^file:./s;
const FILE_PREFIX = 'file:'.length;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Resolves every `${NAME}`, `${NAME:-default}` and `${file:PATH}` in the texts of a value; keys stay as they are. What
 * has none in it stays the very same value.
 */
export async function interpolate(
  value: Json,
  { env, readFile }: References,
): Promise<{ readonly value: Json; readonly mistakes: readonly Mistake[] }> {
  const files = await readAll(namedFiles(value), readFile);
  const mistakes: Mistake[] = [];
  const resolve = (each: Json, path: Path): Json => {
    if (!refers(each)) return each;
    if (typeof each === 'string') return resolveText(each, path);
    if (typeof each !== 'object' || each === null) return each;
    if (isList(each)) return each.map((item, index) => resolve(item, [...path, index]));
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, resolve(item, [...path, key])]));
  };
  const resolveText = (text: string, path: Path): string =>
    text.replace(REFERENCE, (written: string, inside: string | undefined) => {
      const found = inside === undefined ? { text: '$' } : follow(written, inside, { env, files });
      if ('text' in found) return found.text;
      mistakes.push({ path, at: 'value', message: found.problem });
      return '';
    });
  return { value: resolve(value, []), mistakes };
}

/** What a reference stands for, or why it stands for nothing. */
type Found = { readonly text: string } | { readonly problem: string };

const MALFORMED =
  'there is a `${` that is no reference; write ${NAME}, ${NAME:-default} or ${file:/path}, and $$ for a plain $.';

function follow(
  written: string,
  inside: string,
  { env, files }: { readonly env: References['env']; readonly files: ReadonlyMap<string, Found> },
): Found {
  if (!written.endsWith('}')) return { problem: MALFORMED };
  const content = FILE.test(inside) ? files.get(inside.slice(FILE_PREFIX)) : undefined;
  if (content !== undefined) return content;
  const [, name, otherwise] = VARIABLE.exec(inside) ?? [];
  if (name === undefined) return { problem: MALFORMED };
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (otherwise !== undefined && (value === undefined || value === '')) return { text: otherwise };
  if (value !== undefined) return { text: value };
  return { problem: `the environment variable ${name} is not set; set it, or write \${${name}:-default}.` };
}

/** Is there a `$` in one of its texts? */
function refers(value: Json): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (typeof value !== 'object' || value === null) return false;
  return isList(value) ? value.some(refers) : Object.values(value).some(refers);
}

/** The files that references name. */
function namedFiles(value: Json): ReadonlySet<string> {
  if (!refers(value)) return new Set();
  if (typeof value === 'string') {
    const inside = [...value.matchAll(REFERENCE)].map((match) => match[1] ?? '');
    return new Set(inside.filter((each) => FILE.test(each)).map((each) => each.slice(FILE_PREFIX)));
  }
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((each) => [...namedFiles(each)]));
}

async function readAll(
  paths: ReadonlySet<string>,
  readFile: References['readFile'],
): Promise<ReadonlyMap<string, Found>> {
  const found = [...paths].map(
    async (path): Promise<readonly [string, Found]> => [path, await contentOf(path, readFile)],
  );
  return new Map(await Promise.all(found));
}

async function contentOf(path: string, readFile: References['readFile']): Promise<Found> {
  try {
    const text = await readFile(path, MAX_SECRET_FILE);
    return { text: text.replace(/\r?\n$/, '') };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { problem: `the file ${path} cannot be read: ${error.message}.` };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
