import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { z } from 'zod';

/** What would keep everything else waiting for seconds, where the store is large. */
export type Aside =
  | { readonly kind: 'check' | 'checkpoint'; readonly path: string }
  /** `counted`: tables whose rows must all be in the copy. */
  | { readonly kind: 'copy'; readonly path: string; readonly draft: string; readonly counted: readonly string[] };

const Answer = z.union([
  z.object({ fault: z.string().nullable() }),
  z.object({ error: z.object({ message: z.string(), code: z.string() }) }),
]);

/**
 * Does it in a thread and on a connection of its own. Resolves with what is wrong with the file that was checked or made;
 * null: nothing. Rejects with SQLite's error, or with the reason of `signal`, which ends the thread.
 */
export async function doAside(task: Aside, signal: AbortSignal): Promise<string | null> {
  const worker = new Worker(new URL('./aside-worker.mjs', import.meta.url), { workerData: task });
  const over = new AbortController();
  try {
    const answer = Answer.parse(await firstWord(worker, signal, over.signal));
    if ('fault' in answer) return answer.fault;
    throw new Database.SqliteError(answer.error.message, answer.error.code);
  } finally {
    over.abort();
    await worker.terminate();
  }
}

function firstWord(worker: Worker, signal: AbortSignal, over: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the store ended before its work')));
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over });
  });
}
