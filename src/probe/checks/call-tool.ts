import type { Canary } from '../../core/server.ts';
import type { CanaryCheck } from './define.ts';

/** Calls one tool with the configured arguments. A missing tool is told from the list: servers answer the call in five different ways. */
export function callTool(canary: Extract<Canary, { kind: 'tool' }>): CanaryCheck {
  const { tool } = canary;
  return {
    canary: { kind: 'tool', tool },
    refuse(tools) {
      const listed = tools?.tools.get(tool);
      if (listed === undefined)
        return {
          code: 'canary_tool_missing',
          message: `The tool ${tool} is not among the ${tools?.fact.count ?? 0} tools the server lists.`,
        };
      if (!listed.destructive || canary.allowDestructive) return null;
      return {
        code: 'canary_unsafe',
        message: `The tool ${tool} says it is destructive, so it was not called. allow_destructive permits it.`,
      };
    },
    ask: (session, signal) => session.callTool(tool, canary.arguments, signal),
  };
}
