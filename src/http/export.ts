import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { STEP_NAMES } from '../core/step.ts';
import type { ProbeRecord } from '../core/store.ts';
import { isoTime, msAnswer, probeAnswer } from './probe-answer.ts';
import { found } from './problem.ts';
import type { App, HttpStore, Room } from './room.ts';
import { ExportQuery, IdParams } from './schema-request.ts';

/** Probes read at once, which takes two milliseconds; then other work has its turn. */
const PAGE = 25;

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8', head: csvHead, line: csvLine },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', head: () => '', line: jsonLine },
} as const;

/** Every probe that is kept of one server as a file, newest first, read and sent piece by piece. */
export function exportRoutes(app: App, { monitor, store }: Room): void {
  const itsTurn = createTurns();
  app.get(
    '/servers/:id/export',
    {
      schema: {
        tags: ['probes'],
        summary: 'All probes that are kept, as CSV or as one JSON object a line, newest first',
        params: IdParams,
        querystring: ExportQuery,
      },
    },
    async ({ params: { id }, query: { format } }, reply) => {
      found(monitor.server(id), 'server', id);
      const { type, head, line } = FORMATS[format];
      const pieces = Readable.from(exported({ store, itsTurn }, id, { head, line }), { objectMode: false });
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="${id}-probes.${format}"`)
        .send(pieces);
    },
  );
}

interface Format {
  readonly head: () => string;
  readonly line: (record: ProbeRecord) => string;
}

/** Resolves for one caller in each turn of the event loop, in the order they came. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => nextTurn());
    return last;
  };
}

interface Source {
  readonly store: Pick<HttpStore, 'probes'>;
  readonly itsTurn: () => Promise<void>;
}

/** One page of probes a piece, one piece of all exports a turn of the event loop. The reader's pace is ours: nothing is read ahead of what was sent. */
async function* exported({ store, itsTurn }: Source, id: string, { head, line }: Format): AsyncGenerator<string> {
  let piece = head();
  let cursor: string | null = null;
  do {
    await itsTurn();
    const page: Awaited<ReturnType<HttpStore['probes']>> = await store.probes(id, { limit: PAGE, cursor });
    piece += page.items.map(line).join('');
    if (piece !== '') yield piece;
    piece = '';
    cursor = page.next;
  } while (cursor !== null);
}

function jsonLine(record: ProbeRecord): string {
  return `${JSON.stringify(probeAnswer(record))}\n`;
}

function csvHead(): string {
  const steps = STEP_NAMES.map((name) => `${name}_ms`);
  const before = ['id', 'scheduled_at', 'started_at', 'location', 'state', 'reason_code', 'reason', 'duration_ms'];
  return csvRow([...before, ...steps, 'protocol_version', 'tool_count', 'pool_waiting', 'pool_used', 'pool_max']);
}

/** A step that did not run is an empty cell, one that failed its time. */
function csvLine({ id, report, judgement }: ProbeRecord): string {
  const { reason, state, pools } = judgement;
  const steps = STEP_NAMES.map((name) => report.steps.find((step) => step.name === name)?.ms ?? null);
  const [pool] = pools;
  return csvRow([
    id,
    isoTime(report.scheduledAt),
    isoTime(report.startedAt),
    report.location,
    state,
    reason?.code ?? null,
    reason?.message ?? null,
    msAnswer(report.durationMs),
    ...steps.map((ms) => (ms === null ? null : msAnswer(ms))),
    report.protocolVersion,
    report.tools?.count ?? null,
    pool?.waiting ?? null,
    pool?.used ?? null,
    pool?.max ?? null,
  ]);
}

/** RFC 4180. */
function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe: part of it comes from a target. */
function csvCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
