import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Made, Wanted } from './exports.ts';
import { exportText } from './http/export-text.ts';
import { openReader, type Reader } from './store/reader.ts';

// The thread of exports.ts: reads probes and writes them as text, where nobody waits for it.

/** Probes read at once. */
const PAGE = 50;
/** Characters of a piece, about: what a connection takes at once. */
const PIECE = 64 * 1024;

/** Added to what `nice` calls niceness: a tenth of a core where others want all of it. */
const NICER = 10;

const encoder = new TextEncoder();

function pieceOf(reader: Reader, { serverId, format, cursor }: Wanted): Omit<Extract<Made, { text: unknown }>, 'id'> {
  const { head, line } = exportText(format);
  let text = cursor === null ? head : '';
  let next = cursor;
  do {
    const page = reader.probes(serverId, { limit: PAGE, cursor: next });
    text += page.items.map(line).join('');
    next = page.next;
  } while (next !== null && text.length < PIECE);
  return { text: encoder.encode(text), next };
}

/** Opens the store when it is first asked for, and again where that failed. */
function createOpen(path: string): () => Reader {
  let reader: Reader | null = null;
  return () => {
    reader ??= openReader(path);
    return reader;
  };
}

function answer(port: NonNullable<typeof parentPort>, path: string): void {
  const open = createOpen(path);
  port.on('message', (wanted: Wanted) => {
    const { id } = wanted;
    try {
      const { text, next } = pieceOf(open(), wanted);
      port.postMessage({ id, text, next } satisfies Made, [text.buffer]);
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Made);
    }
  });
}

/** As in aside-worker.mjs. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));
  } catch {
    // Not allowed here.
  }
}

giveWay();
if (parentPort !== null) answer(parentPort, String(workerData));
