/**
 * Counts of values by size, in buckets that grow by 2 %: any percentile comes back within 1 % of a value that was really
 * counted, whatever the shape, in a few hundred bytes (the idea of DDSketch, VLDB 2019). Adding up two of them gives the
 * same as counting all values in one.
 */
export interface Histogram {
  /** Its buckets in use as HistogramEntries, then room. */
  cells: Uint32Array;
  /** Cells that are in use. */
  used: number;
  /** Values that were counted. */
  total: number;
}

/** Bucket and count of each bucket in use, one after the other, buckets ascending. */
export type HistogramEntries = Readonly<Uint32Array>;

/** Of a percentile, relative. */
export const RELATIVE_ERROR = 0.01;
const SMALLEST_MS = 0.001;
const GROWTH = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));
/** Buckets that values commonly spread over; more room is taken when it is needed. */
const FIRST_ROOM = 8;

const NONE: HistogramEntries = new Uint32Array();

/**
 * `entries`: what `entriesOf` gave of another one. One array and no functions of its own: there is a histogram for each
 * server, step and day.
 */
export function createHistogram(entries: HistogramEntries = NONE): Histogram {
  const cells = new Uint32Array(Math.max(2 * FIRST_ROOM, entries.length));
  cells.set(entries);
  return { cells, used: entries.length, total: totalOf(entries) };
}

/** `times`, a positive whole number, counts the value that often. Below a microsecond is a microsecond. */
export function count(histogram: Histogram, ms: number, times = 1): void {
  countIn(histogram, bucketOf(ms), times);
}

/** Counts everything that another one has counted. */
export function merge(histogram: Histogram, others: HistogramEntries): void {
  for (let at = 0; at < others.length; at += 2) countIn(histogram, others[at] ?? 0, others[at + 1] ?? 0);
}

/** The value below or at which `share` (0..1) of the values lie, by nearest rank; null when it is empty. */
export function percentileOf({ cells, used, total }: Histogram, share: number): number | null {
  let left = Math.max(1, Math.ceil(share * total));
  for (let at = 0; at < used; at += 2) {
    left -= cells[at + 1] ?? 0;
    if (left <= 0) return middleOf(cells[at] ?? 0);
  }
  return null;
}

/** All that there is to keep. */
export function entriesOf({ cells, used }: Histogram): HistogramEntries {
  return cells.slice(0, used);
}

/** Many in one. A year has tens of thousands of entries and few buckets, so they are summed up by bucket. */
export function joinHistograms(all: readonly HistogramEntries[]): Histogram {
  const filled = all.filter(({ length }) => length > 0);
  if (filled.length < 2) return createHistogram(filled[0]);
  const first = Math.min(...filled.map((entries) => entries[0] ?? 0));
  const last = Math.max(...filled.map((entries) => entries.at(-2) ?? 0));
  const sums = new Uint32Array(last - first + 1);
  for (const entries of filled)
    for (let at = 0; at < entries.length; at += 2) {
      const place = (entries[at] ?? 0) - first;
      sums[place] = (sums[place] ?? 0) + (entries[at + 1] ?? 0);
    }
  const cells = new Uint32Array(2 * sums.length);
  let used = 0;
  for (let place = 0; place < sums.length; place += 1) {
    const times = sums[place] ?? 0;
    if (times === 0) continue;
    cells[used] = first + place;
    cells[used + 1] = times;
    used += 2;
  }
  return { cells, used, total: totalOf(cells) };
}

function countIn(histogram: Histogram, bucket: number, times: number): void {
  const at = placeOf(histogram, bucket);
  if (at === histogram.used || histogram.cells[at] !== bucket) insert(histogram, at, bucket);
  histogram.cells[at + 1] = (histogram.cells[at + 1] ?? 0) + times;
  histogram.total += times;
}

function insert(histogram: Histogram, at: number, bucket: number): void {
  const { cells, used } = histogram;
  if (used === cells.length) {
    histogram.cells = new Uint32Array(2 * used);
    histogram.cells.set(cells);
  }
  // Entries mostly come in order, and moving nothing costs more than all else here.
  if (at < used) histogram.cells.copyWithin(at + 2, at, used);
  histogram.cells[at] = bucket;
  histogram.cells[at + 1] = 0;
  histogram.used += 2;
}

/** The cell where `bucket` is, or belongs. */
function placeOf({ cells, used }: Histogram, bucket: number): number {
  let low = 0;
  let high = used / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[2 * middle] ?? 0) < bucket) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

function totalOf(entries: HistogramEntries): number {
  let total = 0;
  for (let at = 1; at < entries.length; at += 2) total += entries[at] ?? 0;
  return total;
}

function bucketOf(ms: number): number {
  return ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH);
}

/** Off by at most `RELATIVE_ERROR` from everything in the bucket. */
function middleOf(bucket: number): number {
  return (2 * SMALLEST_MS * Math.exp(bucket * GROWTH)) / (Math.exp(GROWTH) + 1);
}
