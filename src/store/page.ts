import type { Page, PageQuery } from '../core/store.ts';

/**
 * One page of rows numbered by `n`, highest first. The cursor is the number of the page's last row; one that is not
 * a number starts at the top.
 */
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

/** The number of which a cursor speaks; the top for none or one that is not ours. */
export function cursorOf(cursor: string | null): number {
  return cursor !== null && /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER;
}
