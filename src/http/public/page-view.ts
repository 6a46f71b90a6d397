import type { CountedSpan } from '../../core/apart.ts';
import { groupBy } from '../../core/group.ts';
import type { Incident } from '../../core/incident.ts';
import type { WatchedServer } from '../../core/monitor.ts';
import { pageSentence } from '../../core/page-sentence.ts';
import type { Clock } from '../../core/ports.ts';
import type { Signal } from '../../core/signal.ts';
import { groupsOf, type StatusPage } from '../../core/status-page.ts';
import { type UptimeDay, uptimeDays, uptimeOf, uptimeShare } from '../../core/uptime.ts';
import type { HttpStore } from '../room.ts';
import { countedSpans } from '../uptimes.ts';
import { type PublicServer, type PublicStatus, publicServer } from './public-server.ts';

const DAY_MS = 86_400_000;
const DAYS = 90;
/** Incidents told on a page; older ones are counted in the bars. */
const MAX_INCIDENTS = 20;
const INCIDENT_DAYS = 30;

/** A status page with everything it says, and nothing it does not: names, times and states, no reasons and no addresses. */
export interface PageView {
  readonly id: string;
  readonly title: string;
  readonly notes: string;
  readonly sentence: string;
  readonly status: PublicStatus;
  readonly at: number;
  readonly groups: readonly { readonly tag: string | null; readonly servers: readonly PageServer[] }[];
  /** Newest first. */
  readonly incidents: readonly PageIncident[];
}

export interface PageServer extends PublicServer {
  readonly inMaintenance: boolean;
  /** 90 UTC days, oldest first. */
  readonly days: readonly UptimeDay[];
  /** 0..1 over these days; null when nothing is known. */
  readonly uptime: number | null;
}

export interface PageIncident {
  readonly id: string;
  readonly server: string;
  readonly what: string;
  readonly from: number;
  /** null: it goes on. */
  readonly to: number | null;
}

/** What is told of an incident by its signal; one of any other signal is not the public's business. */
const TOLD: Readonly<Partial<Record<Signal, string>>> = {
  protocol: 'did not answer',
  canary: 'answered, but its tool calls failed',
  health_url: 'reported a problem',
  latency: 'was slow',
  pool: 'was short of capacity',
};

type Parts = { readonly store: HttpStore; readonly clock: Clock };

export async function pageView(
  page: StatusPage,
  servers: readonly WatchedServer[],
  { store, clock }: Parts,
): Promise<PageView> {
  const at = clock.now();
  const groups = groupsOf(page, servers);
  const spansOf = await readSpans(
    groups.flatMap(({ members }) => members.map(({ server }) => server.id)),
    { store, now: at },
  );
  const shown = groups.map(({ tag, members }) => ({
    tag,
    servers: members.map((member) => pageServer(member, spansOf(member.server.id), at)),
  }));
  const all = shown.flatMap((group) => group.servers);
  return {
    id: page.id,
    title: page.title,
    notes: page.notes,
    ...standingOf(all),
    at,
    groups: shown,
    incidents: await incidentsOf(all, store, at),
  };
}

function standingOf(all: readonly PageServer[]): Pick<PageView, 'sentence' | 'status'> {
  const named = (status: PublicStatus): string[] =>
    all.filter((server) => server.status === status).map(({ name }) => name);
  const [down, degraded] = [named('down'), named('degraded')];
  const known = all.length - named('unknown').length;
  return {
    sentence: pageSentence(down, degraded, all.length, known),
    status: down.length > 0 ? 'down' : degraded.length > 0 ? 'degraded' : known > 0 ? 'live' : 'unknown',
  };
}

async function readSpans(
  ids: readonly string[],
  { store, now }: { readonly store: HttpStore; readonly now: number },
): Promise<(id: string) => readonly CountedSpan[]> {
  const spans = ids.length === 0 ? [] : await countedSpans(store, ids, firstDay(now), now);
  const byServer = groupBy(spans, ({ serverId }) => serverId);
  return (id) => byServer.get(id) ?? [];
}

function firstDay(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS;
}

function pageServer(watched: WatchedServer, spans: readonly CountedSpan[], now: number): PageServer {
  return {
    ...publicServer(watched),
    inMaintenance: watched.maintenanceUntil !== null,
    days: uptimeDays(spans, DAYS, now),
    uptime: uptimeShare(uptimeOf(spans, firstDay(now), now)),
  };
}

async function incidentsOf(
  servers: readonly PageServer[],
  store: Pick<HttpStore, 'incidents'>,
  now: number,
): Promise<readonly PageIncident[]> {
  const lists = await Promise.all(
    servers.map(async ({ id, name }) => {
      const page = await store.incidents({ state: null, serverId: id }, { limit: MAX_INCIDENTS, cursor: null });
      return page.items.flatMap((incident) => told(incident, name));
    }),
  );
  return lists
    .flat()
    .filter(({ to }) => to === null || to > now - INCIDENT_DAYS * DAY_MS)
    .sort((a, b) => b.from - a.from)
    .slice(0, MAX_INCIDENTS);
}

/** By the server's present name: it may have had another when it was nobody else's business. */
function told(
  { id, signal, level, startedAt, resolvedAt, attachedTo }: Incident,
  server: string,
): readonly PageIncident[] {
  const what = TOLD[signal];
  const isQuiet = level === 'warn' && signal !== 'latency';
  if (what === undefined || attachedTo !== null || isQuiet) return [];
  return [{ id, server, what, from: startedAt, to: resolvedAt }];
}
