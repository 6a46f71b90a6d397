import { useState } from 'preact/hooks';
import type { ServerDetail, Timeline } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { moment } from '../format.ts';
import { useLatest } from '../load.ts';
import { Segments } from '../parts/segments.tsx';
import { Shown } from '../parts/states.tsx';
import { serverPath } from '../paths.ts';
import { keyIn } from '../words.ts';
import { bandsOf, Events } from './events.tsx';
import { LatencyPanel } from './latency-panel.tsx';
import { PoolPanel } from './pool-panel.tsx';

const WINDOWS = { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '365d': '1 y' } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Latency and pools over one stretch of time, which is kept in the address: a window up to now, or what was zoomed to.
 * `newest`: the probe after which to read again.
 */
export function History({ server, newest }: { server: ServerDetail; newest: string | null }) {
  const { router } = useDashboard();
  const { query } = router.place.value;
  const [usual] = useState(() => usualWindow(server));
  const [from, to] = [query.get('from'), query.get('to')];
  const isZoomed = from !== null && to !== null && Date.parse(from) < Date.parse(to);
  const window = keyIn(WINDOWS, query.get('window')) ?? usual;
  const span = new URLSearchParams(isZoomed ? { from, to } : { window }).toString();
  const timeline = useLatest<Timeline>(`${serverPath(server.id)}/timeline?${span}`, isZoomed ? null : newest);

  const zoom = (begin?: number, end?: number) =>
    router.adjust(begin === undefined || end === undefined ? { from: null, to: null } : stretch(begin, end));
  const shown = timeline.value;
  const move = (first: number, last: number) => {
    // What was zoomed to stands in the address before its figures are here.
    const stood = isZoomed ? { from, to } : shown;
    if (stood === null) return;
    const [start, stop] = lasting(stood);
    zoom(start + first * (stop - start), start + last * (stop - start));
  };
  const bands = shown === null ? [] : bandsOf(shown);
  const [begin, end] = shown === null ? [] : isZoomed ? lasting(shown) : known(server, shown);
  const common = { server, span, bands, begin, end, newest: isZoomed ? null : newest, onZoom: zoom };
  return (
    <>
      <LatencyPanel {...common}>
        <Segments
          label="Window"
          options={WINDOWS}
          chosen={isZoomed ? '' : window}
          onChoose={(key) => router.adjust({ window: key === usual ? null : key, from: null, to: null })}
        />
        <div class="zoom">
          <button type="button" disabled={!isZoomed && shown === null} onClick={() => move(0.25, 0.75)}>
            Zoom in
          </button>
          {isZoomed && (
            <>
              <button type="button" onClick={() => move(-0.5, 0.5)}>
                Earlier
              </button>
              <button type="button" onClick={() => move(0.5, 1.5)}>
                Later
              </button>
              <button type="button" onClick={() => zoom()}>
                Reset zoom
              </button>
              <span class="quiet small">
                {moment(Date.parse(from), Date.now())} to {moment(Date.parse(to), Date.now())}
              </span>
            </>
          )}
        </div>
      </LatencyPanel>
      <Shown of={timeline} what="The states and incidents" shape={<div class="ribbon" />}>
        {(value) => <Events timeline={value} bands={bands} begin={begin ?? 0} end={end ?? 0} />}
      </Shown>
      {(server.pools.length > 0 || server.signals.pool !== undefined) && <PoolPanel {...common} />}
    </>
  );
}

function lasting({ from, to }: Pick<Timeline, 'from' | 'to'>): [from: number, to: number] {
  return [Date.parse(from), Date.parse(to)];
}

/**
 * From when something is known, but a twelfth of the window at least, until the first pool is exhausted, but no later
 * than as long again.
 */
function known({ pools }: ServerDetail, timeline: Timeline): [from: number, to: number] {
  const [from, to] = lasting(timeline);
  const first = Date.parse(timeline.states[0]?.from ?? timeline.from);
  const begin = Math.min(first, to - (to - from) / 12);
  const left = pools.flatMap((pool) => pool.exhausted_in_ms ?? []);
  return [begin, to + Math.min(...left, left.length === 0 ? 0 : to - begin)];
}

/** A minute at least, and nothing of what is to come. */
function stretch(begin: number, end: number): { from: string; to: string } {
  const last = Math.min(end, Date.now());
  const first = Math.min(begin, last - MINUTE_MS);
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString() };
}

/** A day, or the last hour while there is not more than that to see. */
function usualWindow({ latency: { samples }, schedule }: ServerDetail): '1h' | '24h' {
  return samples * (schedule.interval_ms ?? HOUR_MS) < HOUR_MS ? '1h' : '24h';
}
