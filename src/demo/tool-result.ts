import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/** A tool result of one text block: a string as it is, anything else as JSON. */
export function textResult(value: unknown, isError = false): CallToolResult {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return isError ? { isError: true, content: [{ type: 'text', text }] } : { content: [{ type: 'text', text }] };
}
