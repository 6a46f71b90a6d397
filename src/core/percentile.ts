/**
 * The value below or at which `share` (0..1) of the values lie, by nearest rank: always a value that was really seen.
 * `sorted` is ascending; null when it is empty.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? null;
}

/** An ascending copy, the input of `percentile`. */
export function ascending(values: readonly number[]): Float64Array {
  // By number, and four times as fast as with a function that compares.
  return new Float64Array(values).sort();
}
