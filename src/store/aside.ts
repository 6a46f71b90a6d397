import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { StoreError } from '../core/store.ts';

/** Copies, checks and checkpoints under way end with the store. */
export class ClosingError extends StoreError {
  constructor() {
    super('The backup was ended because the store is closing. Start it again.');
    this.name = 'ClosingError';
  }
}

/** What would keep everything else waiting for seconds, where the store is large. */
export type Task =
  | { readonly kind: 'check' | 'checkpoint'; readonly path: string }
  | { readonly kind: 'read'; readonly path: string; readonly table: string }
  /** `counted`: tables whose rows must all be in the copy. */
  | { readonly kind: 'copy'; readonly path: string; readonly draft: string; readonly counted: readonly string[] };

/**
 * A thread that does one task after another, each on a connection of its own. It starts with the first and stays: each
 * start of a thread costs memory, and makes V8 forget what was set about the heap (heap.ts).
 */
export interface Aside {
  /** Resolves with what is wrong with the file that was checked or made; null: nothing. Rejects with SQLite's error, or with the reason of `end`. */
  do(task: Task): Promise<string | null>;
  /** Ends the thread in the middle of what it does, and waits for that. Later tasks are refused. */
  end(reason: Error): Promise<void>;
}

const Answer = z.object({
  id: z.int(),
  result: z.union([
    z.object({ fault: z.string().nullable() }),
    z.object({ error: z.object({ message: z.string(), code: z.string() }) }),
  ]),
});
type Result = z.output<typeof Answer>['result'];

interface Waiting {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function createAside(): Aside {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let ended: Error | null = null;
  let lastId = 0;

  const fail = (error: unknown): void => {
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./aside-worker.mjs', import.meta.url));
    started.on('message', (message) => {
      const { id, result } = Answer.parse(message);
      waiting.get(id)?.resolve(result);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on('error', fail);
    started.on('exit', () => {
      if (worker === started) fail(new Error('a thread of the store ended before its work'));
    });
    return started;
  };

  return {
    async do(task) {
      if (ended !== null) throw ended;
      lastId += 1;
      const id = lastId;
      worker ??= start();
      worker.ref();
      worker.postMessage({ id, task });
      const result = await new Promise<Result>((resolve, reject) => waiting.set(id, { resolve, reject }));
      if ('fault' in result) return result.fault;
      throw new Database.SqliteError(result.error.message, result.error.code);
    },
    async end(reason) {
      ended = reason;
      const last = worker;
      worker = null;
      // What it wrote is cleared away by those who are told, so it has to be gone by then.
      await last?.terminate();
      fail(reason);
    },
  };
}
