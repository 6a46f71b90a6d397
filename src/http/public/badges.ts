import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatLatency, formatPercent } from '../../core/duration.ts';
import { nothingThere } from '../problem.ts';
import type { App, Room } from '../room.ts';
import { IdParams } from '../schema-request.ts';
import { type Badge, badgeSvg, STATUS_TONES, shieldsJson, type Tone } from './badge.ts';
import { sendTagged } from './caching.ts';
import { openServer, publicServer, publicUptime } from './public-server.ts';

type Parts = Pick<Room, 'monitor' | 'store' | 'clock'>;
type Draw = (parts: Parts, id: string) => Promise<Badge>;

/** Below it an uptime over 30 days is worth a look, and below that it is bad: 43 min and 7 h of a month. */
const FAIR_UPTIME = 0.999;
const BAD_UPTIME = 0.99;
const UPTIME_DAYS = 30;
/** The limit a server has by default, and the time above which a handshake feels broken. */
const FAIR_P95_MS = 500;
const BAD_P95_MS = 3000;

const DRAW = {
  state: async ({ monitor }, id) => {
    const { name, status } = publicServer(openServer(monitor, id));
    return { label: name, value: status, tone: STATUS_TONES[status] };
  },
  uptime: async ({ monitor, store, clock }, id) => {
    openServer(monitor, id);
    const share = await publicUptime(store, clock, { id, days: UPTIME_DAYS });
    const tone = share === null ? 'none' : share >= FAIR_UPTIME ? 'good' : share >= BAD_UPTIME ? 'fair' : 'bad';
    return { label: `uptime ${UPTIME_DAYS} d`, value: formatPercent(share), tone };
  },
  p95: async ({ monitor }, id) => {
    const { p95Ms } = publicServer(openServer(monitor, id));
    return { label: 'P95 24 h', value: formatLatency(p95Ms), tone: p95Tone(p95Ms) };
  },
} as const satisfies Record<string, Draw>;

function p95Tone(ms: number | null): Tone {
  if (ms === null) return 'none';
  return ms <= FAIR_P95_MS ? 'good' : ms <= BAD_P95_MS ? 'fair' : 'bad';
}

/** `/badge/{id}.svg`, `/badge/{id}/uptime.svg`, `/badge/{id}/p95.svg`; each as `.json` for shields.io. */
export function badgeRoutes(app: App, parts: Parts): void {
  const schema = { hide: true, params: IdParams } as const;
  app.get('/badge/:id', { schema }, async (request, reply) => {
    const [, id, format] = /^(.+)\.(svg|json)$/.exec(request.params.id) ?? [];
    if (id === undefined) throw nothingThere();
    return send(request, reply, { badge: await DRAW.state(parts, id), format });
  });
  for (const what of ['uptime', 'p95'] as const)
    for (const format of ['svg', 'json'])
      app.get(`/badge/:id/${what}.${format}`, { schema }, async (request, reply) =>
        send(request, reply, { badge: await DRAW[what](parts, request.params.id), format }),
      );
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { badge, format }: { readonly badge: Badge; readonly format: string | undefined },
): FastifyReply {
  return format === 'json'
    ? sendTagged(request, reply.type('application/json; charset=utf-8'), JSON.stringify(shieldsJson(badge)))
    : sendTagged(request, reply.type('image/svg+xml; charset=utf-8'), badgeSvg(badge));
}
