import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Latency } from '../src/http/wire.ts';
import type { Api } from './api.ts';
import { serverPath } from './paths.ts';
import { type Trend, trendOf } from './trend.ts';

export interface Trends {
  /** The trend of one server, read when first asked for and again when five minutes old. */
  of(id: string): ReadonlySignal<Trend | null>;
}

const FRESH_MS = 300_000;
/** Requests under way at once, so that a long list does not crowd out what is being looked at. */
const AT_ONCE = 3;

/** Nothing is read before `ready`: the list itself comes first. */
export function createTrends(api: Api, ready: Promise<unknown>): Trends {
  const known = new Map<string, { readonly trend: Signal<Trend | null>; readAt: number }>();
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  const next = () => {
    const job = running < AT_ONCE ? waiting.shift() : undefined;
    if (job === undefined) return;
    running += 1;
    void ready.then(job).finally(() => {
      running -= 1;
      next();
    });
  };

  return {
    of(id) {
      const entry = known.get(id) ?? { trend: signal(null), readAt: Number.NEGATIVE_INFINITY };
      known.set(id, entry);
      if (performance.now() - entry.readAt > FRESH_MS) {
        entry.readAt = performance.now();
        waiting.push(async () => {
          const answer = await api
            .get<Latency>(`${serverPath(id)}/latency?window=24h&step=initialize`)
            .catch(() => null);
          // A row without its small curve is still whole; the figures beside it say what matters.
          if (answer !== null) entry.trend.value = trendOf(answer.points, Date.now());
        });
        next();
      }
      return entry.trend;
    },
  };
}
