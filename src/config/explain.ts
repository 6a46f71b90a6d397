import { z } from 'zod';
import type { Json } from '../core/json.ts';
import type { Mistake, Path } from './config.ts';
import { DURATION_EXPECTED } from './duration.ts';
import { TIMEZONE_EXPECTED } from './fields.ts';
import { didYouMean } from './nearest.ts';
import { type Hides, show, valueAtPath } from './show.ts';
import { list } from './words.ts';

/** What the words for a mistake are chosen by. */
export interface Written {
  /** As written, references unresolved: what is quoted to the reader. */
  readonly root: Json;
  readonly hides: Hides;
}

type Issue = z.core.$ZodIssue;

/** Give it to `safeParse`, so that `explain` knows which keys there are. */
export function issueWords(raw: z.core.$ZodRawIssue): string | undefined {
  switch (raw.code) {
    case 'unrecognized_keys':
      return raw.inst instanceof z.ZodObject ? Object.keys(raw.inst.shape).join(' ') : '';
    case 'invalid_value':
      return `expected ${list(raw.values)}`;
    case 'invalid_type':
      return `expected ${TYPES[raw.expected] ?? raw.expected}`;
    default:
      return undefined;
  }
}

const OF_ONE_SERVER = new Set(['id', 'name', 'url', 'command', 'env']);

const TYPES: Readonly<Record<string, string>> = {
  string: 'text; put it in quotes',
  boolean: '`true` or `false`',
  array: 'a list',
  tuple: 'a list',
  object: 'keys and values',
  record: 'keys and values',
  int: 'a whole number',
};

/** Turns what a schema refused into mistakes in plain words, each with the way to put it right. */
export function explain(issues: readonly Issue[], written: Written): readonly Mistake[] {
  return withoutEchoes(issues).flatMap((issue) => explainOne(issue, [], written));
}

/** Of a value of the wrong kind nothing else is to be said: a text is no list that is too long. */
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const wrongKind = new Map(
    issues.filter(({ code }) => code === 'invalid_type').map((issue) => [issue.path.join('/'), issue]),
  );
  return issues.filter((issue) => (wrongKind.get(issue.path.join('/')) ?? issue) === issue);
}

function explainOne(issue: Issue, base: Path, written: Written): readonly Mistake[] {
  const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], issue.message));
  const value = valueAtPath(written.root, path);
  if (issue.code === 'invalid_key')
    return [{ path, at: 'key', message: sentence(issue.issues[0]?.message ?? issue.message, '') }];
  const branch = issue.code === 'invalid_union' ? branchFor(issue, value) : null;
  if (branch !== null) return withoutEchoes(branch).flatMap((inner) => explainOne(inner, path, written));
  if (value === undefined) return [missing(path, issue)];
  return [{ path, at: 'value', message: sentence(issue.message, found(issue, value, written.hides(path))) }];
}

function unknownKey(path: Path, known: string): Mistake {
  const key = String(path.at(-1));
  if (path[0] === 'defaults' && path.length === 2 && OF_ONE_SERVER.has(key)) {
    return { path, at: 'key', message: 'belongs to one server; move it to an entry of `servers`.' };
  }
  const keys = known.split(' ').filter((each) => each !== '');
  if (key === '<<')
    return { path, at: 'key', message: 'YAML merge keys (`<<`) are not read; write the keys out, or use `defaults`.' };
  const guess = didYouMean(key, keys);
  const help = guess === '' ? ` Known here: ${list(keys)}.` : guess;
  return { path, at: 'key', message: `is not a key the monitor knows.${keys.length === 0 ? ' Remove it.' : help}` };
}

function missing(path: Path, issue: Issue): Mistake {
  const [expected = ''] = issue.message.split('; ');
  const message = path.length === 0 ? sentence(issue.message, 'nothing') : `is missing; ${expected}.`;
  return { path, at: 'value', message };
}

/** Of a value that may be one of several shapes: what is wrong with it as the shape it was meant to be. */
function branchFor(issue: z.core.$ZodIssueInvalidUnion, value: Json | undefined): readonly Issue[] | null {
  const fitting = issue.errors.filter(
    (errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  if (value === undefined) return null;
  return fitting[0] ?? issue.errors.at(0) ?? null;
}

/** What to quote of a value, and what was probably meant by it. */
function found(issue: Issue, value: Json, isHidden: boolean): string {
  if (!issue.message.startsWith('expected')) return '';
  const isText = typeof value === 'string';
  // Of a hidden text that should be text there is nothing to say.
  if (isHidden && isText && !wantsNoText(issue)) return '';
  return `${show(value, isHidden || wantsMore(issue))}${isText ? hint(issue, value) : ''}${isHidden ? '' : unitHint(issue, value)}`;
}

function hint(issue: Issue, value: string): string {
  if (value.includes('${') && wantsNoText(issue)) return '. A `${…}` always gives text: write the value itself';
  if (issue.message === TIMEZONE_EXPECTED) return `.${didYouMean(value, Intl.supportedValuesOf('timeZone'))}`;
  return issue.code === 'invalid_value' ? `.${didYouMean(value, issue.values.map(String))}` : '';
}

function unitHint(issue: Issue, value: Json): string {
  const isSpan = typeof value === 'number' && Number.isInteger(value) && value > 0;
  return issue.message === DURATION_EXPECTED && isSpan ? `. Did you mean \`${value}s\`?` : '';
}

/** Text where more than text belongs may be a secret in the wrong place, as in `auth: Bearer …`. */
function wantsMore(issue: Issue): boolean {
  return issue.code === 'invalid_type' && ['object', 'record', 'array', 'tuple'].includes(issue.expected);
}

function wantsNoText(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.expected !== 'string';
}

/** `expected text; put it in quotes` becomes `expected text, found 5; put it in quotes.` */
function sentence(message: string, found: string): string {
  const [fact = '', ...advice] = message.split('; ');
  const text = [found === '' ? fact : `${fact}, found ${found}`, ...advice].join('; ');
  return /[.?]$/.test(text) ? text : `${text}.`;
}
