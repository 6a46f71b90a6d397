import { Fragment, type VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ServerRow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { figure, latency, MISSING, percent } from '../format.ts';
import { Cells } from '../parts/cells.tsx';
import { MaintenanceFlag } from '../parts/maintenance-flag.tsx';
import { Mark, StateMark } from '../parts/mark.tsx';
import { Spark } from '../parts/spark.tsx';
import { Ago } from '../parts/time.tsx';
import { serverPath } from '../paths.ts';
import { levelTone, levelWord, signalWord, standingSentence, withoutName } from '../words.ts';
import { Chunk } from './chunk.tsx';
import { keepOrder } from './filters.ts';

/** Lists up to this long are drawn whole, longer ones in stretches. */
const WHOLE = 100;
const CHUNK = 25;

function chunksOf(rows: readonly ServerRow[]): (readonly ServerRow[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, index) =>
    rows.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}

/** One row per server. While the pointer or the focus is inside, rows keep their places. */
export function Rows({ rows, grouped }: { rows: readonly ServerRow[]; grouped: boolean }) {
  const [held, setHeld] = useState(false);
  const shown = useRef<readonly string[]>([]);
  const ordered = held ? keepOrder(rows, shown.current) : rows;
  shown.current = ordered.map((row) => row.id);
  const drawn = useDrawn(`${grouped} ${ordered.length}`);
  return (
    <table
      class="servers"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusCapture={() => setHeld(true)}
      onBlurCapture={() => setHeld(false)}
      onKeyDown={walk}
    >
      <caption class="hidden">Servers</caption>
      <thead>
        <tr>
          <th scope="col">server</th>
          <th scope="col">last 24 h</th>
          <th scope="col">P95 init</th>
          <th scope="col">canary</th>
          <th scope="col">pool</th>
          <th scope="col">uptime 30 d</th>
          <th scope="col">checked</th>
        </tr>
      </thead>
      {chunksOf(ordered).map((chunk, index) =>
        // Its first row stands under a heading or not by the row before it.
        drawn(ordered.slice(Math.max(0, index * CHUNK - 1), (index + 1) * CHUNK), index, () => (
          <Chunk key={index} rows={chunk.length} always={ordered.length <= WHOLE}>
            {() =>
              chunk.map((row, at) => (
                <Fragment key={row.id}>
                  {grouped && row.tags[0] !== ordered[index * CHUNK + at - 1]?.tags[0] && <Group tag={row.tags[0]} />}
                  {drawn([row], row.id, () => (
                    <Row row={row} />
                  ))}
                </Fragment>
              ))
            }
          </Chunk>
        )),
      )}
    </table>
  );
}

/** What is drawn from the same rows as before is not drawn again: of a thousand a few change in a second. */
function useDrawn(shape: string) {
  const kept = useMemo(() => new Map<string | number, { rows: readonly ServerRow[]; node: VNode }>(), [shape]);
  return (rows: readonly ServerRow[], key: string | number, draw: () => VNode): VNode => {
    const last = kept.get(key);
    if (last?.rows.length === rows.length && rows.every((row, at) => row === last.rows[at])) return last.node;
    const node = draw();
    kept.set(key, { rows, node });
    return node;
  };
}

/** Arrows lead from one server to the next. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('th a')];
  links[links.findIndex((link) => link.matches(':focus')) + step]?.focus();
}

/** A row of its own only where it differs from the one before. */
function Group({ tag = 'without a tag' }: { tag: string | undefined }) {
  return (
    <tr class="group">
      <th colSpan={7} scope="rowgroup">
        {tag}
      </th>
    </tr>
  );
}

function Row({ row }: { row: ServerRow }) {
  const beats = useDashboard().fleet.beats.value.get(row.id) ?? '-'.repeat(48);
  return (
    <tr class={`state-${row.state}`}>
      <th scope="row" class="cell-name">
        <div class="marked">
          <StateMark state={row.state} />
          <div>
            <a href={serverPath(row.id)}>{row.name}</a>
            <MaintenanceFlag until={row.maintenance_until ?? null} />
            <Line row={row} />
          </div>
        </div>
      </th>
      <td class="cell-beats">
        <Cells beats={beats} />
      </td>
      <td class="cell-latency">
        <div class="figure-line">
          <span class="number">{latency(row.p95_ms)}</span>
          {row.p95_ms !== null && <Spark id={row.id} />}
        </div>
      </td>
      <td class="cell-canary">
        <Canary row={row} />
      </td>
      <td class="cell-pool">{row.pool_waiting === null ? MISSING : `${figure(row.pool_waiting)} waiting`}</td>
      <td class="cell-uptime">{percent(row.uptime_30d)}</td>
      <td class="cell-checked quiet">
        <Ago at={row.last_probe_at} />
      </td>
    </tr>
  );
}

/** The second line of a row: why, or what is about to change. A server that is well has none. */
function Line({ row }: { row: ServerRow }) {
  const { fleet } = useDashboard();
  if (row.state !== 'up') {
    return <p class="row-line">{withoutName(standingSentence(row, fleet.open.value), row.name)}</p>;
  }
  if (row.turning?.to !== 'bad') return null;
  return (
    <p class="row-line">
      {signalWord(row.turning.signal)} not good in {row.turning.count} of {row.turning.needed} probes
    </p>
  );
}

function Canary({ row }: { row: ServerRow }) {
  const level = row.signals.canary;
  if (level === undefined) return <span>{MISSING}</span>;
  return <Mark tone={levelTone('canary', level)} label={`canary ${levelWord(level)}`} />;
}
