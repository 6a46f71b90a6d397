import { z } from 'zod';
import type { Page } from '../core/store.ts';
import { ProblemError } from './problem.ts';

/** Where an item stands in its list: compared part by part. The last part is unique. */
export type Key = readonly (string | number)[];

const cursorKey = z.array(z.union([z.string(), z.number()]));

/**
 * One page of a list that is held in memory. The cursor is the key of the page's last item, so that what changes its
 * place between two pages shifts nothing else.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => Key,
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Page<T> {
  const after = cursor === undefined ? null : decode(cursor);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === null || compare(key, after) > 0)
    .sort((a, b) => compare(a.key, b.key));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const next = last === undefined || sorted.length <= limit ? null : encode(last.key);
  return { items: page.map(({ item }) => item), next };
}

function compare(a: Key, b: Key): number {
  for (let index = 0; index < a.length; index += 1) {
    const part = a[index] ?? '';
    const other = b[index] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

function encode(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decode(cursor: string): Key {
  try {
    return cursorKey.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw badCursor(cause);
  }
}

export function badCursor(cause?: unknown): ProblemError {
  const problem = new ProblemError(
    400,
    'The cursor is not one of ours: send the last answer’s “next” as it came, or none.',
  );
  problem.cause = cause;
  return problem;
}
