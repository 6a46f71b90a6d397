import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { pathOf } from './access.ts';
import { nothingThere, ProblemError, sendProblem } from './problem.ts';
import type { App } from './room.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * The dashboard. Its assets carry a hash in their names and may be kept for ever; its page is asked for each time. Every
 * other address a person opens is one of the dashboard's own, so it answers with that page.
 */
export async function dashboard(app: App, webRoot: string): Promise<void> {
  const isBuilt = existsSync(join(webRoot, 'index.html'));
  if (isBuilt)
    await app.register(fastifyStatic, {
      root: webRoot,
      cacheControl: false,
      dotfiles: 'deny',
      schemaHide: true,
      // Beside each file by scripts/build.mjs.
      preCompressed: true,
      setHeaders(reply, path) {
        reply.header('cache-control', path.includes(`${sep}assets${sep}`) ? IMMUTABLE : 'no-cache');
      },
    });
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || path.startsWith('/api/') || path.startsWith('/assets/'))
      return sendProblem(reply, nothingThere());
    if (isBuilt) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(
      reply,
      new ProblemError(404, 'The dashboard is not built. Run “npm run build”, then start again.'),
    );
  });
}
