/** Whole numbers below 2^32 in ascending order, so that a percentile is one look. */
export interface Ordered {
  add(value: number): void;
  /** Takes out one of that value, which is there. */
  remove(value: number): void;
  /** By nearest rank, as core/percentile.ts; null when there are none. */
  percentile(share: number): number | null;
}

/** `values` is taken over; the first `count` of it are the numbers, in any order, the rest is room. */
export function createOrdered(values: Uint32Array, count: number): Ordered {
  let used = count;
  values.subarray(0, used).sort();
  return {
    add(value) {
      const place = placeOf(values, used, value);
      values.copyWithin(place + 1, place, used);
      values[place] = value;
      used += 1;
    },
    remove(value) {
      const place = placeOf(values, used, value);
      values.copyWithin(place, place + 1, used);
      used -= 1;
    },
    percentile(share) {
      const rank = Math.max(1, Math.ceil(share * used));
      return used === 0 ? null : (values[Math.min(rank, used) - 1] ?? 0);
    },
  };
}

/** Where a value is among the first `count`, or belongs. */
function placeOf(values: Uint32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
