import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { moment } from '../format.ts';
import type { Theme } from '../theme.ts';
import type { Tone } from '../words.ts';
import { pieceOf, type Row, thinned } from './thinned.ts';
import { ticksOf, tickWords, WHOLE } from './ticks.ts';

const HEIGHT = 220;
/** Pixels dragged that are no slip of the hand. */
const DRAG = 6;

/** How a line is drawn, and its key in the legend. */
export type Look = 'strong' | 'thin' | 'faint' | 'dots' | 'loud' | 'ahead';

/** A stretch of time that means something, or an instant where both ends are one. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** Of an incident. */
  readonly tone: Tone;
}

export interface ChartProps {
  readonly theme: Theme;
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
  readonly bands: readonly Band[];
  /** A time was dragged over; without one: all is wanted back. */
  readonly onZoom: (from?: number, to?: number) => void;
}

/** Lines over time, each of which can be left out, and a level limit. Gaps are gaps; the axis begins at zero. */
export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { theme, name, summary, lines, limit, limitName, rows, bands, onZoom } = props;
  const [without, leave] = useState<readonly string[]>([]);
  const columns = useMemo(() => columnsOf(props, without), [rows, without]);
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
  }, [`${theme} ${name} ${lines.length}`]);

  useEffect(() => plot.current?.setData(columns), [columns, bands, limit]);

  return (
    <figure class="chart">
      <div ref={box} role="img" aria-label={`${name} chart: ${summary}`} onDblClick={() => onZoom()} />
      <figcaption class="legend quiet small">
        {lines.map(([look, line]) => (
          <button
            key={line}
            type="button"
            class={`plain key ${look}`}
            aria-pressed={!without.includes(line)}
            onClick={() => leave(without.includes(line) ? without.filter((one) => one !== line) : [...without, line])}
          >
            {line}
          </button>
        ))}
        {limit !== null && <span class="key limit">{limitName}</span>}
      </figcaption>
    </figure>
  );
}

/** Where buckets are missing a null keeps the line from bridging them. */
function columnsOf({ rows, lines, gapMs, stepped }: ChartProps, without: readonly string[]): uPlot.AlignedData {
  const piece = pieceOf(rows);
  const gap = Math.max(gapMs, piece);
  const none = lines.map(() => null);
  const all: Row[] = [];
  let last: Row | undefined;
  for (const row of thinned(rows, piece)) {
    const [at, before] = [row[0] ?? 0, last?.[0] ?? row[0] ?? 0];
    if (at - before > gap && row[1] != null) all.push([before + 1, ...none]);
    else if (stepped === true && last?.[1] != null) all.push([at, ...last.slice(1)]);
    all.push(row);
    last = row;
  }
  return [
    all.map(([at]) => (at ?? 0) / 1_000),
    ...lines.map(([, name], line) => all.map((row) => (without.includes(name) ? null : (row[line + 1] ?? null)))),
  ];
}

function options(element: HTMLElement, latest: { readonly current: ChartProps }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const [strong, faint] = [token('--accent'), token('--ink-faint')];
  const looks: Readonly<Record<Look, uPlot.Series>> = {
    strong: { stroke: strong, width: 2, points: { show: true, size: 5, fill: strong, filter: points(isAlone) } },
    thin: { stroke: faint, width: 1, points: { show: false } },
    faint: { stroke: faint, width: 1, dash: [1, 3], points: { show: false } },
    dots: dots(faint, 5),
    loud: dots(token('--ink'), 6),
    ahead: { stroke: strong, width: 1, dash: [6, 4], points: { show: false } },
  };
  const axis = {
    incrs: WHOLE,
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
    // The scale follows what is given; that it is set ends the selection.
    cursor: { y: false, drag: { x: true, dist: DRAG }, points: { size: 6 }, sync: { key: 'at' } },
    scales: {
      x: { range: () => [latest.current.from / 1_000, latest.current.to / 1_000] },
      y: { range: (_, __, top) => [0, Math.max(top * 1.08, (latest.current.limit ?? 0) * 1.15, 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: (plot) => ticksOf(latest.current, plot.bbox.width / devicePixelRatio),
        values: (_, ticks) => ticks.map((tick) => tickWords(tick * 1_000, latest.current)),
      },
      {
        ...axis,
        size: 64,
        space: 36,
        values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : latest.current.words(tick))),
      },
    ],
    series: [{}, ...latest.current.lines.map(([look]) => looks[look])],
    hooks: {
      drawAxes: [(plot) => drawBelow(plot, latest.current, token)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          latest.current.onZoom(timeAt(plot, left), timeAt(plot, left + width));
        },
      ],
    },
    plugins: [readout(latest)],
  };
}

