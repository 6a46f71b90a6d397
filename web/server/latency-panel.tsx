import { useState } from 'preact/hooks';
import type { Latency, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted, latency } from '../format.ts';
import { useRead } from '../load.ts';
import { Segments } from '../parts/segments.tsx';
import { Shown } from '../parts/states.tsx';
import { serverPath } from '../paths.ts';
import { LazyChart } from './lazy-chart.tsx';
import { PoolPanel } from './pool-panel.tsx';

const WINDOWS = [
  { key: '1h', name: '1 h' },
  { key: '24h', name: '24 h' },
  { key: '7d', name: '7 d' },
  { key: '30d', name: '30 d' },
] as const;

const LINES = [
  ['strong', 'P95'],
  ['thin', 'P50'],
  ['dots', 'slowest'],
] as const;

const HOUR_MS = 3_600_000;

/** P95 of `initialize` and the pools over a window that is kept in the address. `newest`: the probe after which to read again. */
export function LatencyPanel({ server, newest }: { server: ServerDetail; newest: string | null }) {
  const { router } = useDashboard();
  const asked = router.place.value.query.get('window');
  const [usual] = useState(() => usualWindow(server));
  const window = WINDOWS.find(({ key }) => key === asked)?.key ?? usual;
  const path = `${serverPath(server.id)}/latency?window=${window}&step=initialize`;
  const series = useRead<Latency>(path, newest);
  const limit = server.latency_limits.find(({ of }) => of === 'initialize')?.p95_ms ?? null;
  return (
    <>
      <section class="panel" aria-labelledby="latency-title">
        <div class="panel-head">
          <h2 id="latency-title">Latency of initialize</h2>
          <Segments
            label="Window"
            options={WINDOWS}
            chosen={window}
            onChoose={(key) => router.adjust({ window: key === usual ? null : key })}
          />
        </div>
        <Shown of={series} what="The latency figures" shape={<div class="chart-shape" />}>
          {(value) => <Figures series={value} limit={limit} everyMs={server.schedule.interval_ms} />}
        </Shown>
      </section>
      {(server.pools.length > 0 || server.signals.pool !== undefined) && (
        <PoolPanel server={server} window={window} newest={newest} />
      )}
    </>
  );
}

/** A day, or the last hour while there is not more than that to see. */
function usualWindow({ latency: { samples }, schedule }: ServerDetail): '1h' | '24h' {
  return samples * (schedule.interval_ms ?? HOUR_MS) < HOUR_MS ? '1h' : '24h';
}

function Figures({ series, limit, everyMs }: { series: Latency; limit: number | null; everyMs: number | null }) {
  const summary = `P50 ${latency(series.p50_ms)}, P95 ${latency(series.p95_ms)}, P99 ${latency(series.p99_ms)} over ${counted(series.samples, 'sample')}`;
  return (
    <>
      <p class="quiet small">
        {summary}
        {limit !== null && `, limit ${latency(limit)}`}
      </p>
      {series.samples === 0 ? (
        <p class="chart-shape quiet">No probe of this window got as far as initialize.</p>
      ) : (
        <LazyChart
          name="Latency"
          summary={summary}
          from={Date.parse(series.from)}
          to={Date.parse(series.to)}
          gapMs={1.5 * Math.max(series.bucket_ms, everyMs ?? 0)}
          lines={LINES}
          rows={series.points.map((point) => [Date.parse(point.at), point.p95_ms, point.p50_ms, point.max_ms])}
          limit={limit}
          limitName="limit"
          words={latency}
        />
      )}
    </>
  );
}
