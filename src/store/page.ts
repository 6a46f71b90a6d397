import { CursorError, type Page, type PageQuery } from '../core/store.ts';

/** One page of rows numbered by `n`, highest first. The cursor is the number of the page's last row. */
export function pageOf<Row extends { readonly n: number }, T>(
  { limit, cursor }: PageQuery,
  read: (before: number, limit: number) => readonly Row[],
  convert: (row: Row) => T,
): Page<T> {
  const rows = read(cursorOf(cursor), limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(convert), next: rows.length > limit && last !== undefined ? String(last.n) : null };
}

/** The number of which a cursor speaks; the top for none. Throws CursorError for one that is not ours. */
function cursorOf(cursor: string | null): number {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,15}$/.test(cursor)) throw new CursorError();
  return Number(cursor);
}
