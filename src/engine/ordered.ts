/** Whole numbers below 2^32 in ascending order in a part of an array, so that a percentile is one look. */
export interface Ordered {
  readonly cells: Uint32Array;
  /** The part they are in: [from, to). After it there is room for one more. */
  readonly from: number;
  readonly to: number;
}

/** Moves those that are greater by a place. */
export function insert(part: Ordered, value: number): void {
  const place = placeOf(part, value);
  part.cells.copyWithin(place + 1, place, part.to);
  part.cells[place] = value;
}

/** Takes out one of that value, which is there. */
export function takeOut(part: Ordered, value: number): void {
  const place = placeOf(part, value);
  part.cells.copyWithin(place, place + 1, part.to);
}

/** By nearest rank, as core/percentile.ts; null when there are none. */
export function atShare({ cells, from, to }: Ordered, share: number): number | null {
  const rank = Math.min(to - from, Math.max(1, Math.ceil(share * (to - from))));
  return to === from ? null : (cells[from + rank - 1] ?? 0);
}

/** Where a value is, or belongs. */
function placeOf({ cells, from, to }: Ordered, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
