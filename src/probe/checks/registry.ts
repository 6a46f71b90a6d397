import type { Canary } from '../../core/server.ts';
import { callTool } from './call-tool.ts';
import type { CanaryCheck } from './define.ts';
import { readResource } from './read-resource.ts';

/** The check for a configured canary: one line for each kind. */
export function canaryCheck(canary: Canary): CanaryCheck {
  switch (canary.kind) {
    case 'tool':
      return callTool(canary);
    case 'resource':
      return readResource(canary);
  }
}
