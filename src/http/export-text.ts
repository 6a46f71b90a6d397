import type { ExportFormat } from '../core/ports.ts';
import { STEP_NAMES } from '../core/step.ts';
import type { ProbeRecord } from '../core/store.ts';
import { isoTime, msAnswer, probeAnswer } from './probe-answer.ts';

/** How probes are written: what stands before them all, and each of them, its end of line included. */
export interface ExportText {
  readonly head: string;
  readonly line: (record: ProbeRecord) => string;
}

export function exportText(format: ExportFormat): ExportText {
  return format === 'csv' ? { head: csvHead(), line: csvLine } : { head: '', line: jsonLine };
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
