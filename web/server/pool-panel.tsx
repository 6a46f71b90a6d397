import type { Pool, Pools } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { duration, epoch, figure } from '../format.ts';
import { useLatest } from '../load.ts';
import { Section } from '../parts/section.tsx';
import { Segments } from '../parts/segments.tsx';
import { Shown } from '../parts/states.tsx';
import { serverPath } from '../paths.ts';
import { LazyChart } from './lazy-chart.tsx';
import { gapOf, type Shared } from './series.ts';

type Series = Pools['pools'][number];

/** How full a server's pools were; of several the one named in the address. */
export function PoolPanel(shared: Shared) {
  const { server, span, newest } = shared;
  const { router } = useDashboard();
  const series = useLatest<Pools>(`${serverPath(server.id)}/pools?${span}`, newest);
  const known = server.pools.length > 0 ? server.pools : (series.value?.pools ?? []);
  const names = known.map(({ name }) => name);
  const asked = router.place.value.query.get('pool');
  const chosen = names.find((name) => name === asked) ?? names[0];
  const now = server.pools.find(({ name }) => name === chosen);
  return (
    <Section
      title="Connection pool"
      kind="panel"
      beside={
        names.length > 1 && (
          <Segments
            label="Pool"
            options={Object.fromEntries(names.map((name) => [name, name]))}
            chosen={chosen ?? ''}
            onChoose={(pool) => router.adjust({ pool })}
          />
        )
      }
    >
      {now !== undefined && <Gauge pool={now} />}
      <Shown of={series} what="The pool figures" shape={<div class="chart-shape" />}>
        {(value) => value.pools.filter(({ name }) => name === chosen).map((pool) => chart(value, pool, shared))}
      </Shown>
    </Section>
  );
}

function standing({ used, total, max, waiting }: Pick<Pool, 'used' | 'total' | 'max' | 'waiting'>): string {
  return `${figure(used)} of ${figure(max ?? total)} connections in use, ${figure(waiting)} waiting`;
}

/** Of the connections that it may have, those that are open and those in use. */
function Gauge({ pool }: { pool: Pool }) {
  const { used, total, max, idle, waiting, exhausted_in_ms: left } = pool;
  const size = max ?? total ?? 0;
  // One busy connection of one is no sign.
  const isFull = (idle === 0 && Number(waiting) > 0) || (size > 1 && used === max);
  return (
    <>
      <p class={isFull ? 'small tone-down' : 'quiet small'}>
        {isFull && <b>Exhausted: </b>}
        {standing(pool)}
        {left !== null && `, exhausted in about ${duration(left)} at this pace`}
      </p>
      {size > 0 && (
        <svg
          class={isFull ? 'gauge full' : 'gauge'}
          viewBox={`0 0 ${size} 1`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect class="open" width={total ?? 0} height="1" />
          <rect class="used" width={used ?? 0} height="1" />
        </svg>
      )}
    </>
  );
}

const none = [null, null, null, null];

function chart(
  { from, to, bucket_ms }: Pools,
  { name, points, exhausted_at }: Series,
  { server, begin, end, bands, onZoom }: Shared,
) {
  const last = points.at(-1);
  const full = epoch(exhausted_at);
  const rows = points.map(({ at, used, waiting, total, idle }) => [Date.parse(at), total, idle, used, waiting]);
  if (full !== null && last !== undefined)
    rows.push([Date.parse(last.at), ...none, last.used], [full, ...none, last.max]);
  return (
    <LazyChart
      key={name}
      name="Pool"
      summary={last === undefined ? '' : standing(last)}
      from={begin ?? Date.parse(from)}
      to={end ?? Date.parse(to)}
      gapMs={gapOf(server, bucket_ms, 1)}
      lines={[
        ['thin', 'open'],
        ['faint', 'idle'],
        ['strong', 'in use'],
        ['loud', 'waiting'],
        ...(full === null ? [] : [['ahead', 'forecast'] as const]),
      ]}
      rows={rows}
      stepped
      limit={last?.max ?? null}
      limitName="maximum"
      words={figure}
      bands={bands}
      onZoom={onZoom}
    />
  );
}
