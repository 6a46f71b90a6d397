import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';

/** A request whose body or address is not of the shape its route asks for. */
export class InvalidRequestError extends Error {
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** Which part of the request; Fastify fills it in. */
  readonly validationContext: string | null = null;
  constructor(issues: readonly z.core.$ZodIssue[]) {
    super('the request is not of the shape its route asks for');
    this.name = 'InvalidRequestError';
    this.issues = issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  }
}

/** Reads what came in by the route's schema, or says in plain words what is wrong with it. */
export const readBySchema: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input) => {
    const read = schema.safeParse(input, { error: words });
    return read.success ? { value: read.data } : { error: new InvalidRequestError(read.error.issues) };
  };

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};

const COUNTED: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

/** Left to zod: what a schema words itself, and what no route asks for. */
function words(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${TYPES[issue.expected] ?? issue.expected}, found ${kindOf(issue.input)}.`;
    case 'invalid_value':
      return `Expected ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}.`;
    case 'too_small':
      return `Expected at least ${issue.minimum}${COUNTED[issue.origin] ?? ''}.`;
    case 'too_big':
      return `Expected at most ${issue.maximum}${COUNTED[issue.origin] ?? ''}.`;
    case 'unrecognized_keys':
      return `There is no key ${issue.keys.map((key) => `“${key.slice(0, 64)}”`).join(', ')} here.`;
    case 'invalid_format':
      return issue.format === 'datetime' ? 'Expected a time such as 2026-12-24T22:00:00Z.' : undefined;
    default:
      return undefined;
  }
}

function kindOf(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (Number.isNaN(input)) return 'text';
  return TYPES[typeof input] ?? typeof input;
}
