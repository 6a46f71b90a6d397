import { setImmediate as othersFirst } from 'node:timers/promises';
import { bucketFor } from '../core/latency-series.ts';
import type { WatchedServer } from '../core/monitor.ts';
import { type PoolPoint, poolSeries } from '../core/pool-series.ts';
import type { PoolFigures } from '../core/store.ts';
import { isoOrNull, isoTime, poolAnswer } from './probe-answer.ts';
import { found } from './problem.ts';
import type { App, HttpStore, Room } from './room.ts';
import { IdParams, PoolsQuery } from './schema-request.ts';
import { Pools } from './schema-server.ts';
import { spanOf } from './window.ts';
import type * as wire from './wire.ts';

/** Probes read at once: what lies between two looks at other work. */
const PAGE = 1_000;

/** The connection pools of one server over time. */
export function poolRoutes(app: App, { monitor, store, clock }: Room): void {
  app.get(
    '/servers/:id/pools',
    {
      schema: {
        tags: ['probes'],
        summary: 'Connection pools over time',
        params: IdParams,
        querystring: PoolsQuery,
        response: { 200: Pools },
      },
    },
    async ({ params: { id }, query: { name, ...asked } }) => {
      const watched = found(monitor.server(id), 'server', id);
      const { from, to } = spanOf(asked, clock.now());
      const bucketMs = bucketFor(to - from);
      const all = poolSeries(await figuresOf(store, id, { from, to }), bucketMs);
      return {
        server: id,
        from: isoTime(from),
        to: isoTime(to),
        bucket_ms: bucketMs,
        pools: all
          .filter((one) => name === undefined || one.name === name)
          .map((one) => ({
            name: one.name,
            kind: one.kind,
            exhausted_at: isoOrNull(exhaustedAt(watched, one.name)),
            points: one.points.map(pointAnswer),
          })),
      };
    },
  );
}

async function figuresOf(
  store: Pick<HttpStore, 'poolFigures'>,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly PoolFigures[]> {
  const all: PoolFigures[] = [];
  for (let start = from; ; await othersFirst()) {
    const page = await store.poolFigures(id, { from: start, to, limit: PAGE });
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return all;
    start = last.at + 1;
  }
}

function exhaustedAt({ last }: WatchedServer, name: string): number | null {
  const inMs = last?.judgement.pools.find((pool) => pool.name === name)?.exhaustedInMs ?? null;
  return last === null || inMs === null ? null : last.report.startedAt + inMs;
}

function pointAnswer({ at, pool, count }: PoolPoint): wire.Pools['pools'][number]['points'][number] {
  const { total, idle, used, waiting, max, utilization, error_rate, lag_seconds, reason } = poolAnswer(pool);
  return { at: isoTime(at), total, idle, used, waiting, max, utilization, error_rate, lag_seconds, reason, count };
}
