import type { StepName } from '../core/step.ts';

/** How long the steps of each server took, as the text of one Prometheus histogram. */
export interface StepTimes {
  add(server: string, step: StepName, seconds: number): void;
  /** In the text format 0.0.4, a server at a time: together they take tens of milliseconds. */
  read(): Iterable<string>;
}

const NAME = 'alivemcp_probe_duration_seconds';
const HELP = 'Duration of the steps that went well';
/** Upper ends of the buckets; one more holds the rest. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BUCKETS = SECONDS.length + 1;

/** One step of all servers: each has `BUCKETS` counts and a sum, side by side. */
interface Column {
  readonly counts: Uint32Array;
  readonly sums: Float64Array;
}

/** In typed arrays: an object for each server and step takes ten times the room. */
export function createStepTimes(): StepTimes {
  const places = new Map<string, number>();
  const columns = new Map<StepName, Column>();

  const placeOf = (server: string): number => {
    const place = places.get(server) ?? places.size;
    places.set(server, place);
    return place;
  };
  const columnOf = (step: StepName, place: number): Column => {
    const known = columns.get(step);
    if (known !== undefined && place < known.sums.length) return known;
    const column = widened(known, 2 * (place + 1));
    columns.set(step, column);
    return column;
  };

  return {
    add(server, step, seconds) {
      const place = placeOf(server);
      const { counts, sums } = columnOf(step, place);
      const at = place * BUCKETS + bucketOf(seconds);
      counts[at] = (counts[at] ?? 0) + 1;
      sums[place] = (sums[place] ?? 0) + seconds;
    },
    *read() {
      yield `# HELP ${NAME} ${HELP}\n# TYPE ${NAME} histogram\n`;
      for (const [server, place] of places)
        yield [...columns]
          .map(([step, column]) => linesOf(`server="${server}",step="${step}"`, column, place))
          .join('');
    },
  };
}

function widened(old: Column | undefined, size: number): Column {
  const wide = { counts: new Uint32Array(size * BUCKETS), sums: new Float64Array(size) };
  if (old === undefined) return wide;
  wide.counts.set(old.counts);
  wide.sums.set(old.sums);
  return wide;
}

function bucketOf(seconds: number): number {
  const at = SECONDS.findIndex((end) => seconds <= end);
  return at === -1 ? SECONDS.length : at;
}

/** Nothing of a step that the server never did. */
function linesOf(labels: string, { counts, sums }: Column, place: number): string {
  let total = 0;
  const buckets = Array.from({ length: BUCKETS }, (_, at) => {
    total += counts[place * BUCKETS + at] ?? 0;
    return `${NAME}_bucket{le="${SECONDS[at] ?? '+Inf'}",${labels}} ${total}\n`;
  });
  if (total === 0) return '';
  return `${buckets.join('')}${NAME}_sum{${labels}} ${sums[place] ?? 0}\n${NAME}_count{${labels}} ${total}\n`;
}
