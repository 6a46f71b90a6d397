import type { Json } from '../core/json.ts';
import { isObject } from './json.ts';
import { headerValue } from './standard-headers.ts';

/** A tool's schema marks with this what callers repeat in a header (MCP 2026-07-28, "Streamable HTTP", "Custom Headers"). */
const MARK = 'x-mcp-header';
/** A header name's alphabet (RFC 9110 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
/** More than any tool has use for: the names are the target's, and headers cost. */
const MAX_HEADERS = 50;

/** The arguments of a call that its tool's schema wants repeated as `Mcp-Param-…` headers. */
export function paramHeaders(
  inputSchema: unknown,
  args: Readonly<Record<string, Json>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(headersIn(inputSchema, args).slice(0, MAX_HEADERS));
}

function headersIn(schema: unknown, value: unknown): readonly (readonly [string, string])[] {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties) || !isObject(value)) return [];
  return Object.entries(value).flatMap(([key, given]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [...headerOf(property, given), ...headersIn(property, given)];
  });
}

function headerOf(property: unknown, given: unknown): readonly (readonly [string, string])[] {
  const name = isObject(property) ? property[MARK] : undefined;
  const text = textOf(given);
  if (typeof name !== 'string' || !TOKEN.test(name) || text === null) return [];
  return [[`mcp-param-${name.toLowerCase()}`, headerValue(text)]];
}

/** Only plain values can stand in a header; null is left out. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : null;
}
