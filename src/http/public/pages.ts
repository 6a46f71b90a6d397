import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WatchedServer } from '../../core/monitor.ts';
import type { StatusPage } from '../../core/status-page.ts';
import { escapeHtml, plainPage } from '../plain-page.ts';
import { nothingThere } from '../problem.ts';
import type { App, Room } from '../room.ts';
import { IdParams } from '../schema-request.ts';
import { sendTagged } from './caching.ts';
import { atomFeed, pageJson, rssFeed } from './page-feeds.ts';
import { pageHtml } from './page-html.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_CSS } from './page-style.ts';
import { pageUrl } from './page-url.ts';
import { type PageView, pageView } from './page-view.ts';

type Parts = Pick<Room, 'monitor' | 'store' | 'clock' | 'publicUrl'>;

/** A page asked for by many is made once in this time. */
const FRESH_MS = 10_000;

const NO_PAGE = plainPage(
  'No such page',
  '<h1>There is no status page here</h1>\n<p>It may have been renamed or removed. Ask whoever gave you the address.</p>\n<p>Whoever runs this monitor makes pages under <code>status_pages</code> in its configuration.</p>',
);

const HTML = 'text/html; charset=utf-8';

type Form = 'html' | 'atom' | 'rss' | 'json';
type Draw = (view: PageView, pageUrl: string) => string;

const FORMS: Readonly<Record<Form, { readonly type: string; readonly draw: Draw }>> = {
  html: { type: HTML, draw: pageHtml },
  atom: { type: 'application/atom+xml; charset=utf-8', draw: atomFeed },
  rss: { type: 'application/rss+xml; charset=utf-8', draw: rssFeed },
  json: { type: 'application/json; charset=utf-8', draw: (view, url) => JSON.stringify(pageJson(view, url)) },
};

/** `/status` (the one page there is, or the list of them) and `/status/{page}` with its feeds. */
export function pageRoutes(app: App, parts: Parts): void {
  const { monitor, publicUrl } = parts;
  const viewOf = createViews(app, parts);
  const hidden = { schema: { hide: true } } as const;
  const ofPage = { schema: { hide: true, params: IdParams } } as const;
  const send = async (request: FastifyRequest, reply: FastifyReply, { id, form }: { id: string; form: Form }) => {
    const page = monitor.statusPages().find((listed) => listed.page.id === id)?.page;
    const { type, draw } = FORMS[form];
    if (page === undefined) return sendNothing(reply, form);
    return sendTagged(request, reply.type(type), draw(await viewOf(page), pageUrl(publicUrl, id)));
  };
  app.get('/status', hidden, (request, reply) => {
    const pages = monitor.statusPages().map(({ page }) => page);
    const [only, ...others] = pages;
    if (only === undefined) return sendNothing(reply, 'html');
    if (others.length === 0) return reply.redirect(`/status/${only.id}`, 302);
    return sendTagged(request, reply.type(HTML), listHtml(pages));
  });
  app.get('/status/style.css', hidden, (request, reply) =>
    sendTagged(request, reply.type('text/css; charset=utf-8'), PAGE_CSS),
  );
  app.get('/status/page.js', hidden, (request, reply) =>
    sendTagged(request, reply.type('text/javascript; charset=utf-8'), PAGE_SCRIPT),
  );
  app.get('/status/:id', ofPage, (request, reply) => {
    const [, id = '', json] = /^(.*?)(\.json)?$/.exec(request.params.id) ?? [];
    return send(request, reply, { id, form: json === undefined ? 'html' : 'json' });
  });
  for (const form of ['atom', 'rss'] as const)
    app.get(`/status/:id/feed.${form}`, ofPage, (request, reply) =>
      send(request, reply, { id: request.params.id, form }),
    );
}

function sendNothing(reply: FastifyReply, form: Form): FastifyReply {
  if (form !== 'html') throw nothingThere();
  return reply.code(404).header('cache-control', 'no-store').type(HTML).send(NO_PAGE);
}

/** Views no older than `FRESH_MS`, and none from before a server turned or anything was changed. */
function createViews(app: App, { monitor, store, clock }: Parts): (page: StatusPage) => Promise<PageView> {
  const known = new Map<StatusPage, { readonly at: number; readonly view: Promise<PageView> }>();
  const stop = monitor.subscribe((event) => {
    if (event.kind !== 'delivery' && (event.kind !== 'server' || event.stateChanged)) known.clear();
  });
  app.addHook('onClose', async () => stop());
  return (page) => {
    const kept = known.get(page);
    const now = clock.monotonic();
    if (kept !== undefined && now - kept.at < FRESH_MS) return kept.view;
    const view = pageView(page, candidates(monitor, page), { store, clock });
    known.set(page, { at: now, view });
    view.catch(() => known.delete(page));
    return view;
  };
}

/** No more servers than the page may show. */
function candidates(monitor: Parts['monitor'], { servers, tags }: StatusPage): readonly WatchedServer[] {
  if (servers.length === 0 || tags.length > 0) return monitor.servers();
  return servers.flatMap((id) => monitor.server(id) ?? []);
}

function listHtml(pages: readonly StatusPage[]): string {
  const rows = pages.map(({ id, title }) => `<li><a href="/status/${id}">${escapeHtml(title)}</a></li>`);
  return plainPage('Status', `<h1>Status</h1>\n<ul>${rows.join('')}</ul>`);
}
