import type { StepName } from '../core/step.ts';
import {
  CursorError,
  type LatencySample,
  type Page,
  type PageQuery,
  type PoolFigures,
  type PoolRecord,
  type ProbeRecord,
  type VersionTurn,
} from '../core/store.ts';
import type { Days } from './days.ts';
import { parseOwn } from './json.ts';
import { idOf, startOf } from './probe-id.ts';
import { createRowReader, fromSaid, isTimed, type ProbeRow } from './probe-row.ts';
import type { Roster } from './roster.ts';

/** Reads of what was probed. */
export interface Probes {
  page(serverId: string, query: PageQuery): Page<ProbeRecord>;
  find(serverId: string, id: string): ProbeRecord | null;
  latest(serverIds: readonly string[]): Map<string, ProbeRecord>;
  latency(serverId: string, step: StepName, from: number, to: number): LatencySample[];
  poolRecords(serverId: string, span: { from: number; limit: number }): PoolRecord[];
  poolFigures(serverId: string, span: { from: number; to: number; limit: number }): PoolFigures[];
  versions(serverId: string, from: number, to: number): VersionTurn[];
  count(from: number): number;
}

export function createProbes(days: Pick<Days, 'within'>, roster: Pick<Roster, 'find'>): Probes {
  const newest = (serverId: string, before: number, limit: number, from = 0): ProbeRecord[] => {
    const server = roster.find(serverId);
    const rows: ProbeRow[] = [];
    if (server === undefined) return [];
    for (const day of days.within(from, before).reverse()) {
      rows.push(...day.newest(server, { from, before, limit: limit - rows.length }));
      if (rows.length >= limit) break;
    }
    const read = createRowReader(serverId);
    return rows.map((row) => ({ id: idOf(row.at), ...read(row) }));
  };
  return {
    page(serverId, { limit, cursor }) {
      const found = newest(serverId, beforeOf(cursor), limit + 1);
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    find(serverId, id) {
      const at = startOf(id);
      const [record] = at === null ? [] : newest(serverId, at + 1, 1);
      return record?.id === id ? record : null;
    },
    latest: (serverIds) =>
      new Map(
        serverIds.flatMap((serverId) =>
          newest(serverId, Number.MAX_SAFE_INTEGER, 1).map((record) => [serverId, record] as const),
        ),
      ),
    latency(serverId, step, from, to) {
      const server = roster.find(serverId);
      if (server === undefined) return [];
      if (isTimed(step)) return days.within(from, to).flatMap((day) => day.samples(server, step, from, to));
      const steps = newest(serverId, to, Number.MAX_SAFE_INTEGER, from).flatMap(({ report }) =>
        report.steps
          .filter(({ name }) => name === step)
          .map(({ status, ms }) => ({
            at: report.startedAt,
            ms: status === 'ok' ? ms : null,
            ...(report.marks.length === 0 ? {} : { marked: true as const }),
          })),
      );
      return steps.reverse();
    },
    poolRecords: (serverId, span) => poolRecords(days, roster.find(serverId), span),
    poolFigures: (serverId, span) => poolFigures(days, roster.find(serverId), span),
    versions: (serverId, from, to) => versions(days, roster.find(serverId), { from, to }),
    count: (from) => days.within(from, Number.MAX_SAFE_INTEGER).reduce((sum, day) => sum + day.count(from), 0),
  };
}

/** Newest first. Reads of each probe only what was said in it. */
function poolRecords(
  days: Pick<Days, 'within'>,
  server: number | undefined,
  { from, limit }: { from: number; limit: number },
): PoolRecord[] {
  const rows: { at: number; said: string }[] = [];
  if (server === undefined) return [];
  for (const day of days.within(from, Number.MAX_SAFE_INTEGER).reverse()) {
    rows.push(...day.said(server, { from, limit: limit - rows.length }));
    if (rows.length >= limit) break;
  }
  return rows.map(({ at, said }) => ({ at, ...fromSaid(said) }));
}

/** Oldest first. SQLite takes the pools out of each text, so that the answers beside them are not parsed. */
function poolFigures(
  days: Pick<Days, 'within'>,
  server: number | undefined,
  { from, to, limit }: { from: number; to: number; limit: number },
): PoolFigures[] {
  const rows: { at: number; pools: string }[] = [];
  if (server === undefined) return [];
  for (const day of days.within(from, to)) {
    rows.push(...day.pools(server, { from, to, limit: limit - rows.length }));
    if (rows.length >= limit) break;
  }
  return rows.map(({ at, pools }) => ({ at, pools: parseOwn<PoolFigures['pools']>(pools) }));
}

function versions(
  days: Pick<Days, 'within'>,
  server: number | undefined,
  { from, to }: { from: number; to: number },
): VersionTurn[] {
  if (server === undefined) return [];
  const turns: VersionTurn[] = [];
  for (const { at, version } of days.within(from, to).flatMap((day) => day.versions(server, from, to)))
    if (version !== null && version !== turns.at(-1)?.version) turns.push({ at, version });
  return turns;
}

/** The instant before which a page's probes were started. */
function beforeOf(cursor: string | null): number {
  const at = cursor === null ? Number.MAX_SAFE_INTEGER : startOf(cursor);
  if (at === null) throw new CursorError();
  return at;
}
