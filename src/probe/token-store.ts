import type { Clock } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { Token } from './oauth.ts';

export interface KeptToken {
  readonly accessToken: string;
  readonly secretExpiresAt: number | null;
}

/** The access tokens of all servers, in memory only. A server whose address or credentials changed has none. */
export interface TokenStore {
  /** Null where there is none, or where it is time for a new one. */
  find(server: Server): KeptToken | null;
  keep(server: Server, token: Token): KeptToken;
  drop(server: Server): void;
}

/** A token is renewed when this share of its life is over. */
const RENEWED_AT = 0.8;
/** Where the endpoint does not say how long a token lives, and the longest we keep one. */
const UNSAID_MS = 3_600_000;
const LONGEST_MS = 24 * 3_600_000;

/** Beyond any number of servers; tests of entries that are not saved are kept as well. */
const MAX_KEPT = 10_000;

interface Entry extends KeptToken {
  readonly owner: string;
  /** Monotonic: somebody setting the clock makes no token younger. */
  readonly renewAt: number;
}

export function createTokenStore(clock: Pick<Clock, 'monotonic'>): TokenStore {
  const kept = new Map<string, Entry>();
  return {
    find(server) {
      const entry = kept.get(server.id);
      return entry !== undefined && entry.owner === ownerOf(server) && clock.monotonic() < entry.renewAt ? entry : null;
    },
    keep(server, { accessToken, lifeMs, secretExpiresAt }) {
      const now = clock.monotonic();
      for (const [id, { renewAt }] of kept) if (renewAt <= now) kept.delete(id);
      const [oldest] = kept.keys();
      if (oldest !== undefined && kept.size >= MAX_KEPT) kept.delete(oldest);
      const renewAt = now + Math.min(LONGEST_MS, lifeMs ?? UNSAID_MS) * RENEWED_AT;
      const entry: Entry = { accessToken, secretExpiresAt, owner: ownerOf(server), renewAt };
      kept.set(server.id, entry);
      return entry;
    },
    drop(server) {
      kept.delete(server.id);
    },
  };
}

/** What a token was given for. */
function ownerOf({ target, auth }: Server): string {
  return JSON.stringify([target, auth]);
}
