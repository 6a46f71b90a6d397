import type { ComponentChildren } from 'preact';
import type { Latency, Step } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted, latency } from '../format.ts';
import { useLatest } from '../load.ts';
import { Options } from '../parts/options.tsx';
import { Section } from '../parts/section.tsx';
import { Shown } from '../parts/states.tsx';
import { serverPath } from '../paths.ts';
import { stepWord } from '../words.ts';
import { LazyChart } from './lazy-chart.tsx';
import { gapOf, type Shared } from './series.ts';

const LINES = [
  ['thin', 'P50'],
  ['strong', 'P95'],
  ['dots', 'slowest'],
] as const;

/** The steps of which percentiles are kept for a year. */
const STEPS: readonly Step['name'][] = ['initialize', 'connect', 'tools_list', 'canary', 'health_url'];

/** P50, P95 and the slowest of one step, which is kept in the address. `children` go into its head. */
export function LatencyPanel({ children, ...shared }: Shared & { children: ComponentChildren }) {
  const { server, span, newest } = shared;
  const { router } = useDashboard();
  const asked = router.place.value.query.get('step');
  const steps = STEPS.filter(
    (name) => name === STEPS[0] || server.last_probe?.steps.some((step) => step.name === name),
  );
  const step = steps.find((name) => name === asked) ?? 'initialize';
  const series = useLatest<Latency>(`${serverPath(server.id)}/latency?${span}&step=${step}`, newest);
  return (
    <Section
      title="Latency"
      kind="panel"
      beside={
        <>
          <select
            aria-label="Step"
            value={step}
            onChange={({ currentTarget }) =>
              router.adjust({ step: currentTarget.value === STEPS[0] ? null : currentTarget.value })
            }
          >
            <Options of={Object.fromEntries(steps.map((name) => [name, stepWord(name)]))} />
          </select>
          {children}
        </>
      }
    >
      <Shown of={series} what="The latency figures" shape={<div class="chart-shape" />}>
        {(value) => <Figures series={value} {...shared} />}
      </Shown>
    </Section>
  );
}

function Figures({ series, server, begin, end, bands, onZoom }: { series: Latency } & Shared) {
  const limit = server.latency_limits.find(({ of }) => of === series.step)?.p95_ms ?? null;
  const summary = `P50 ${latency(series.p50_ms)}, P95 ${latency(series.p95_ms)}, P99 ${latency(series.p99_ms)} over ${counted(series.samples, 'sample')}`;
  return (
    <>
      <p class="quiet small">
        {summary}
        {limit !== null && `, limit ${latency(limit)}`}
      </p>
      {series.samples === 0 ? (
        <p class="chart-shape quiet">No probe of this time got as far as {stepWord(series.step)}.</p>
      ) : (
        <LazyChart
          name="Latency"
          summary={summary}
          from={begin ?? Date.parse(series.from)}
          to={end ?? Date.parse(series.to)}
          gapMs={gapOf(server, series.bucket_ms, 0.5)}
          lines={LINES}
          rows={series.points.map((point) => [Date.parse(point.at), point.p50_ms, point.p95_ms, point.max_ms])}
          limit={limit}
          limitName="limit"
          words={latency}
          bands={bands}
          onZoom={onZoom}
        />
      )}
    </>
  );
}
