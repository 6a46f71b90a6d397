import { setImmediate as othersFirst } from 'node:timers/promises';

/** Makes what an answer lists, `atOnce` of them before other work has its turn: a millisecond or two of them. */
export async function inPieces<T, A>(items: Iterable<T>, atOnce: number, make: (item: T) => A): Promise<A[]> {
  const made: A[] = [];
  for (const item of items) {
    if (made.length % atOnce === 0) await othersFirst();
    made.push(make(item));
  }
  return made;
}
