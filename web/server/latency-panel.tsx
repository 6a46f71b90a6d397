import type { Latency, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted, latency } from '../format.ts';
import { useLoad } from '../load.ts';
import { Shown } from '../parts/states.tsx';
import { LazyChart } from './lazy-chart.tsx';

const WINDOWS = ['1h', '24h', '7d', '30d'] as const;

/** P95 of `initialize` over a window that is kept in the address. `newest`: the probe after which to read again. */
export function LatencyPanel({ server, newest }: { server: ServerDetail; newest: string | null }) {
  const { api, router } = useDashboard();
  const asked = router.place.value.query.get('window');
  const window = WINDOWS.find((known) => known === asked) ?? '24h';
  const path = `/servers/${encodeURIComponent(server.id)}/latency?window=${window}&step=initialize`;
  const series = useLoad(`${path}#${newest}`, (key, signal) => api.get<Latency>(key.split('#')[0] ?? path, signal));
  const limit = server.latency_limits.find(({ of }) => of === 'initialize')?.p95_ms ?? null;
  return (
    <section class="panel" aria-labelledby="latency-title">
      <div class="panel-head">
        <h2 id="latency-title">Latency of initialize</h2>
        <div class="segments" role="group" aria-label="Window">
          {WINDOWS.map((key) => (
            <button
              key={key}
              type="button"
              aria-pressed={key === window}
              onClick={() => router.adjust({ window: key === '24h' ? null : key })}
            >
              {key.replace(/(\d+)/, '$1 ')}
            </button>
          ))}
        </div>
      </div>
      <Shown of={series} what="The latency figures" shape={<div class="chart-shape" />}>
        {(value) => <Figures series={value} limit={limit} />}
      </Shown>
    </section>
  );
}

function Figures({ series, limit }: { series: Latency; limit: number | null }) {
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
        <LazyChart series={series} limit={limit} summary={summary} />
      )}
    </>
  );
}
