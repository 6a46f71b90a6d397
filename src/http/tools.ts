import type { ToolDifference } from '../core/drift.ts';
import { diffTools } from '../core/drift.ts';
import type { WatchedServer } from '../core/monitor.ts';
import type { ListedTool } from '../core/tool-list.ts';
import type { ToolChange } from '../core/tool-standing.ts';
import { isoOrNull, isoTime } from './probe-answer.ts';
import { found } from './problem.ts';
import type { App, Room } from './room.ts';
import { page } from './schema-probe.ts';
import { AcceptToolsBody, IdParams, PageQuery } from './schema-request.ts';
import * as schema from './schema-tools.ts';
import type * as wire from './wire.ts';

const tags = ['tools'];

/** The list of tools of a server, how it changed, and the way to accept it as it is. */
export function toolRoutes(app: App, room: Room): void {
  const { monitor, store } = room;
  app.get(
    '/servers/:id/tools',
    { schema: { tags, summary: 'The last list of tools', params: IdParams, response: { 200: schema.Tools } } },
    async ({ params: { id } }) => toolsAnswer(found(monitor.server(id), 'server', id), room),
  );
  app.get(
    '/servers/:id/tools/changes',
    {
      schema: {
        tags,
        summary: 'How the list of tools changed, newest first',
        params: IdParams,
        querystring: PageQuery,
        response: { 200: page(schema.ToolChange) },
      },
    },
    async ({ params: { id }, query: { limit, cursor = null } }) => {
      found(monitor.server(id), 'server', id);
      const { items, next } = await store.toolChanges(id, { limit, cursor });
      return { items: items.map(changeAnswer), next };
    },
  );
  app.post(
    '/servers/:id/tools/accept',
    {
      schema: {
        tags,
        summary: 'Accept the last list of tools; drift is measured from it from now on',
        params: IdParams,
        body: AcceptToolsBody,
        response: { 200: schema.Tools },
      },
    },
    async ({ params: { id }, body }) =>
      toolsAnswer(found(await monitor.acceptTools(id, body?.hash ?? null), 'server', id), room),
  );
}

async function toolsAnswer({ server, tools: standing }: WatchedServer, { store }: Room): Promise<wire.Tools> {
  const lists = standing === null ? null : await store.toolLists(server.id);
  const diff = lists === null ? null : diffTools(lists.accepted, lists.current);
  return {
    server: server.id,
    hash: lists?.current.hash ?? null,
    since: isoOrNull(standing?.current.at ?? null),
    accepted_hash: lists?.accepted.hash ?? null,
    accepted_at: isoOrNull(standing?.accepted.at ?? null),
    drift:
      diff === null || diff.grade === null
        ? null
        : { grade: diff.grade, differences: diff.differences.map(differenceAnswer), omitted: diff.omitted },
    items: lists?.current.tools.map(toolAnswer) ?? [],
  };
}

/** One tool as a server lists it. */
export function toolAnswer({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  annotations,
}: ListedTool): wire.Tool {
  return { name, title, description, input_schema: inputSchema, output_schema: outputSchema, annotations };
}

function changeAnswer({ id, at, from, to, grade, differences, omitted }: ToolChange): wire.ToolChange {
  const shown = differences.map(differenceAnswer);
  return { id, at: isoTime(at), from_hash: from, to_hash: to, grade, differences: shown, omitted };
}

function differenceAnswer(difference: ToolDifference): wire.ToolDifference {
  return { ...difference };
}
