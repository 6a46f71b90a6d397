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
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Resolves every `${NAME}`, `${NAME:-default}` and `${file:PATH}` in the texts of a value; keys stay as they are. */
export async function interpolate(
  value: Json,
  references: References,
): Promise<{ readonly value: Json; readonly mistakes: readonly Mistake[] }> {
  const mistakes: Mistake[] = [];
  const resolve = async (each: Json, path: Path): Promise<Json> => {
    if (typeof each === 'string') return each.includes('$') ? resolveText(each, path) : each;
    if (typeof each !== 'object' || each === null) return each;
    if (isList(each)) return Promise.all(each.map((item, index) => resolve(item, [...path, index])));
    const entries = Object.entries(each).map(
      async ([key, item]) => [key, await resolve(item, [...path, key])] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  const resolveText = async (text: string, path: Path): Promise<string> => {
    const parts: string[] = [];
    let end = 0;
    for (const match of text.matchAll(REFERENCE)) {
      parts.push(text.slice(end, match.index), await lookUp(match[0], match[1], path));
      end = match.index + match[0].length;
    }
    return [...parts, text.slice(end)].join('');
  };
  const lookUp = async (written: string, inside: string | undefined, path: Path): Promise<string> => {
    if (inside === undefined) return '$';
    const found = await follow(written, inside, references);
    if (found.kind === 'text') return found.text;
    mistakes.push({ path, at: 'value', message: found.problem });
    return '';
  };
  return { value: await resolve(value, []), mistakes };
}

type Found = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'problem'; readonly problem: string };

async function follow(written: string, inside: string, { env, readFile }: References): Promise<Found> {
  if (written.endsWith('}') && inside.startsWith('file:') && inside.length > 5)
    return fromFile(inside.slice(5), readFile);
  const [, name, otherwise] = VARIABLE.exec(inside) ?? [];
  if (!written.endsWith('}') || name === undefined) {
    const problem =
      'there is a `${` that is no reference; write ${NAME}, ${NAME:-default} or ${file:/path}, and $$ for a plain $.';
    return { kind: 'problem', problem };
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (otherwise !== undefined) return { kind: 'text', text: value === undefined || value === '' ? otherwise : value };
  if (value !== undefined) return { kind: 'text', text: value };
  const problem = `the environment variable ${name} is not set; set it, or write \${${name}:-default}.`;
  return { kind: 'problem', problem };
}

async function fromFile(path: string, readFile: References['readFile']): Promise<Found> {
  try {
    const text = await readFile(path, MAX_SECRET_FILE);
    return { kind: 'text', text: text.replace(/\r?\n$/, '') };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { kind: 'problem', problem: `the file ${path} cannot be read: ${error.message}.` };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
