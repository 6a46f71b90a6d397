import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ChannelPage } from '../../src/http/schema-incident.ts';
import type * as wire from '../../src/http/wire.ts';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { answering, type Receiver, startReceiver } from '../fixtures/receiver.ts';
import { BROKEN, startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const body = z.object({
  event: z.string(),
  server: z.object({ id: z.string() }),
  reason: z.object({ code: z.string() }),
});

function told({ posts }: Receiver): readonly (readonly [event: string, server: string, reason: string])[] {
  return posts.map(({ body: text }) => {
    const { event, server, reason } = body.parse(JSON.parse(text));
    return [event, server.id, reason.code];
  });
}

/** A channel that refuses for good and one that works; a server that was up and breaks. */
async function scene() {
  const target = await startMoody();
  onTestFinished(target.close);
  let isRefusing = true;
  const pager = await startReceiver((response, post) => {
    answering(isRefusing ? 404 : 204, isRefusing ? 'no such hook' : '')(response, post);
  });
  onTestFinished(pager.close);
  const ops = await startReceiver(answering(204));
  onTestFinished(ops.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['pager'] },
    channels: { pager: { type: 'webhook', url: pager.url }, ops: { type: 'webhook', url: ops.url } },
    servers: [{ id: 'orders', url: target.url() }],
  });
  const api = openApi((await here.serve()).url);
  await api.becomes('orders', 'up');
  target.become(BROKEN);
  const mend = () => {
    isRefusing = false;
  };
  return { api, pager, ops, mend };
}

test('a notice that its receiver refuses is listed, told of on another channel, and sent again when asked for', async () => {
  const { api, pager, ops, mend } = await scene();
  await until(() => ops.posts.length > 0, { what: 'the other channel is told' });
  expect(told(ops)).toEqual([['incident.opened', '_monitor', 'monitor_channel_failing']]);
  expect(told(pager)).toMatchObject([['incident.opened', 'orders', expect.any(String)]]);
  const [failed] = (await api.deliveries()).filter(({ status }) => status === 'failed');
  expect(failed).toMatchObject({ channel: 'pager', event: 'incident.opened' });
  expect(failed?.tries.at(-1)?.answer).toContain('no such hook');
  const channel = async (): Promise<wire.Channel | undefined> => {
    const { items } = ChannelPage.parse(JSON.parse((await api.send('GET', '/api/v1/channels')).text));
    return items.find(({ id }) => id === 'pager');
  };
  expect((await channel())?.delivery).toMatchObject({ failures_in_a_row: 1, failed: 1, pending: 0 });

  mend();
  expect((await api.send('POST', `/api/v1/deliveries/${failed?.id}/resend`)).status).toBeLessThan(300);
  await until(() => ops.posts.length > 1, { what: 'the end of it is told' });
  expect(told(ops)[1]).toEqual(['incident.resolved', '_monitor', 'monitor_channel_failing']);
  expect(told(pager)).toHaveLength(2);
  expect(pager.posts[1]?.headers['webhook-id']).toBe(pager.posts[0]?.headers['webhook-id']);
  expect((await channel())?.delivery).toMatchObject({
    failures_in_a_row: 0,
    failed: 0,
    last_ok: { answer: expect.any(String) },
  });
});
