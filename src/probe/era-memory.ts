import type { Clock } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { Revision } from '../core/target.ts';

/** How a session can be opened: by `initialize`, by `server/discover` (revision 2026-07-28), or by `initialize` over HTTP+SSE. */
export type Way = 'legacy' | 'modern' | 'sse';

/** What was found out about a server when it was last met anew. */
export interface Met {
  readonly way: Way;
  /** Revisions it says it speaks besides the one we speak; null: it was not asked yet. */
  readonly alsoSpeaks: readonly Revision[] | null;
}

/** Remembers for a day how servers are met, so that finding it out is rare. */
export interface EraMemory {
  /** Null: never met, not at this address, or more than a day ago. */
  recall(server: Server): Met | null;
  /** Takes note of the way that led in; the day begins anew only when it is another. */
  met(server: Server, way: Way): void;
  /** Adds what a server that was met says it speaks besides. */
  told(server: Server, alsoSpeaks: readonly Revision[]): void;
}

/** A server may be upgraded at any time. */
const DAY_MS = 24 * 3_600_000;
/** More servers than anyone watches from one process; beyond, those met longest ago are forgotten. */
const MAX_SERVERS = 20_000;

interface Kept extends Met {
  readonly address: string;
  readonly at: number;
}

export function createEraMemory(clock: Clock): EraMemory {
  const all = new Map<string, Kept>();
  const addresses = new WeakMap<Server, string>();
  const addressOf = (server: Server): string => {
    const address = addresses.get(server) ?? writtenAddress(server);
    addresses.set(server, address);
    return address;
  };
  const find = (server: Server): Kept | null => {
    const kept = all.get(server.id);
    const isFresh = kept?.address === addressOf(server) && clock.monotonic() - kept.at < DAY_MS;
    return isFresh ? kept : null;
  };
  return {
    recall: find,
    met(server, way) {
      if (find(server)?.way === way) return;
      all.delete(server.id);
      all.set(server.id, { way, alsoSpeaks: null, address: addressOf(server), at: clock.monotonic() });
      const [oldest] = all.keys();
      if (all.size > MAX_SERVERS && oldest !== undefined) all.delete(oldest);
    },
    told(server, alsoSpeaks) {
      const kept = find(server);
      if (kept !== null) all.set(server.id, { ...kept, alsoSpeaks });
    },
  };
}

/** Whatever decides which server answers, and how. */
function writtenAddress({ target }: Server): string {
  return JSON.stringify(target.kind === 'http' ? [target.url, target.transport, target.protocol] : target.command);
}
