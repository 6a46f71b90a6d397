export const DAY_MS = 86_400_000;

/** More milliseconds than a day has: what a server's rows of a day are apart from the next server's. */
const SHIFT = 27;
const SPREAD = 2 ** SHIFT;

/** How the rows of one day are found. A day keeps the key its table was made with. */
export interface DayKey {
  readonly table: string;
  /** What makes the key, and its values for one row. */
  readonly columns: readonly string[];
  of(server: number, at: number): readonly number[];
  /** SQL, the table being called `probe`, that holds for the rows of one server in [from, to), and the values it wants. */
  readonly within: string;
  range(server: number, from: number, to: number): readonly number[];
  /** SQL for the server and the instant of a row; `order`: what ascends with time. */
  readonly server: string;
  readonly at: string;
  /** SQL for the milliseconds from `origin` on to that instant: a number of few digits is written and read in less. */
  readonly offset: string;
  readonly origin: number;
  readonly order: string;
  /** SQL, after a CROSS JOIN from `server`: its rows from an instant on, and the value it wants. */
  readonly since: string;
  start(from: number): number;
}

/**
 * One number for server and instant within the day, which takes half of what the two take as columns. The server leads:
 * every question but "how many" is about one server. At thousands of servers this costs more writing than a key led by
 * time; each new day may choose another key without touching the days before.
 */
export function packedKey(from: number): DayKey {
  const offset = (at: number): number => Math.max(0, Math.min(at - from, DAY_MS));
  return {
    table: `probes_${nameOf(from)}`,
    columns: ['id'],
    of: (server, at) => [server * SPREAD + at - from],
    within: 'probe.id >= ? AND probe.id < ?',
    range: (server, start, end) => [server * SPREAD + offset(start), server * SPREAD + offset(end)],
    server: `(probe.id >> ${SHIFT})`,
    at: `(probe.id & ${SPREAD - 1}) + ${from}`,
    offset: `probe.id & ${SPREAD - 1}`,
    origin: from,
    order: 'probe.id',
    since: `probe.id >= server.n * ${SPREAD} + ? AND probe.id < (server.n + 1) * ${SPREAD}`,
    start: offset,
  };
}

/** Of days made before schema 7. */
export function pairKey(from: number): DayKey {
  return {
    table: `probe_${nameOf(from)}`,
    columns: ['server', 'at'],
    of: (server, at) => [server, at],
    within: 'probe.server = ? AND probe.at >= ? AND probe.at < ?',
    range: (server, start, end) => [server, start, end],
    server: 'probe.server',
    at: 'probe.at',
    offset: 'probe.at',
    origin: 0,
    order: 'probe.at',
    since: 'probe.server = server.n AND probe.at >= ?',
    start: (start) => start,
  };
}

export function nameOf(from: number): string {
  return new Date(from).toISOString().slice(0, 10).replaceAll('-', '');
}
