import type { Json } from '../core/json.ts';
import { LIMITS } from './budget.ts';
import { ProbeError } from './probe-error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** The bit in which `[` and `{` differ, and `]` and `}`. */
const CURLY = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Parses JSON from a target. The depth is measured on the bytes first, so that deep nesting costs neither memory nor stack.
 * @throws {ProbeError} `json_too_deep`, `response_too_large` (too many values) or `bad_json`
 */
export function parseJson(bytes: Buffer): unknown {
  refuseCostly(bytes);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const start = text.trim().slice(0, 120);
    throw new ProbeError(
      'bad_json',
      start === '' ? 'The answer is empty.' : `The answer is not JSON. It starts with: ${start}`,
      { cause },
    );
  }
}

/** The same for text inside an answer; what is not JSON is undefined. */
export function parseJsonText(text: string): Json | undefined {
  try {
    return plain(parseJson(Buffer.from(text)), (value) => value);
  } catch {
    return undefined;
  }
}

/**
 * What JSON costs depends on how it is built more than on its bytes: 4 MiB of keys, each another one, hold the process up
 * for half a second. So it is counted first, and counting ends at the first limit. Works on UTF-8, where these characters
 * are single bytes; what is not JSON at all is for the parser to say.
 */
function refuseCostly(bytes: Buffer): void {
  const count = createCount();
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === COMMA) count.next();
    else if ((byte | CURLY) === OPENING) count.open();
    else if ((byte | CURLY) === CLOSING) count.close();
  }
}

/** Counts values as they come; throws ProbeError at the first limit. */
function createCount() {
  // Of each list and object that is open, how many values it holds.
  const open = [1];
  let values = 1;
  const add = (): void => {
    values += 1;
    if (values > LIMITS.values) throw tooLarge(LIMITS.values, 'values');
  };
  return {
    next() {
      add();
      const held = (open.pop() ?? 0) + 1;
      if (held > LIMITS.entries) throw tooLarge(LIMITS.entries, 'values in one list or object');
      open.push(held);
    },
    open() {
      add();
      if (open.push(1) > LIMITS.depth + 1)
        throw new ProbeError('json_too_deep', `The answer nests deeper than ${LIMITS.depth} levels.`);
    },
    close: () => void open.pop(),
  };
}

function tooLarge(limit: number, what: string): ProbeError {
  return new ProbeError('response_too_large', `The answer holds more than ${limit.toLocaleString('en')} ${what}.`);
}

/** Where the text that begins at `from` has its closing quote. */
function endOfText(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Keys that reach an object's prototype when somebody copies it carelessly. */
export const UNSAFE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * A parsed value, not deeper than our limit, without unsafe keys and with each string passed through `clean`.
 * What holds too many values is not kept: undefined.
 */
export function plain(value: unknown, clean: (text: string) => string): Json | undefined {
  let left: number = LIMITS.keptValues;
  const copy = (part: unknown): Json | undefined => {
    left -= 1;
    if (left < 0) return undefined;
    if (part === null || typeof part === 'boolean' || typeof part === 'number') return part;
    if (typeof part === 'string') return clean(part);
    if (Array.isArray(part)) return part.slice(0, left + 1).map((item) => copy(item) ?? null);
    return typeof part === 'object' ? copyEntries(part, copy) : undefined;
  };
  const copied = copy(value);
  return left < 0 ? undefined : copied;
}

function copyEntries(part: object, copy: (item: unknown) => Json | undefined): Json {
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(part)) {
    const kept = UNSAFE_KEYS.includes(key) ? undefined : copy(item);
    if (kept !== undefined) entries.push([key, kept]);
  }
  return Object.fromEntries(entries);
}

/** A JSON object, as opposed to a list, null or a plain value. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
