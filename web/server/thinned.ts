/** A time in epoch milliseconds and a figure for each line. */
export type Row = readonly (number | null)[];

/** More than this no screen shows apart. */
const MOST = 4_000;

/** Milliseconds of a piece that no screen divides; 0: there are not too many rows. */
export function pieceOf(rows: readonly Row[]): number {
  return rows.length <= MOST ? 0 : ((rows.at(-1)?.[0] ?? 0) - (rows[0]?.[0] ?? 0)) / (MOST / 2);
}

/** Rows as they are, oldest first; or of each piece one of the lowest figures and one of the highest: it looks the same. */
export function thinned(rows: readonly Row[], piece: number): readonly Row[] {
  if (piece === 0) return rows;
  const few: Row[] = [];
  let low: (number | null)[] = [];
  let high = low;
  let last = Number.NaN;
  for (const row of rows) {
    const place = Math.floor((row[0] ?? 0) / piece);
    if (place !== last) {
      [low, high] = [[...row], [...row]];
      few.push(low, high);
      last = place;
    }
    widen(low, high, row);
  }
  return few;
}

function widen(low: (number | null)[], high: (number | null)[], row: Row): void {
  high[0] = row[0] ?? null;
  for (let line = 1; line < row.length; line += 1) {
    const figure = row[line];
    if (figure == null) continue;
    if (figure < (low[line] ?? Number.POSITIVE_INFINITY)) low[line] = figure;
    if (figure > (high[line] ?? Number.NEGATIVE_INFINITY)) high[line] = figure;
  }
}
