import { isObject } from './json.ts';

/** Under this name a request of revision 2026-07-28 says in `_meta` which revision it is of (MCP 2026-07-28, "Requests"). */
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/**
 * What a message of revision 2026-07-28 repeats in headers, so that a proxy can route it without reading it (MCP
 * 2026-07-28, "Streamable HTTP", "Standard Headers"). None for messages of earlier revisions.
 */
export function standardHeaders(message: object): Readonly<Record<string, string>> {
  const { method, params } = fields(message);
  const { _meta: meta, name, uri } = fields(params);
  const version = fields(meta)[VERSION_KEY];
  if (typeof version !== 'string' || typeof method !== 'string') return {};
  const named = method === 'resources/read' ? uri : name;
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof named === 'string' ? { 'mcp-name': headerValue(named) } : {}),
  };
}

/** Plain ASCII as it is; anything else, and what looks like an encoded value itself, encoded as the specification says. */
export function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/i.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
