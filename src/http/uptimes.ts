import { type CountedSpan, setApart } from '../core/apart.ts';
import type { Clock } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { uptimeOf, uptimeShare, uptimeShares } from '../core/uptime.ts';
import type { ServerDetail } from './wire.ts';

export type Shares = ReadonlyMap<string, number | null>;

export interface Uptimes {
  /** Of 30 days, for every server; at most five seconds old, of large fleets half a minute or so. */
  all(): Promise<Shares>;
  of(serverId: string): Promise<ServerDetail['uptime']>;
}

const DAY_MS = 86_400_000;
const FRESH_MS = 5_000;
/** So many times what the last reading took, the next is left for later: it may take 0.2 % of the time there is. */
const REST = 500;

export function createUptimes(store: Pick<Store, 'spans' | 'maintenance'>, clock: Clock): Uptimes {
  let known: { until: number; readonly shares: Promise<Shares> } | null = null;

  async function read(): Promise<Shares> {
    const now = clock.now();
    const from = now - 30 * DAY_MS;
    return uptimeShares(await countedSpans(store, null, from, now), from, now);
  }

  function refresh(): Promise<Shares> {
    const from = clock.monotonic();
    const fresh = { until: from + FRESH_MS, shares: read() };
    known = fresh;
    fresh.shares.then(
      () => {
        const now = clock.monotonic();
        fresh.until = Math.max(fresh.until, now + (now - from) * REST);
      },
      () => {
        if (known === fresh) known = null;
      },
    );
    return fresh.shares;
  }

  return {
    all: () => (known !== null && clock.monotonic() < known.until ? known.shares : refresh()),
    async of(serverId) {
      const now = clock.now();
      const spans = await countedSpans(store, [serverId], now - 90 * DAY_MS, now);
      const share = (days: number) => uptimeShare(uptimeOf(spans, now - days * DAY_MS, now));
      return { '24h': share(1), '7d': share(7), '30d': share(30), '90d': share(90) };
    },
  };
}

/** States in [from, to) with maintenance set apart. */
export async function countedSpans(
  store: Pick<Store, 'spans' | 'maintenance'>,
  ...range: Parameters<Store['spans']>
): Promise<readonly CountedSpan[]> {
  const [spans, maintenance] = await Promise.all([store.spans(...range), store.maintenance(...range)]);
  return setApart(spans, maintenance);
}
