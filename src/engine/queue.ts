/** What waits for its time. `place` is the queue's own; -1: it is not in it. */
export interface Queued {
  dueAt: number;
  place: number;
}

/** Items by when they are due, in a binary heap: thousands of waits need one timer instead of one each. */
export interface Queue<T extends Queued> {
  /** Takes an item in, or to where its new time belongs. */
  put(item: T): void;
  remove(item: T): void;
  /** The one that is due first. */
  first(): T | undefined;
}

export function createQueue<T extends Queued>(): Queue<T> {
  const items: T[] = [];

  const set = (place: number, item: T): void => {
    items[place] = item;
    item.place = place;
  };
  /** Moves an item up past those that are due later, then down past those that are due earlier. */
  const settle = (item: T): void => {
    let place = item.place;
    for (let up = items[(place - 1) >> 1]; place > 0 && up !== undefined && item.dueAt < up.dueAt; ) {
      set(place, up);
      place = (place - 1) >> 1;
      up = items[(place - 1) >> 1];
    }
    for (let down = earlierChild(items, place); down !== undefined && down.dueAt < item.dueAt; ) {
      const below = down.place;
      set(place, down);
      place = below;
      down = earlierChild(items, place);
    }
    set(place, item);
  };

  return {
    put(item) {
      if (item.place === -1) set(items.length, item);
      settle(item);
    },
    remove(item) {
      if (item.place === -1) return;
      const last = items.pop();
      if (last !== undefined && last !== item) {
        set(item.place, last);
        settle(last);
      }
      item.place = -1;
    },
    first: () => items[0],
  };
}

function earlierChild<T extends Queued>(items: readonly T[], place: number): T | undefined {
  const [left, right] = [items[2 * place + 1], items[2 * place + 2]];
  return left !== undefined && right !== undefined && right.dueAt < left.dueAt ? right : left;
}
