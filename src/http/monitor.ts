import { monitorAnswer, summaryAnswer } from './monitor-answer.ts';
import type { App, Room } from './room.ts';
import { Monitor, Summary } from './schema-monitor.ts';

const tags = ['monitor'];
const DAY_MS = 86_400_000;

export function monitorRoutes(app: App, { monitor, store, clock, hub, hasPassword }: Room): void {
  app.get('/summary', { schema: { tags, summary: 'How everything stands', response: { 200: Summary } } }, async () => {
    const now = clock.now();
    const [figures, open, toNobody] = await Promise.all([
      monitor.figures(),
      store.openIncidents(),
      store.deliveries('nobody', { limit: 100, cursor: null }),
    ]);
    return summaryAnswer({
      now,
      servers: monitor.servers(),
      figures,
      incidentsOpen: open.length,
      channels: monitor.channels().length,
      toNobody: toNobody.items.map(({ notice }) => notice.at).filter((at) => at > now - DAY_MS),
      hasPassword,
    });
  });
  app.get(
    '/monitor',
    { schema: { tags, summary: 'The monitor’s own figures', response: { 200: Monitor } } },
    async () => monitorAnswer(await monitor.figures(), hub.streams()),
  );
}
