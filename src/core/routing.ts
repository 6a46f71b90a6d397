import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';
import type { AddressedNotice, Notice } from './notice.ts';
import type { Server } from './server.ts';
import type { Severity } from './signal.ts';
import { SEVERITIES } from './signal.ts';
import { addressOf } from './target.ts';

/** What routing needs to know of a channel. */
export interface Route {
  readonly id: string;
  /** Lowest severity told; null: all. */
  readonly severity: Severity | null;
  /** Told only for servers with one of these tags; empty: all. */
  readonly tags: readonly string[];
}

export interface NoticeContext {
  /** Whom it is about, as notices name it. */
  readonly server: Notice['server'];
  /** The channels it wants told, by id. */
  readonly channels: readonly string[];
  readonly routes: readonly Route[];
  readonly location: string;
  readonly publicUrl: string;
  readonly at: number;
  readonly newId: () => string;
  /** An `opened` decided now is not sent before this time; left out: it is not held. */
  readonly heldUntil?: number;
  /** The end of the maintenance that the server is in; null or left out: it is in none. */
  readonly maintenanceUntil?: number | null;
}

/**
 * Turns announcements into notices, one per channel, and notes on each incident whom it told. A `resolved` goes exactly
 * where its `opened` went; an incident that grew more severe is told to those who were not told of it yet.
 */
export function decideNotices(
  announcements: readonly Announcement[],
  context: NoticeContext,
): { notices: readonly AddressedNotice[]; told: readonly Incident[] } {
  const { heldUntil, maintenanceUntil = null } = context;
  const addressed = announcements.map(({ event, incident }) => {
    const before = incident.told ?? [];
    if (event !== 'incident.opened')
      return { event, channels: toSomebody(before), incident: { ...incident, told: before } };
    const fresh = channelsFor(incident, context).filter((id) => !before.includes(id));
    const channels = incident.told === null ? toSomebody(fresh) : fresh;
    return { event, channels, incident: { ...incident, told: [...before, ...fresh] } };
  });
  const notices = addressed.flatMap(({ event, incident, channels }) =>
    channels.map((channel) => ({
      channel,
      notice: write(event, incident, context),
      ...(event === 'incident.opened' && heldUntil !== undefined ? { notBefore: heldUntil } : {}),
      ...(event === 'incident.opened' && maintenanceUntil !== null ? { maintenanceUntil } : {}),
    })),
  );
  return { notices, told: addressed.map(({ incident }) => incident) };
}

/** A server as its notices name it. */
export function namedIn(server: Server): Notice['server'] {
  return { id: server.id, name: server.name, url: addressOf(server), tags: server.tags };
}

/** A notice that nobody receives is kept all the same. */
function toSomebody(channels: readonly string[]): readonly (string | null)[] {
  return channels.length === 0 ? [null] : channels;
}

function channelsFor(incident: Incident, { server, channels, routes }: NoticeContext): readonly string[] {
  return routes
    .filter(({ id }) => channels.includes(id))
    .filter(
      ({ severity }) => severity === null || SEVERITIES.indexOf(incident.severity) <= SEVERITIES.indexOf(severity),
    )
    .filter(({ tags }) => tags.length === 0 || tags.some((tag) => server.tags.includes(tag)))
    .map(({ id }) => id);
}

function write(
  event: Notice['event'],
  incident: Incident,
  { server, location, publicUrl, at, newId }: NoticeContext,
): Notice {
  return {
    id: newId(),
    event,
    dedupKey: `alivemcp-${incident.id}`,
    at,
    server,
    incident,
    location,
    dashboardUrl: `${publicUrl.replace(/\/$/, '')}/incidents/${incident.id}`,
    wasDown: false,
  };
}
