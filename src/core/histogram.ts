/**
 * Counts of values by size, in buckets that grow by 2 %: any percentile comes back within 1 % of a value that was really
 * counted, whatever the shape, in a few hundred bytes (the idea of DDSketch, VLDB 2019). Adding up two of them gives the
 * same as counting all values in one.
 */
export interface Histogram {
  count(): number;
  /** `times`, a positive whole number, counts the value that often. Below a microsecond is a microsecond. */
  add(ms: number, times?: number): void;
  merge(other: Histogram): void;
  /** The value below or at which `share` (0..1) of the values lie, by nearest rank; null when it is empty. */
  percentile(share: number): number | null;
  /** All that there is to keep. */
  entries(): HistogramEntries;
}

/** Bucket and count of each bucket in use, one after the other, buckets ascending. */
export type HistogramEntries = Readonly<Uint32Array>;

/** Of a percentile, relative. */
export const RELATIVE_ERROR = 0.01;
const SMALLEST_MS = 0.001;
const GROWTH = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));
/** What values commonly spread over; more room is taken when it is needed. */
const FIRST_ROOM = 8;

const NONE: HistogramEntries = new Uint32Array();

/**
 * `entries`: what `entries()` of another one gave. Buckets in use and their counts stand in typed arrays,
 * ascending: there is one histogram for each server, step and day.
 */
export function createHistogram(entries: HistogramEntries = NONE): Histogram {
  let buckets = new Uint16Array(Math.max(FIRST_ROOM, entries.length / 2));
  let counts = new Uint32Array(buckets.length);
  let used = 0;
  let total = 0;

  const insert = (place: number, bucket: number): void => {
    if (used === buckets.length) {
      buckets = grown(buckets, new Uint16Array(used * 2));
      counts = grown(counts, new Uint32Array(used * 2));
    }
    // Entries mostly come in order, and moving nothing costs more than all else here.
    if (place < used) {
      buckets.copyWithin(place + 1, place, used);
      counts.copyWithin(place + 1, place, used);
    }
    buckets[place] = bucket;
    counts[place] = 0;
    used += 1;
  };
  const count = (bucket: number, times: number): void => {
    const place = placeOf(bucket, buckets, used);
    if (place === used || buckets[place] !== bucket) insert(place, bucket);
    counts[place] = (counts[place] ?? 0) + times;
    total += times;
  };
  const countAll = (others: HistogramEntries): void => {
    for (let at = 0; at < others.length; at += 2) count(others[at] ?? 0, others[at + 1] ?? 0);
  };
  countAll(entries);

  return {
    count: () => total,
    add: (ms, times = 1) => count(bucketOf(ms), times),
    merge: (other) => countAll(other.entries()),
    percentile: (share) => {
      let left = Math.max(1, Math.ceil(share * total));
      for (let place = 0; place < used; place += 1) {
        left -= counts[place] ?? 0;
        if (left <= 0) return middleOf(buckets[place] ?? 0);
      }
      return null;
    },
    entries: () => {
      const entries = new Uint32Array(2 * used);
      for (let place = 0; place < used; place += 1) {
        entries[2 * place] = buckets[place] ?? 0;
        entries[2 * place + 1] = counts[place] ?? 0;
      }
      return entries;
    },
  };
}

/** Many in one that is only read. A year has tens of thousands of entries and few buckets, so they are summed up by bucket. */
export function joinHistograms(all: readonly HistogramEntries[]): Pick<Histogram, 'count' | 'percentile' | 'entries'> {
  const filled = all.filter(({ length }) => length > 0);
  const first = Math.min(...filled.map((entries) => entries[0] ?? 0));
  const last = Math.max(...filled.map((entries) => entries.at(-2) ?? 0));
  const sums = new Uint32Array(filled.length === 0 ? 0 : last - first + 1);
  let total = 0;
  for (const entries of filled)
    for (let at = 0; at < entries.length; at += 2) {
      const place = (entries[at] ?? 0) - first;
      sums[place] = (sums[place] ?? 0) + (entries[at + 1] ?? 0);
      total += entries[at + 1] ?? 0;
    }
  return {
    count: () => total,
    percentile: (share) => {
      let left = Math.max(1, Math.ceil(share * total));
      const place = sums.findIndex((times) => {
        left -= times;
        return left <= 0;
      });
      return place === -1 ? null : middleOf(first + place);
    },
    entries: () => Uint32Array.from([...sums].flatMap((times, place) => (times === 0 ? [] : [first + place, times]))),
  };
}

/** Where `bucket` is among the first `used` ones, or belongs. */
function placeOf(bucket: number, buckets: Uint16Array, used: number): number {
  let low = 0;
  let high = used;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] ?? 0) < bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grown<T extends Uint16Array | Uint32Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}

function bucketOf(ms: number): number {
  return ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH);
}

/** Off by at most `RELATIVE_ERROR` from everything in the bucket. */
function middleOf(bucket: number): number {
  return (2 * SMALLEST_MS * Math.exp(bucket * GROWTH)) / (Math.exp(GROWTH) + 1);
}
