import type { Canary } from '../../core/server.ts';
import type { CanaryCheck } from './define.ts';

/** Reads one resource. */
export function readResource({ resource }: Extract<Canary, { kind: 'resource' }>): CanaryCheck {
  return {
    canary: { kind: 'resource', resource },
    refuse: () => null,
    ask: (session, signal) => session.readResource(resource, signal),
  };
}
