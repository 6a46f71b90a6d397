import { ProblemError } from './problem.ts';
import type { App, Room } from './room.ts';

export function eventRoutes(app: App, { hub, sessionOf }: Room): void {
  app.get(
    '/events',
    { exposeHeadRoute: false, schema: { tags: ['monitor'], summary: 'Changes as they happen (server-sent events)' } },
    (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      const isOpen = hub.open(reply.raw, typeof lastEventId === 'string' ? lastEventId : null, sessionOf(request));
      if (!isOpen) throw full();
      reply.hijack();
    },
  );
}

function full(): ProblemError {
  return new ProblemError(
    503,
    'As many event streams are open as the monitor bears. Close a page that shows it, and try again.',
    {
      headers: { 'retry-after': '10' },
    },
  );
}
