import type { Audience } from './channel-kind.ts';
import { holdMs } from './flapping.ts';
import type { Flapping, Flaps } from './flaps.ts';
import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';
import type { AddressedNotice, Notice } from './notice.ts';
import type { QuietHours } from './quiet.ts';
import { quietUntil } from './quiet.ts';
import type { Server } from './server.ts';
import type { Severity, Signal } from './signal.ts';
import { SEVERITIES } from './signal.ts';
import { addressOf } from './target.ts';

/** What routing needs to know of a channel. */
export interface Route {
  readonly id: string;
  /** Lowest severity told; null: all. */
  readonly severity: Severity | null;
  /** Told only for servers with one of these tags; empty: all. */
  readonly tags: readonly string[];
  /** Left out: a machine, which gets each notice as it is. */
  readonly audience?: Audience;
  /** Left out: it may be told at any time. */
  readonly quiet?: QuietHours;
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
  /** How a signal changed to and fro; left out: it did not. */
  readonly flapsOf?: (signal: Signal) => Flaps | null;
}

/**
 * Turns announcements into notices, one per channel, and notes on each incident whom it told. A `resolved` goes exactly
 * where its `opened` went; an incident that grew more severe is told to those who were not told of it yet. While a signal
 * flaps, people are told of that once; its changes are kept and not sent to them.
 */
export function decideNotices(
  announcements: readonly Announcement[],
  context: NoticeContext,
): { notices: readonly AddressedNotice[]; told: readonly Incident[] } {
  const addressed = announcements.map((announcement) => address(announcement, context));
  return {
    notices: addressed.flatMap((one) => noticesOf(one, context)),
    told: addressed.map(({ incident }) => incident),
  };
}

interface Addressed extends Announcement {
  /** null: there is nobody to tell, and the notice is kept all the same. */
  readonly tell: readonly (string | null)[];
  /** It is kept from them, and where they do not know yet they are told that the signal flaps. */
  readonly mute: readonly string[];
}

function address({ event, incident, isOnce }: Announcement, context: NoticeContext): Addressed {
  const { told, muted = [] } = incident;
  const { maintenanceUntil = null } = context;
  const before = told ?? [];
  const isSilent = (id: string): boolean => flappingOf(id, incident, context) !== null;
  const isHeard = (id: string): boolean => !isSilent(id);
  if (event === 'incident.reminder') {
    const tell = before.filter((id) => isHeard(id) && (isOnce === true || quietOf(id, incident, context) === null));
    return { event, incident, tell, mute: [] };
  }
  if (event === 'incident.resolved') {
    const mute = [...before.filter(isSilent), ...muted];
    const tell = before.length + muted.length === 0 ? [null] : before.filter(isHeard);
    return { event, incident: { ...incident, told: before }, tell, mute };
  }
  const fresh = channelsFor(incident, context).filter((id) => !before.includes(id));
  const heard = fresh.filter(isHeard);
  const silent = fresh.filter(isSilent);
  const stillMuted = [...new Set([...muted.filter((id) => !heard.includes(id)), ...silent])];
  const { muted: _, ...rest } = incident;
  return {
    event,
    incident: {
      ...rest,
      told: [...before, ...heard],
      ...(stillMuted.length === 0 ? {} : { muted: stillMuted }),
      // Told when maintenance ends, so reminders count from there.
      ...(told === null && maintenanceUntil !== null ? { reminded: { count: 0, at: maintenanceUntil } } : {}),
    },
    tell: told === null && fresh.length === 0 ? [null] : heard,
    mute: silent.filter((id) => !muted.includes(id)),
  };
}

function noticesOf({ event, incident, tell, mute }: Addressed, context: NoticeContext): readonly AddressedNotice[] {
  const { maintenanceUntil = null } = context;
  const isOpening = event === 'incident.opened';
  const told = tell.map((channel) => ({
    channel,
    notice: writeNotice(event, incident, context),
    ...notBefore(channel, { event, incident }, context),
    ...(isOpening && maintenanceUntil !== null ? { maintenanceUntil } : {}),
  }));
  const muted = mute.flatMap((channel): readonly AddressedNotice[] => {
    const kept = { channel, notice: writeNotice(event, incident, context), isMuted: true } as const;
    const flapping = flappingOf(channel, incident, context);
    if (flapping === null || flapping.told.includes(channel)) return [kept];
    const { since, changes } = flapping;
    const notice = { ...writeNotice('incident.flapping', incident, context), flapping: { since, changes } };
    return [kept, { channel, notice, ...notBefore(channel, { event: notice.event, incident }, context) }];
  });
  return [...told, ...muted];
}

/** How the incident's signal flaps, where that is what the channel is told; null: it is told each change. */
function flappingOf(channel: string, { signal }: Incident, context: NoticeContext): Flapping | null {
  const { routes, flapsOf, maintenanceUntil = null } = context;
  const isForPeople = routes.some(({ id, audience }) => id === channel && audience === 'people');
  return isForPeople && maintenanceUntil === null ? (flapsOf?.(signal)?.flapping ?? null) : null;
}

/** What holds a notice: somebody who decided so, what may still come of an opening, and the channel's quiet hours. */
export function notBefore(
  channel: string | null,
  { event, incident }: { readonly event: Notice['event']; readonly incident: Incident },
  context: NoticeContext,
): Pick<AddressedNotice, 'notBefore'> {
  const { at, heldUntil = at, routes, flapsOf } = context;
  const route = routes.find(({ id }) => id === channel);
  const isEnd = event === 'incident.resolved';
  const isHeld = event === 'incident.opened' && route?.audience === 'people';
  const earliest = Math.max(
    isEnd ? at : heldUntil,
    isHeld ? at + holdMs(flapsOf?.(incident.signal) ?? null) : at,
    (channel === null ? null : quietOf(channel, incident, context)) ?? at,
  );
  return earliest > at ? { notBefore: earliest } : {};
}

function quietOf(channel: string, { severity }: Incident, { routes, at }: NoticeContext): number | null {
  const quiet = routes.find(({ id }) => id === channel)?.quiet ?? null;
  return quietUntil(quiet, severity, at);
}

/** A server as its notices name it. */
export function namedIn(server: Server): Notice['server'] {
  return { id: server.id, name: server.name, url: addressOf(server), tags: server.tags };
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

/** A notice of an incident as it is now. */
export function writeNotice(
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
