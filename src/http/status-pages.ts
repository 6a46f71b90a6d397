import { z } from 'zod';
import type { ListedPage } from '../core/monitor.ts';
import { groupsOf } from '../core/status-page.ts';
import { pageOf } from './paging.ts';
import { found, notFound } from './problem.ts';
import { pageUrl } from './public/page-url.ts';
import type { App, Room } from './room.ts';
import { Entry, IdParams, PageQuery } from './schema-request.ts';
import { StatusPage, StatusPages } from './schema-status-page.ts';
import type * as wire from './wire.ts';

const tags = ['status pages'];
const WHAT = 'status page';

/** What there is to know and to change about status pages, for whoever runs the monitor. */
export function statusPageRoutes(app: App, room: Room): void {
  const { monitor } = room;
  const summary = 'Status pages that everybody may see';
  app.get(
    '/status-pages',
    { schema: { tags, summary, querystring: PageQuery, response: { 200: StatusPages } } },
    async ({ query: { limit, cursor } }) => {
      const page = pageOf(monitor.statusPages(), (listed) => [listed.page.id], { limit, cursor });
      return { items: page.items.map((listed) => answer(listed, room)), next: page.next };
    },
  );
  app.get(
    '/status-pages/:id',
    { schema: { tags, summary: 'One status page', params: IdParams, response: { 200: StatusPage } } },
    async ({ params: { id } }) => {
      const listed = monitor.statusPages().find(({ page }) => page.id === id);
      return answer(found(listed ?? null, WHAT, id), room);
    },
  );
  changeRoutes(app, room);
}

function changeRoutes(app: App, room: Room): void {
  const { monitor } = room;
  app.post(
    '/status-pages',
    { schema: { tags, summary: 'Add a status page', body: Entry, response: { 201: StatusPage } } },
    async ({ body }, reply) => {
      const added = answer(await monitor.addStatusPage(body), room);
      return reply.code(201).header('location', `/api/v1/status-pages/${added.id}`).send(added);
    },
  );
  const changed = { summary: 'Change a status page (JSON merge patch)', response: { 200: StatusPage } };
  app.patch(
    '/status-pages/:id',
    { schema: { tags, params: IdParams, body: Entry, ...changed } },
    async ({ params: { id }, body }) => answer(found(await monitor.changeStatusPage(id, body), WHAT, id), room),
  );
  app.delete(
    '/status-pages/:id',
    { schema: { tags, summary: 'Remove a status page', params: IdParams, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      if (!(await monitor.removeStatusPage(id))) throw notFound(WHAT, id);
      return reply.code(204).send(null);
    },
  );
}

function answer(
  { page, entry }: ListedPage,
  { monitor, publicUrl }: Pick<Room, 'monitor' | 'publicUrl'>,
): wire.StatusPage {
  const { id, source, title, servers, tags: ofServers, notes } = page;
  return {
    id,
    source: source.kind,
    title,
    servers: [...servers],
    tags: [...ofServers],
    notes,
    url: pageUrl(publicUrl, id),
    shown: groupsOf(page, monitor.servers()).flatMap(({ members }) => members.map(({ server }) => server.id)),
    hidden: servers.filter((server) => monitor.server(server)?.server.isPublic !== true),
    defined_at: source.kind === 'config' ? { file: source.file, line: source.line } : null,
    config: { ...entry },
  };
}
