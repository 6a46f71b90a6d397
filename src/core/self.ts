import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';
import type { AddressedNotice } from './notice.ts';
import type { Reason } from './reasons.ts';
import type { NoticeContext } from './routing.ts';
import { decideNotices } from './routing.ts';

/**
 * Stands in place of a server's id in incidents about the monitor itself. No server can have it: ids are made of
 * `[a-z0-9-]` (contract, "Configuration file").
 */
export const SELF_ID = '_monitor';
export const SELF_NAME = 'AliveMCP monitor';

/** What is wrong with the monitor itself. */
export interface Trouble {
  /** Of what; one incident is open for each at most: `network`, `channel:ops`, `backup`. */
  readonly about: string;
  readonly reason: Reason;
  readonly facts: Incident['evidence']['facts'];
  /** When it began. */
  readonly since: number;
}

/** What tells of the monitor itself rests on. `except`: channels that are not told, as the one that is dead. */
export interface SelfContext extends Pick<NoticeContext, 'routes' | 'location' | 'publicUrl' | 'at' | 'newId'> {
  readonly except?: readonly string[];
}

/** An incident about the monitor itself as it is now, with the notices of what became of it. */
export interface SelfChange {
  readonly incident: Incident;
  readonly notices: readonly AddressedNotice[];
}

/** Opens an incident about the monitor itself and tells every channel that wants to know of severity `major`. */
export function openSelf({ about, reason, facts, since }: Trouble, context: SelfContext): SelfChange {
  const incident: Incident = {
    id: context.newId(),
    serverId: SELF_ID,
    serverName: SELF_NAME,
    about,
    signal: 'protocol',
    level: 'fail',
    severity: 'major',
    reason,
    cause: null,
    evidence: { texts: [], pools: [], silentFailure: false, facts },
    startedAt: since,
    openedAt: context.at,
    resolvedAt: null,
    probeCount: 1,
    told: null,
    attachedTo: null,
    acknowledged: null,
  };
  return tell({ event: 'incident.opened', incident }, context);
}

/** Ends it at `context.at` and tells those who were told of its opening. */
export function resolveSelf(incident: Incident, context: SelfContext): SelfChange {
  return tell({ event: 'incident.resolved', incident: { ...incident, resolvedAt: context.at } }, context);
}

function tell(announcement: Announcement, { routes, except = [], ...context }: SelfContext): SelfChange {
  const wanted = routes.filter(({ id }) => !except.includes(id)).map((route) => ({ ...route, tags: [] }));
  const { notices, told } = decideNotices([announcement], {
    ...context,
    server: { id: SELF_ID, name: SELF_NAME, url: '', tags: [] },
    channels: wanted.map(({ id }) => id),
    routes: wanted,
  });
  return { incident: told[0] ?? announcement.incident, notices };
}
