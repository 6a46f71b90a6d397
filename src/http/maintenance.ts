import { z } from 'zod';
import type { ListedWindow } from '../core/monitor.ts';
import { pageOf } from './paging.ts';
import { isoOrNull, isoTime } from './probe-answer.ts';
import { found, notFound } from './problem.ts';
import type { App, Room } from './room.ts';
import { MaintenancePage, MaintenanceWindow } from './schema-maintenance.ts';
import { Entry, IdParams, PageQuery } from './schema-request.ts';
import type * as wire from './wire.ts';

const tags = ['maintenance'];
const WHAT = 'maintenance window';

export function maintenanceRoutes(app: App, { monitor }: Room): void {
  app.get(
    '/maintenance',
    {
      schema: {
        tags,
        summary: 'Maintenance windows: those that are open, then by when they open next',
        querystring: PageQuery,
        response: { 200: MaintenancePage },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const page = pageOf(monitor.windows(), sortKey, { limit, cursor });
      return { items: page.items.map(windowAnswer), next: page.next };
    },
  );
  app.get(
    '/maintenance/:id',
    { schema: { tags, summary: 'One maintenance window', params: IdParams, response: { 200: MaintenanceWindow } } },
    async ({ params: { id } }) => {
      const listed = monitor.windows().find(({ window }) => window.id === id);
      return windowAnswer(found(listed ?? null, WHAT, id));
    },
  );
  changeRoutes(app, monitor);
}

function changeRoutes(app: App, monitor: Room['monitor']): void {
  app.post(
    '/maintenance',
    {
      schema: {
        tags,
        summary: 'Add a maintenance window. Without `cron` and `starts_at` it starts now',
        body: Entry,
        response: { 201: MaintenanceWindow },
      },
    },
    async ({ body }, reply) => {
      const added = await monitor.addWindow(body);
      const path = `/api/v1/maintenance/${encodeURIComponent(added.window.id)}`;
      return reply.code(201).header('location', path).send(windowAnswer(added));
    },
  );
  app.patch(
    '/maintenance/:id',
    {
      schema: {
        tags,
        summary: 'Change a maintenance window (JSON merge patch)',
        params: IdParams,
        body: Entry,
        response: { 200: MaintenanceWindow },
      },
    },
    async ({ params: { id }, body }) => windowAnswer(found(await monitor.changeWindow(id, body), WHAT, id)),
  );
  app.delete(
    '/maintenance/:id',
    {
      schema: {
        tags,
        summary: 'Remove a maintenance window. What it held is told at once if it is still so',
        params: IdParams,
        response: { 204: z.null() },
      },
    },
    async ({ params: { id } }, reply) => {
      if (!(await monitor.removeWindow(id))) throw notFound(WHAT, id);
      return reply.code(204).send(null);
    },
  );
}

function sortKey({ window, openUntil, next }: ListedWindow): readonly (string | number)[] {
  return [openUntil === null ? 1 : 0, next[0]?.from ?? Number.MAX_SAFE_INTEGER, window.id];
}

function windowAnswer({ window, entry, openUntil, next }: ListedWindow): wire.MaintenanceWindow {
  const { id, source, servers, tags: ofServers, starts, durationMs } = window;
  return {
    id,
    source: source.kind,
    servers: [...servers],
    tags: [...ofServers],
    cron: starts.kind === 'cron' ? starts.expression : null,
    timezone: starts.kind === 'cron' ? starts.timezone : null,
    starts_at: starts.kind === 'once' ? isoTime(starts.at) : null,
    duration_ms: durationMs,
    active: openUntil !== null,
    until: isoOrNull(openUntil),
    next: next.map(({ from, to }) => ({ from: isoTime(from), to: isoTime(to) })),
    defined_at: source.kind === 'config' ? { file: source.file, line: source.line } : null,
    config: { ...entry },
  };
}
