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
  /** The buckets in use, smallest first: all that there is to keep. */
  entries(): readonly HistogramEntry[];
}

export type HistogramEntry = readonly [bucket: number, count: number];

/** Of a percentile, relative. */
export const RELATIVE_ERROR = 0.01;
const SMALLEST_MS = 0.001;
const GROWTH = Math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR));
/** What values commonly spread over; more room is taken when it is needed. */
const FIRST_ROOM = 8;

/**
 * `entries`: what `entries()` of another one gave, in any order. Buckets in use and their counts stand in typed arrays,
 * ascending: there is one histogram for each server, step and day.
 */
export function createHistogram(entries: readonly HistogramEntry[] = []): Histogram {
  let buckets = new Uint16Array(FIRST_ROOM);
  let counts = new Uint32Array(FIRST_ROOM);
  let used = 0;
  let total = 0;

  const insert = (place: number, bucket: number): void => {
    if (used === buckets.length) {
      buckets = grown(buckets, new Uint16Array(used * 2));
      counts = grown(counts, new Uint32Array(used * 2));
    }
    buckets.copyWithin(place + 1, place, used);
    counts.copyWithin(place + 1, place, used);
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
  for (const [bucket, times] of entries) count(bucket, times);

  return {
    count: () => total,
    add: (ms, times = 1) => count(bucketOf(ms), times),
    merge: (other) => {
      for (const [bucket, times] of other.entries()) count(bucket, times);
    },
    percentile: (share) => {
      let left = Math.max(1, Math.ceil(share * total));
      for (let place = 0; place < used; place += 1) {
        left -= counts[place] ?? 0;
        if (left <= 0) return middleOf(buckets[place] ?? 0);
      }
      return null;
    },
    entries: () => Array.from({ length: used }, (_, place) => [buckets[place] ?? 0, counts[place] ?? 0] as const),
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
