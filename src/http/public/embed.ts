import type { ToolChange } from '../../core/tool-standing.ts';
import type { App, Room } from '../room.ts';
import { IdParams } from '../schema-request.ts';
import { sendTagged } from './caching.ts';
import { EMBED_SCRIPT } from './embed-script.ts';
import { pageUrlOfServer } from './page-url.ts';
import { openServer, publicServer, publicUptime } from './public-server.ts';

const DAY_MS = 86_400_000;

type Parts = Pick<Room, 'monitor' | 'store' | 'clock' | 'publicUrl'>;

/** How a public server stands, for scripts of other sites, and the script that shows it. */
export function embedRoutes(app: App, parts: Parts): void {
  const { monitor, store, clock } = parts;
  app.get(
    '/api/embed-status/:id',
    { schema: { tags: ['public'], summary: 'How a public server stands', params: IdParams, hide: true } },
    async (request, reply) => {
      const { id } = request.params;
      const { status, lastProbeAt, p95Ms } = publicServer(openServer(monitor, id));
      const uptime = await publicUptime(store, clock, { id, days: 1 });
      const [newest] = (await store.toolChanges(id, { limit: 1, cursor: null })).items;
      const body = {
        slug: id,
        status,
        last_probe_at: lastProbeAt === null ? null : new Date(lastProbeAt).toISOString(),
        uptime_24h_pct: uptime === null ? null : Math.floor(uptime * 100_000) / 1000,
        p95_latency_ms_24h: p95Ms === null ? null : Math.round(p95Ms * 10) / 10,
        schema_drift_in_last_24h: isRecent(newest, clock.now()),
        status_page_url: pageUrlOfServer(parts, id),
      };
      reply.type('application/json; charset=utf-8');
      return sendTagged(request, reply, JSON.stringify(body));
    },
  );
  app.get('/embed.js', { schema: { hide: true } }, (request, reply) =>
    sendTagged(request, reply.type('text/javascript; charset=utf-8'), EMBED_SCRIPT),
  );
}

function isRecent(change: ToolChange | undefined, now: number): boolean {
  return change !== undefined && now - change.at < DAY_MS;
}
