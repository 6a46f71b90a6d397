import type { Store } from '../core/store.ts';
import { ProblemError } from './problem.ts';
import type { App } from './room.ts';

export interface HealthParts {
  readonly store: Pick<Store, 'size'>;
  readonly isScheduling: () => boolean;
}

/** `/live`: the process runs. `/ready`: it can do its work: the store answers and servers are being probed. */
export function healthRoutes(app: App, { store, isScheduling }: HealthParts): void {
  app.get('/live', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/ready', { schema: { hide: true } }, async (_request, reply) => {
    if (!isScheduling()) throw notReady('no server is being probed yet, or the monitor is stopping');
    await store.size().catch((cause: unknown) => {
      const problem = notReady('the store does not answer');
      problem.cause = cause;
      throw problem;
    });
    return reply.header('cache-control', 'no-store').send({ status: 'ok' });
  });
}

function notReady(why: string): ProblemError {
  return new ProblemError(503, `Not ready: ${why}.`, { headers: { 'retry-after': '5' } });
}
