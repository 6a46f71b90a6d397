import { z } from 'zod';
import { FRESH } from '../core/channel-health.ts';
import type { ChannelStanding, ListedChannel } from '../core/monitor.ts';
import { channelAnswer, kindAnswer } from './incident-answer.ts';
import { pageOf } from './paging.ts';
import { found, notFound } from './problem.ts';
import type { App, Room } from './room.ts';
import { Channel, ChannelKindPage, ChannelPage, ChannelTest } from './schema-incident.ts';
import { Entry, IdParams, PageQuery } from './schema-request.ts';

const tags = ['channels'];
const UNTRIED: ChannelStanding = { health: FRESH, circuit: 'closed', nextTryAt: null, pending: 0, failed: 0 };

export function channelRoutes(app: App, { monitor, channelForms }: Room): void {
  const kinds = channelForms.map(kindAnswer);
  const { answer, answerOne } = answering(monitor);

  app.get(
    '/channels',
    { schema: { tags, summary: 'Channels', querystring: PageQuery, response: { 200: ChannelPage } } },
    async ({ query: { limit, cursor } }) => {
      const page = pageOf(monitor.channels(), ({ channel }) => [channel.id], { limit, cursor });
      return { items: await answer(page.items), next: page.next };
    },
  );
  app.get(
    '/channel-kinds',
    { schema: { tags, summary: 'Kinds of channel and what each asks for', response: { 200: ChannelKindPage } } },
    async () => ({ items: kinds, next: null }),
  );
  app.post(
    '/channels',
    { schema: { tags, summary: 'Add a channel', body: Entry, response: { 201: Channel } } },
    async ({ body }, reply) => {
      const added = await monitor.addChannel(body);
      const path = `/api/v1/channels/${encodeURIComponent(added.channel.id)}`;
      return reply
        .code(201)
        .header('location', path)
        .send(await answerOne(added));
    },
  );
  app.get(
    '/channels/:id',
    { schema: { tags, summary: 'One channel', params: IdParams, response: { 200: Channel } } },
    async ({ params: { id } }) => {
      const listed = monitor.channels().find(({ channel }) => channel.id === id);
      return answerOne(found(listed ?? null, 'channel', id));
    },
  );
  app.patch(
    '/channels/:id',
    {
      schema: {
        tags,
        summary: 'Change a channel (JSON merge patch)',
        params: IdParams,
        body: Entry,
        response: { 200: Channel },
      },
    },
    async ({ params: { id }, body }) => answerOne(found(await monitor.changeChannel(id, body), 'channel', id)),
  );
  app.delete(
    '/channels/:id',
    { schema: { tags, summary: 'Remove a channel', params: IdParams, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      if (!(await monitor.removeChannel(id))) throw notFound('channel', id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/channels/:id/test',
    { schema: { tags, summary: 'Send a test notice', params: IdParams, response: { 200: ChannelTest } } },
    async ({ params: { id } }) => found(await monitor.testChannel(id), 'channel', id),
  );
}

/** The answers about channels, each with how it fares. */
function answering(monitor: Room['monitor']) {
  const answer = async (listed: readonly ListedChannel[]) => {
    const standings = await monitor.channelStandings();
    return listed.map((one) => channelAnswer(one, standings.get(one.channel.id) ?? UNTRIED));
  };
  const answerOne = async (listed: ListedChannel) => {
    const standings = await monitor.channelStandings();
    return channelAnswer(listed, standings.get(listed.channel.id) ?? UNTRIED);
  };
  return { answer, answerOne };
}