function timeAt(plot: uPlot, left: number): number {
  return plot.posToVal(left, 'x') * 1_000;
}

/**
 * No line, nothing for nought, and none that the next covers from above. What is drawn level until the next row
 * (`columnsOf`) has no dot at its end.
 */
function dots(fill: string, size: number): uPlot.Series {
  const filter = points((values, at, toNext) => {
    const value = Number(values[at]);
    return value > 0 && toNext !== 0 && !(toNext < 2 && value < Number(values[at + 1]));
  });
  return { stroke: fill, width: 0, paths: () => null, points: { show: true, size, fill, filter } };
}

type Figures = uPlot.AlignedData[number];

/** `toNext`: pixels from there to the next; NaN: there is none. */
function points(isShown: (values: Figures, at: number, toNext: number) => boolean): uPlot.Series.Points.Filter {
  return (plot, column) => {
    const values = plot.data[column] ?? [];
    const place = (at: number) => plot.valToPos(plot.data[0][at] ?? Number.NaN, 'x');
    return Array.from(values.keys()).filter((at) => place(at) >= 0 && isShown(values, at, place(at + 1) - place(at)));
  };
}

/** Points without a neighbour, which no line shows. */
function isAlone(values: Figures, at: number): boolean {
  return values[at] != null && values[at - 1] == null && values[at + 1] == null;
}

/** The limit as a dashed line, stretches of time as faint bands that are strong at the top, instants as lines. */
function drawBelow(plot: uPlot, { limit, bands }: ChartProps, token: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const x = (at: number) =>
    Math.round(Math.min(Math.max(plot.valToPos(at / 1_000, 'x', true), bbox.left), bbox.left + bbox.width));
  const fill = (alpha: number, ...area: readonly [number, number, number, number]) => {
    ctx.globalAlpha = alpha;
    ctx.fillRect(...area);
  };
  ctx.save();
  for (const { from, to, tone } of bands) {
    const left = x(from);
    const width = Math.max(x(to) - left, 2 * unit);
    ctx.fillStyle = token(from === to ? '--accent' : `--${tone}-mark`);
    fill(from === to ? 0.6 : 0.1, left, bbox.top, width, bbox.height);
    fill(1, left - (from === to ? 2 * unit : 0), bbox.top, from === to ? 6 * unit : width, 3 * unit);
  }
  if (limit !== null) {
    ctx.fillStyle = token('--degraded-mark');
    const y = Math.round(plot.valToPos(limit, 'y', true));
    for (let at = 0; at < bbox.width; at += 10 * unit)
      fill(1, bbox.left + at, y, Math.min(6 * unit, bbox.width - at), unit);
  }
  ctx.restore();
}

/** The figures under the pointer and what the time there means, in a corner that the pointer is not in. */
function readout(latest: { readonly current: ChartProps }): uPlot.Plugin {
  const label = document.createElement('div');
  label.className = 'readout';
  label.hidden = true;
  const show = (plot: uPlot) => {
    const { idx, left = 0 } = plot.cursor;
    const at = idx == null ? undefined : plot.data[0][idx];
    label.hidden = at === undefined;
    if (at === undefined || idx == null) return;
    const { lines, words, bands, from, to } = latest.current;
    const figures = lines.map(([, name], line) => `${name} ${words(plot.data[line + 1]?.[idx] ?? null)}`);
    const [here, near] = [timeAt(plot, left), (to - from) / 200];
    const meant = bands.filter((band) => band.from - near < here && here < band.to + near);
    label.textContent = [
      [moment(at * 1_000, Date.now()), ...figures].join('   '),
      ...meant.map((band) => band.name),
    ].join('\n');
    label.classList.toggle('right', left < plot.over.clientWidth / 2);
  };
  return { hooks: { init: (plot) => void plot.over.append(label), setCursor: show } };
}
