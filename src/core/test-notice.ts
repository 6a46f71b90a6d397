import type { Notice } from './notice.ts';
import { reason } from './reasons.ts';

/** A notice that says it is a test, in the full shape of a real one. Its incident is over, so that nothing stays open at a receiver. */
export function testNotice({
  id,
  at,
  publicUrl,
  location,
}: {
  id: string;
  at: number;
  publicUrl: string;
  location: string;
}): Notice {
  const name = 'AliveMCP test';
  return {
    id,
    event: 'test',
    dedupKey: `alivemcp-test-${id}`,
    at,
    server: { id: 'test', name, url: publicUrl, tags: [] },
    incident: {
      id: `test-${id}`,
      serverId: 'test',
      serverName: name,
      signal: 'canary',
      level: 'warn',
      severity: 'info',
      reason: reason('canary_is_error', 'canary', 'This is a test; nothing is broken.'),
      cause: null,
      evidence: { texts: [], pools: [], silentFailure: false, facts: [] },
      startedAt: at,
      openedAt: at,
      resolvedAt: at,
      probeCount: 0,
      told: [],
      attachedTo: null,
      acknowledged: null,
    },
    location,
    dashboardUrl: publicUrl,
    wasDown: false,
  };
}
