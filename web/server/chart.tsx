import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useDashboard } from '../context.ts';
import { clock, date, moment } from '../format.ts';

const HEIGHT = 220;
const NARROW = 520;

/** How a line is drawn, and its key in the legend. */
export type Look = 'strong' | 'thin' | 'faint' | 'dots' | 'ahead';
type Row = readonly (number | null)[];

export interface ChartProps {
  /** What it is a chart of. */
  readonly name: string;
  readonly summary: string;
  readonly from: number;
  readonly to: number;
  /** Rows further apart than this are a gap. */
  readonly gapMs: number;
  readonly lines: readonly (readonly [look: Look, name: string])[];
  /** A time in epoch milliseconds and a figure for each line, oldest first. */
  readonly rows: readonly Row[];
  /** What holds until the next row is drawn level until then. */
  readonly stepped?: boolean;
  /** A level line; null: there is none. */
  readonly limit: number | null;
  readonly limitName: string;
  readonly words: (figure: number | null) => string;
}

/** Lines over time and a level limit. Gaps are gaps; the axis begins at zero. */
export function Chart(props: ChartProps) {
  const { theme } = useDashboard();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { name, summary, lines, limit, limitName, rows } = props;
  const columns = columnsOf(props);
  // What may change without a new chart is read from here.
  const latest = useRef(props);
  latest.current = props;

  // A new chart only for a new shape; its figures are set below.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const chart = new uPlot(options(element, latest), columns, element);
    plot.current = chart;
    const watcher = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [`${theme.theme.value} ${name} ${lines.length}`]);

  useEffect(() => plot.current?.setData(columns), [rows]);

  return (
    <figure class="chart">
      <div ref={box} role="img" aria-label={`${name} chart: ${summary}`} />
      <figcaption class="legend quiet small">
        {lines.map(([look, line]) => (
          <span key={line} class={`key ${look}`}>
            {line}
          </span>
        ))}
        {limit !== null && <span class="key limit">{limitName}</span>}
      </figcaption>
    </figure>
  );
}

/** Where buckets are missing a null keeps the line from bridging them. */
function columnsOf({ rows, lines, gapMs, stepped }: ChartProps): uPlot.AlignedData {
  const none = lines.map(() => null);
  const all: Row[] = [];
  let last: Row | undefined;
  for (const row of rows) {
    const [at, before] = [row[0] ?? 0, last?.[0] ?? row[0] ?? 0];
    if (at - before > gapMs && row[1] != null) all.push([before + 1, ...none]);
    else if (stepped === true && last?.[1] != null) all.push([at, ...last.slice(1)]);
    all.push(row);
    last = row;
  }
  return [all.map(([at]) => (at ?? 0) / 1_000), ...lines.map((_, line) => all.map((row) => row[line + 1] ?? null))];
}

function options(element: HTMLElement, latest: { readonly current: ChartProps }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const [strong, faint] = [token('--accent'), token('--ink-faint')];
  const looks: Readonly<Record<Look, uPlot.Series>> = {
    strong: { stroke: strong, width: 2, points: { show: true, size: 5, fill: strong, filter: points(isAlone) } },
    thin: { stroke: faint, width: 1, points: { show: false } },
    faint: { stroke: faint, width: 1, dash: [1, 3], points: { show: false } },
    dots: {
      stroke: faint,
      width: 0,
      paths: () => null,
      points: { show: true, size: 4, fill: faint, filter: points((values, at) => Number(values[at]) > 0) },
    },
    ahead: { stroke: strong, width: 1, dash: [6, 4], points: { show: false } },
  };
  const axis = {
    font: `12px ${token('--face')}`,
    stroke: faint,
    ticks: { show: false },
    grid: { stroke: token('--line'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 }, sync: { key: 'at' } },
    scales: {
      x: { range: () => [latest.current.from / 1_000, latest.current.to / 1_000] },
      y: { range: (_, __, top) => [0, Math.max(top * 1.08, (latest.current.limit ?? 0) * 1.15, 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: (plot) => ticksOf(latest.current, plot.over.clientWidth / (element.clientWidth < NARROW ? 56 : 90)),
        values: (_, ticks) => ticks.map((tick) => tickWords(tick * 1_000, latest.current)),
      },
      {
        ...axis,
        size: 64,
        space: 36,
        values: (_, ticks) =>
          ticks.map((tick) => (tick === 0 ? '0' : tick % 1 === 0 ? latest.current.words(tick) : '')),
      },
    ],
    series: [{}, ...latest.current.lines.map(([look]) => looks[look])],
    hooks: { draw: [(plot) => drawLimit(plot, latest.current.limit, token('--degraded-mark'))] },
    plugins: [readout(latest)],
  };
}

type Figures = uPlot.AlignedData[number];

function points(isShown: (values: Figures, at: number) => boolean): uPlot.Series.Points.Filter {
  return (plot, column) => {
    const values = plot.data[column] ?? [];
    return Array.from(values.keys()).filter((at) => isShown(values, at));
  };
}

/** Points without a neighbour, which no line shows. */
function isAlone(values: Figures, at: number): boolean {
  return values[at] != null && values[at - 1] == null && values[at + 1] == null;
}

const MINUTE = 60;
const DAY = 86_400;
const STEPS = [1, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200].map((minutes) => minutes * MINUTE);

/** Round times of the viewer's clock, in seconds, at most so many. */
function ticksOf({ from, to }: ChartProps, most: number): number[] {
  const [begin, end] = [from / 1_000, to / 1_000];
  const step = STEPS.find((seconds) => (end - begin) / seconds <= most) ?? 4 * 30 * DAY;
  const ahead = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((begin - ahead) / step) * step + ahead; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** The time of day, and the date where the day begins; only dates over long windows. */
function tickWords(at: number, { from, to }: ChartProps): string {
  const day = new Date(at);
  const atMidnight = day.getHours() === 0 && day.getMinutes() === 0;
  return atMidnight || to - from > 1_500 * DAY ? date(at) : clock(at);
}

function drawLimit(plot: uPlot, limit: number | null, colour: string): void {
  if (limit === null) return;
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
function readout(latest: { readonly current: ChartProps }): uPlot.Plugin {
  const label = document.createElement('div');
  label.className = 'readout';
  label.hidden = true;
  const show = (plot: uPlot) => {
    const { idx, left } = plot.cursor;
    const at = idx == null ? undefined : plot.data[0][idx];
    label.hidden = at === undefined;
    if (at === undefined || idx == null) return;
    const { lines, words } = latest.current;
    const figures = lines.map(([, name], line) => `${name} ${words(plot.data[line + 1]?.[idx] ?? null)}`);
    label.textContent = [moment(at * 1_000, Date.now()), ...figures].join('   ');
    label.classList.toggle('right', (left ?? 0) < plot.over.clientWidth / 2);
  };
  return { hooks: { init: (plot) => void plot.over.append(label), setCursor: show } };
}
