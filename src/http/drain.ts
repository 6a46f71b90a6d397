import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/ports.ts';
import type { App } from './room.ts';

/** What is being answered when the monitor stops may be finished within this time. */
const GRACE_MS = 3000;

/**
 * Makes `close` wait for the answers under way, then cut every connection: a browser holds some in reserve that never
 * sent a request, and Node waits a minute for those. `before` runs first.
 */
export function drainOnClose(app: App, clock: Clock, before: () => void): void {
  const open = new Set<ServerResponse>();
  app.addHook('onRequest', async (_request, reply) => {
    open.add(reply.raw);
    reply.raw.once('close', () => open.delete(reply.raw));
  });
  app.addHook('preClose', async () => {
    before();
    await finished(open, clock);
    app.server.closeAllConnections();
  });
}

function finished(open: ReadonlySet<ServerResponse>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (open.size === 0) return resolve();
    const cancel = clock.after(GRACE_MS, resolve);
    for (const response of open)
      response.once('close', () => {
        if (open.size > 0) return;
        cancel();
        resolve();
      });
  });
}
