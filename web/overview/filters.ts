import type { ServerRow } from '../../src/http/wire.ts';
import { keyIn, STATES, type State } from '../words.ts';

export const SORTS = {
  state: 'worst first',
  name: 'name',
  p95: 'slowest first',
  uptime: 'least uptime',
  tag: 'grouped by tag',
} as const;
export type Sort = keyof typeof SORTS;

/** What the address bar says about which servers are wanted. `broken`: everything a person should look at. */
export interface Filter {
  readonly state: State | 'broken' | null;
  readonly tag: string | null;
  readonly text: string;
  readonly sort: Sort;
}

export function readFilter(query: URLSearchParams): Filter {
  const state = query.get('state');
  return {
    state: state === 'broken' ? 'broken' : (STATES.find((known) => known === state) ?? null),
    tag: query.get('tag'),
    text: query.get('q') ?? '',
    sort: keyIn(SORTS, query.get('sort')) ?? 'state',
  };
}

const BROKEN: readonly State[] = ['down', 'degraded', 'auth_required', 'rate_limited'];

export function isBroken(row: ServerRow): boolean {
  return BROKEN.includes(row.state);
}

export function select(rows: readonly ServerRow[], filter: Filter): ServerRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(
      (row) =>
        (filter.state === null || (filter.state === 'broken' ? isBroken(row) : row.state === filter.state)) &&
        (filter.tag === null || row.tags.includes(filter.tag)) &&
        words.every((word) =>
          `${row.name} ${row.id} ${row.tags.join(' ')} ${row.sentence ?? ''}`.toLowerCase().includes(word),
        ),
    )
    .sort(ORDERS[filter.sort]);
}

type Order = (a: ServerRow, b: ServerRow) => number;

const byName: Order = (a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id);

/** Missing figures come last, whichever way the figures run. */
const byFigure =
  (read: (row: ServerRow) => number | null): Order =>
  (a, b) => {
    const [left, right] = [read(a), read(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return left - right || byName(a, b);
  };

const ORDERS: Readonly<Record<Sort, Order>> = {
  state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || byName(a, b),
  name: byName,
  p95: byFigure((row) => (row.p95_ms === null ? null : -row.p95_ms)),
  uptime: byFigure((row) => row.uptime_30d),
  // Those without come last.
  tag: (a, b) => (a.tags[0] ?? '\uffff').localeCompare(b.tags[0] ?? '\uffff') || ORDERS.state(a, b),
};

/** Keeps the order of what is already on screen; what is new comes after it. */
export function keepOrder(rows: readonly ServerRow[], shown: readonly string[]): ServerRow[] {
  const place = new Map(shown.map((id, index) => [id, index]));
  return rows.toSorted((a, b) => (place.get(a.id) ?? shown.length) - (place.get(b.id) ?? shown.length));
}

/** Every tag with the number of servers that carry it, most used first. */
export function tagsOf(rows: readonly ServerRow[]): { tag: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags } of rows) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || a.tag.localeCompare(b.tag));
}
