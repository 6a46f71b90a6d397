import type { Database } from 'better-sqlite3';
import type { ProbeRow } from './probe-row.ts';
import { isRefusal } from './sqlite-error.ts';

/** A probe's row on its way to disk. */
export interface Item {
  readonly server: number;
  readonly row: ProbeRow;
  /** Writes what belongs to the row, after it. */
  readonly also?: () => void;
}

/** What must be on disk before its caller hears of it. */
export interface Change<T> {
  readonly server: number;
  /** Called when its turn comes, right before the transaction. Throws what it is refused with. */
  plan(): Plan<T>;
}

export interface Plan<T> {
  readonly item: Item | null;
  /** Inside the transaction, after the item. Throws what the change is refused with. */
  write(): void;
  /** Once it is on disk. */
  accept(): T;
}

/** Changes that share a transaction, each standing or falling by itself. */
export interface Batch {
  readonly items: readonly Item[];
  /** Inside the transaction. Throws where not one change is refused, but all are. */
  write(insert: (item: Item) => void): void;
  /** The transaction is on disk. */
  done(): void;
  /** It is not. */
  fail(error: unknown): void;
}

/**
 * Changes on their way to disk. Those that come within one turn of the event loop, which lasts as long as a sync does,
 * share the next: two thousand first results do not wait for two thousand syncs.
 */
export interface Changes {
  /** Resolves with what `accept` gives. */
  add<T>(change: Change<T>): Promise<T>;
  /** One of that server, or of any. */
  holds(server?: number): boolean;
  /** Takes the first of each server: the next is planned by what that one leaves. */
  take(): Batch;
  stop(): void;
}

interface Parts {
  readonly db: Database;
  /** Called when what was written was undone. */
  readonly onUndone: () => void;
  /** Called when it is time to take them. */
  readonly due: () => void;
}

interface Asked {
  plan(): Plan<void>;
  reject(error: unknown): void;
}

type Planned = Plan<void> & Pick<Asked, 'reject'>;

export function createChanges({ db, onUndone, due }: Parts): Changes {
  const lines = new Map<number, Asked[]>();
  let timer: NodeJS.Immediate | null = null;
  const alone = db.transaction((work: () => void) => work());

  const arm = () => {
    timer ??= setImmediate(() => {
      timer = null;
      if (lines.size > 0) due();
      if (lines.size > 0) arm();
    });
  };
  /** Undoes what only this change is to blame for. */
  const isWritten = (planned: Planned, insert: (item: Item) => void): boolean => {
    try {
      alone(() => {
        if (planned.item !== null) insert(planned.item);
        planned.write();
      });
      return true;
    } catch (error) {
      if (isRefusal(error) || !db.inTransaction) throw error;
      onUndone();
      planned.reject(error);
      return false;
    }
  };

  return {
    add: (change) =>
      new Promise((resolve, reject) => {
        const plan = () => {
          const { accept, ...rest } = change.plan();
          return { ...rest, accept: () => resolve(accept()) };
        };
        lines.set(change.server, [...(lines.get(change.server) ?? []), { plan, reject }]);
        arm();
      }),
    holds: (server) => (server === undefined ? lines.size > 0 : lines.has(server)),
    take() {
      const planned = takeFirsts(lines).flatMap(planOf);
      let written: readonly Planned[] = [];
      return {
        items: planned.flatMap(({ item }) => item ?? []),
        write: (insert) => {
          written = planned.filter((each) => isWritten(each, insert));
        },
        done: () => {
          for (const { accept } of written) accept();
        },
        fail: (error) => {
          for (const { reject } of planned) reject(error);
        },
      };
    },
    stop: () => {
      if (timer !== null) clearImmediate(timer);
    },
  };
}

function takeFirsts(lines: Map<number, Asked[]>): readonly Asked[] {
  return [...lines].flatMap(([server, [first, ...rest]]) => {
    if (rest.length === 0) lines.delete(server);
    else lines.set(server, rest);
    return first ?? [];
  });
}

function planOf({ plan, reject }: Asked): Planned | [] {
  try {
    return { ...plan(), reject };
  } catch (error) {
    reject(error);
    return [];
  }
}
