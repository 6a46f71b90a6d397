import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Latency } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { clock, date, latency, moment } from '../format.ts';

const HEIGHT = 220;
const NARROW = 520;
/** Buckets of windows longer than a day. */
const COARSE_MS = 20 * 60_000;

type Columns = [number[], (number | null)[], (number | null)[], (number | null)[]];

export interface ChartProps {
  readonly series: Latency;
  /** null: no rule watches this step. */
  readonly limit: number | null;
  readonly summary: string;
}

/** P95 strong, P50 thin, the maximum as dots, the limit as a line. Gaps are gaps; the axis begins at zero. */
export function LatencyChart({ series, limit, summary }: ChartProps) {
  const { theme } = useDashboard();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shade = theme.theme.value;
  const columns = columnsOf(series);
  const shape = `${shade} ${limit} ${series.from.slice(0, 10)} ${series.bucket_ms}`;

  // A new chart only for a new shape; its figures are set below.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const chart = new uPlot(options(element, series, limit), columns, element);
    plot.current = chart;
    const watcher = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(columns), [series]);

  return (
    <figure class="chart">
      <div ref={box} role="img" aria-label={`Latency chart: ${summary}`} />
      <figcaption class="legend quiet small">
        <span class="key p95">P95</span>
        <span class="key p50">P50</span>
        <span class="key max">slowest</span>
        {limit !== null && <span class="key limit">limit</span>}
      </figcaption>
    </figure>
  );
}

/** Where buckets are missing a null keeps the line from bridging them. */
function columnsOf({ points, bucket_ms: bucket }: Latency): Columns {
  const columns: Columns = [[], [], [], []];
  let last: number | null = null;
  for (const point of points) {
    const at = Date.parse(point.at);
    if (last !== null && at - last > bucket * 1.5) push(columns, last + bucket, null, null, null);
    push(columns, at, point.p95_ms, point.p50_ms, point.max_ms);
    last = at;
  }
  return columns;
}

function push([at, p95, p50, max]: Columns, ...row: [number, number | null, number | null, number | null]): void {
  at.push(row[0] / 1_000);
  p95.push(row[1]);
  p50.push(row[2]);
  max.push(row[3]);
}

function options(element: HTMLElement, series: Latency, limit: number | null): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${token('--face')}`;
  const axis = {
    font,
    stroke: token('--ink-faint'),
    ticks: { show: false },
    grid: { stroke: token('--line'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { range: () => [Date.parse(series.from) / 1_000, Date.parse(series.to) / 1_000] },
      y: { range: (_, __, top) => [0, Math.max(top * 1.08, (limit ?? 0) * 1.15, 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: (plot) => ticksOf(series, plot.over.clientWidth / (element.clientWidth < NARROW ? 56 : 90)),
        values: (_, ticks) => ticks.map((tick) => tickWords(tick * 1_000, series.bucket_ms)),
      },
      {
        ...axis,
        size: 64,
        space: 36,
        values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : latency(Math.round(tick)))),
      },
    ],
    series: [
      {},
      {
        label: 'P95',
        stroke: token('--accent'),
        width: 2,
        points: { show: true, size: 5, fill: token('--accent'), filter: lonePoints },
      },
      { label: 'P50', stroke: token('--ink-faint'), width: 1, points: { show: false } },
      {
        label: 'slowest',
        stroke: token('--ink-faint'),
        width: 0,
        paths: () => null,
        points: { show: true, size: 3, fill: token('--ink-faint') },
      },
    ],
    hooks: { draw: limit === null ? [] : [(plot) => drawLimit(plot, limit, token('--degraded-mark'))] },
    plugins: [readout()],
  };
}

/** Points without a neighbour, which no line shows. */
const lonePoints: uPlot.Series.Points.Filter = (plot, column) => {
  const values = plot.data[column] ?? [];
  const isSet = (index: number) => values[index] != null;
  return Array.from(values.keys()).filter((index) => isSet(index) && !isSet(index - 1) && !isSet(index + 1));
};

const MINUTE = 60;
const DAY = 86_400;
const STEPS = [1, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200].map((minutes) => minutes * MINUTE);

/** Round times of the viewer's clock, in seconds, at most so many. */
function ticksOf({ from, to }: Latency, most: number): number[] {
  const [begin, end] = [Date.parse(from) / 1_000, Date.parse(to) / 1_000];
  const step = STEPS.find((seconds) => (end - begin) / seconds <= most) ?? 4 * 30 * DAY;
  const ahead = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((begin - ahead) / step) * step + ahead; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** The time of day, and the date where the day begins; only dates over long windows. */
function tickWords(at: number, bucketMs: number): string {
  const day = new Date(at);
  const atMidnight = day.getHours() === 0 && day.getMinutes() === 0;
  return atMidnight || bucketMs >= COARSE_MS ? date(at) : clock(at);
}

function drawLimit(plot: uPlot, limit: number, colour: string): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(limit, 'y', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** The figures under the pointer, in a corner that the pointer is not in. */
function readout(): uPlot.Plugin {
  const label = document.createElement('div');
  label.className = 'readout';
  label.hidden = true;
  const show = (plot: uPlot) => {
    const { idx, left } = plot.cursor;
    const at = idx == null ? undefined : plot.data[0][idx];
    label.hidden = at === undefined;
    if (at === undefined || idx == null) return;
    const value = (column: number) => latency(plot.data[column]?.[idx] ?? null);
    label.textContent = `${moment(at * 1_000, Date.now())}   P95 ${value(1)}   P50 ${value(2)}   slowest ${value(3)}`;
    label.classList.toggle('right', (left ?? 0) < plot.over.clientWidth / 2);
  };
  return { hooks: { init: (plot) => void plot.over.append(label), setCursor: show } };
}
