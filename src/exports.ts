import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock, ExportFormat, ExportProbes, Log } from './core/ports.ts';
import { type Store, StoreError } from './core/store.ts';
import { createExportHere } from './http/export-here.ts';

/** A piece asked of the thread. */
export interface Wanted {
  readonly id: number;
  readonly serverId: string;
  readonly format: ExportFormat;
  /** The last piece's `next`; null: the first. */
  readonly cursor: string | null;
}

/** What the thread answers: the piece, `next` null at the end, or why there is none, in a sentence. */
export type Made =
  | { readonly id: number; readonly text: Uint8Array<ArrayBuffer>; readonly next: string | null }
  | { readonly id: number; readonly error: string };

export interface Exports {
  readonly probes: ExportProbes;
  /** Ends those under way and waits for that. To be called before the store is closed: SQLite clears up after the last who leaves. */
  close(): Promise<void>;
}

interface ExportParts {
  readonly store: Pick<Store, 'probes'>;
  /** Of the store's file, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Exports of a store in a file are read and written by a thread of their own: they take seconds of work. */
export function createExports({ store, path, clock, log }: ExportParts): Exports {
  if (path === ':memory:') return { probes: createExportHere(store), close: async () => undefined };
  const thread = createThread(path, clock);
  async function* pieces(serverId: string, format: ExportFormat): AsyncGenerator<Uint8Array> {
    // Whoever reads of a server has written first what waits of it; the thread sees only what is written.
    await store.probes(serverId, { limit: 1, cursor: null });
    let cursor: string | null = null;
    do {
      const piece: Piece = await thread.make({ serverId, format, cursor });
      if (piece.text.length > 0) yield piece.text;
      cursor = piece.next;
    } while (cursor !== null);
  }
  return {
    async *probes(serverId, format) {
      try {
        yield* pieces(serverId, format);
      } catch (error) {
        log.warn({ server: serverId, error }, 'an export ended before it was whole');
        throw error;
      }
    },
    close: thread.close,
  };
}

type Piece = Omit<Extract<Made, { text: unknown }>, 'id'>;

interface Thread {
  make(wanted: Omit<Wanted, 'id'>): Promise<Piece>;
  close(): Promise<void>;
}

/** Its memory is given back when nobody has exported for so long. */
const IDLE_MS = 60_000;
/** What is left of each piece is garbage when it was sent, so there is no use in letting it grow. */
const YOUNG_MB = 4;

/** A thread that is there while there is work for it. */
function createThread(path: string, clock: Clock): Thread {
  const waiting = new Map<number, { resolve(piece: Piece): void; reject(error: Error): void }>();
  let worker: Worker | null = null;
  let stopWaiting: () => void = () => undefined;
  let isClosed = false;
  let lastId = 0;

  const end = async (error: Error): Promise<void> => {
    const last = worker;
    worker = null;
    stopWaiting();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    await last?.terminate();
  };
  const take = (made: Made): void => {
    const asked = waiting.get(made.id);
    waiting.delete(made.id);
    if (waiting.size === 0) stopWaiting = clock.after(IDLE_MS, () => void end(new Error('nobody waits')));
    if ('error' in made) asked?.reject(new StoreError(made.error));
    else asked?.resolve(made);
  };
  const start = (): Worker => {
    const started = startThread(path);
    started.on('message', (made: Made) => {
      if (worker === started) take(made);
    });
    started.on('error', (cause) => {
      if (worker === started) void end(new StoreError('The thread that exports failed. Ask again.', { cause }));
    });
    started.on('exit', () => {
      if (worker === started) void end(new StoreError('The thread that exports ended before its work. Ask again.'));
    });
    return started;
  };
  return {
    async make(wanted) {
      if (isClosed) throw closing();
      stopWaiting();
      worker ??= start();
      lastId += 1;
      const id = lastId;
      worker.postMessage({ id, ...wanted } satisfies Wanted);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    async close() {
      isClosed = true;
      await end(closing());
    },
  };
}

/** Built, its file lies beside this one. From the source it is loaded by a script, as Node cannot read TypeScript. */
function startThread(path: string): Worker {
  const file = extname(import.meta.url) === '.ts' ? '../scripts/export-thread.mjs' : './export-thread.cjs';
  const started = new Worker(new URL(file, import.meta.url), {
    workerData: path,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // The monitor does not stay for it.
  started.unref();
  return started;
}

function closing(): StoreError {
  return new StoreError('The export was ended because the monitor is stopping. Ask again when it runs.');
}
