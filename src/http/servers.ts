import { z } from 'zod';
import type { WatchedServer } from '../core/monitor.ts';
import { SIGNALS } from '../core/signal.ts';
import { isBad } from '../core/state.ts';
import { addressOf } from '../core/target.ts';
import { asMade } from './as-made.ts';
import { inPieces } from './in-pieces.ts';
import { bySeverity } from './incident-answer.ts';
import { type Key, pageOf } from './paging.ts';
import { isoTime, probeAnswer } from './probe-answer.ts';
import { found, notFound, ProblemError } from './problem.ts';
import type { App, Room } from './room.ts';
import { Probe } from './schema-probe.ts';
import { BeatsQuery, Entry, IdParams, PauseBody, ServersQuery } from './schema-request.ts';
import { Beats, ServerDetail, ServerPage } from './schema-server.ts';
import { detailAnswer, rowAnswer } from './server-answer.ts';
import type * as wire from './wire.ts';
import type { ServerRow } from './wire.ts';

const tags = ['servers'];
const ROWS_AT_ONCE = 100;

export function serverRoutes(app: App, room: Room): void {
  listRoutes(app, room);
  entryRoutes(app, room);
  actionRoutes(app, room);
}

function listRoutes(app: App, { monitor, uptimes }: Room): void {
  app.get(
    '/servers',
    {
      schema: { tags, summary: 'Servers, worst first', querystring: ServersQuery, response: { 200: ServerPage } },
      serializerCompiler: asMade,
    },
    async ({ query }) => {
      const shares = await uptimes.all();
      const uptimeOf = ({ server }: WatchedServer) => shares.get(server.id) ?? null;
      const page = pageOf(
        monitor.servers().filter((watched) => matches(watched, query)),
        (watched) => sortKey(watched, uptimeOf, query.sort),
        { limit: query.limit, cursor: query.cursor },
      );
      const items = await inPieces(page.items, ROWS_AT_ONCE, (watched) => rowAnswer(watched, uptimeOf(watched)));
      return { items, next: page.next };
    },
  );
  app.get(
    '/servers/beats',
    {
      schema: { tags, summary: 'The last 24 h as 48 state letters', querystring: BeatsQuery, response: { 200: Beats } },
    },
    async ({ query }) => {
      const wanted = query.ids === undefined ? null : new Set(query.ids);
      const shown = monitor.servers().filter(({ server }) => wanted === null || wanted.has(server.id));
      return { items: shown.map(({ server, beats }) => ({ id: server.id, beats: beats() })) };
    },
  );
}

function entryRoutes(app: App, room: Room): void {
  const { monitor } = room;
  app.post(
    '/servers',
    { schema: { tags, summary: 'Add a server', body: Entry, response: { 201: ServerDetail } } },
    async ({ body }, reply) => {
      const added = await monitor.addServer(body);
      const path = `/api/v1/servers/${encodeURIComponent(added.server.id)}`;
      return reply
        .code(201)
        .header('location', path)
        .send(await detail(added, room));
    },
  );
  app.get(
    '/servers/:id',
    { schema: { tags, summary: 'One server', params: IdParams, response: { 200: ServerDetail } } },
    async ({ params: { id } }) => detail(found(monitor.server(id), 'server', id), room),
  );
  app.patch(
    '/servers/:id',
    {
      schema: {
        tags,
        summary: 'Change a server (JSON merge patch)',
        params: IdParams,
        body: Entry,
        response: { 200: ServerDetail },
      },
    },
    async ({ params: { id }, body }) => detail(found(await monitor.changeServer(id, body), 'server', id), room),
  );
  app.delete(
    '/servers/:id',
    { schema: { tags, summary: 'Remove a server and its history', params: IdParams, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      if (!(await monitor.removeServer(id))) throw notFound('server', id);
      return reply.code(204).send(null);
    },
  );
}

function actionRoutes(app: App, room: Room): void {
  const { monitor, clock } = room;
  app.post(
    '/servers/:id/probe',
    { schema: { tags, summary: 'Probe now', params: IdParams, response: { 200: Probe } } },
    async ({ params: { id } }) => probeAnswer(found(await monitor.probeNow(id), 'server', id)),
  );
  app.post(
    '/servers/:id/pause',
    { schema: { tags, summary: 'Stop probing', params: IdParams, body: PauseBody, response: { 200: ServerDetail } } },
    async ({ params: { id }, body }) => {
      const until = body?.until == null ? null : Date.parse(body.until);
      if (until !== null && until <= clock.now()) throw past(until);
      return detail(found(await monitor.pause(id, until), 'server', id), room);
    },
  );
  app.post(
    '/servers/:id/resume',
    { schema: { tags, summary: 'Probe again', params: IdParams, response: { 200: ServerDetail } } },
    async ({ params: { id } }) => detail(found(await monitor.resume(id), 'server', id), room),
  );
}

function past(until: number): ProblemError {
  const errors = [{ path: 'until', message: `${isoTime(until)} is over. Give a time to come, or leave it out.` }];
  return new ProblemError(422, 'The body cannot be used; nothing was changed.', { errors });
}

async function detail(watched: WatchedServer, { store, uptimes }: Room): Promise<wire.ServerDetail> {
  const id = watched.server.id;
  const open = await store.incidents({ state: 'open', serverId: id }, { limit: 100, cursor: null });
  const openIncidents = [...open.items].sort(bySeverity).map((incident) => incident.id);
  return detailAnswer(watched, { uptime: await uptimes.of(id), openIncidents });
}

function matches({ server, status, pause }: WatchedServer, { state, tag, q }: z.output<typeof ServersQuery>): boolean {
  if (state !== undefined && !state.includes(pause === null ? status.state : 'paused')) return false;
  if (tag?.some((wanted) => !server.tags.includes(wanted))) return false;
  if (q === undefined) return true;
  const needle = q.toLowerCase();
  const texts = [server.id, server.name, addressOf(server), ...server.tags];
  return texts.some((text) => text.toLowerCase().includes(needle));
}

/** From worst to best. */
const STATES: readonly ServerRow['state'][] = [
  'down',
  'degraded',
  'auth_required',
  'rate_limited',
  'unknown',
  'paused',
  'up',
];

function sortKey(
  watched: WatchedServer,
  uptimeOf: (watched: WatchedServer) => number | null,
  sort: z.output<typeof ServersQuery>['sort'],
): Key {
  const { server, status, pause } = watched;
  const name = [server.name.toLowerCase(), server.id];
  switch (sort) {
    case 'name':
      return name;
    case 'state':
      return [STATES.indexOf(pause === null ? status.state : 'paused'), isTurningBad(status) ? 0 : 1, ...name];
    case 'p95':
      return [-(watched.latency().p95Ms ?? -1), ...name];
    case 'uptime':
      return [uptimeOf(watched) ?? 2, ...name];
  }
}

function isTurningBad({ signals }: WatchedServer['status']): boolean {
  return SIGNALS.some((signal) => isBad(signals[signal].turning?.to ?? 'ok'));
}
