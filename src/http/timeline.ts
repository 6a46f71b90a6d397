import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Incident } from '../core/incident.ts';
import { stateLine } from '../core/state-line.ts';
import type { VersionTurn } from '../core/store.ts';
import { isoOrNull, isoTime } from './probe-answer.ts';
import { found } from './problem.ts';
import type { App, HttpStore, Room } from './room.ts';
import { IdParams, SpanQuery } from './schema-request.ts';
import { Timeline } from './schema-server.ts';
import { countedSpans } from './uptimes.ts';
import { type Span, spanOf } from './window.ts';

const DAY_MS = 86_400_000;
const PAGE = 100;
/** More of them no chart can tell apart. */
const MAX_INCIDENTS = 200;

/** What happened to one server, for what is drawn along a time axis. */
export function timelineRoutes(app: App, { monitor, store, clock }: Room): void {
  app.get(
    '/servers/:id/timeline',
    {
      schema: {
        tags: ['probes'],
        summary: 'States, incidents and changes of version over time',
        params: IdParams,
        querystring: SpanQuery,
        response: { 200: Timeline },
      },
    },
    async ({ params: { id }, query }) => {
      found(monitor.server(id), 'server', id);
      const span = spanOf(query, clock.now());
      const states = stateLine(await countedSpans(store, [id], span.from, span.to), span);
      return {
        server: id,
        from: isoTime(span.from),
        to: isoTime(span.to),
        states: states.map(({ state, from, to }) => ({ state, from: isoTime(from), to: isoTime(to) })),
        incidents: (await incidentsOf(store, id, span)).map((incident) => ({
          id: incident.id,
          signal: incident.signal,
          severity: incident.severity,
          message: incident.reason.message,
          started_at: isoTime(incident.startedAt),
          resolved_at: isoOrNull(incident.resolvedAt),
          attached_to: incident.attachedTo,
        })),
        deploys: deploysOf(await versionsOf(store, id, span)),
      };
    },
  );
}

/** Newest first. Read until a page holds nothing that is as new: incidents are stored in the order of their opening. */
async function incidentsOf(
  store: Pick<HttpStore, 'incidents'>,
  serverId: string,
  { from, to }: Span,
): Promise<readonly Incident[]> {
  const touching: Incident[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<HttpStore['incidents']>> = await store.incidents(
      { state: null, serverId },
      { limit: PAGE, cursor },
    );
    touching.push(
      ...page.items.filter(({ startedAt, resolvedAt }) => startedAt < to && (resolvedAt === null || resolvedAt > from)),
    );
    cursor = page.items.some(({ openedAt }) => openedAt > from) ? page.next : null;
  } while (cursor !== null && touching.length < MAX_INCIDENTS);
  return touching.slice(0, MAX_INCIDENTS);
}

/** Day by day, with other work in between. */
async function versionsOf(
  store: Pick<HttpStore, 'versions'>,
  id: string,
  { from, to }: Span,
): Promise<readonly VersionTurn[]> {
  const all: VersionTurn[] = [];
  for (let at = from; at < to; at += DAY_MS, await othersFirst())
    all.push(...(await store.versions(id, at, Math.min(at + DAY_MS, to))));
  return all;
}

function deploysOf(versions: readonly VersionTurn[]): { at: string; version: string; before: string }[] {
  return versions.flatMap(({ at, version }, nth) => {
    const before = versions[nth - 1]?.version;
    return before === undefined || before === version ? [] : [{ at: isoTime(at), version, before }];
  });
}
