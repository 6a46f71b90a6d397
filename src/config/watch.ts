import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Clock } from '../core/ports.ts';

/** How long the file must rest before it is read: an editor may write it in several goes. */
const REST_MS = 200;
/** Network shares and single files mounted into a container report no changes, so it is also looked at now and then. */
const LOOK_MS = 5_000;

export interface WatchOptions {
  readonly file: string;
  /** Called after each change, once the file is at rest. Also call it on SIGHUP. */
  readonly onChange: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'after'>;
}

/**
 * Tells of changes to a file that may be replaced as a whole, as editors and Kubernetes do. While there is no such file
 * nothing is told. Resolves once a change will be seen.
 */
export async function watchConfig({ file, onChange, signal, clock }: WatchOptions): Promise<void> {
  let reported = await signature(file);
  let seen = reported;
  let cancel: () => void = () => undefined;
  const schedule = (ms: number): void => {
    cancel();
    if (!signal.aborted) cancel = clock.after(ms, () => void look());
  };
  const look = async (): Promise<void> => {
    const now = await signature(file);
    const isMoving = now !== seen;
    seen = now;
    if (signal.aborted) return;
    if (!isMoving && now !== reported && now !== null) {
      reported = now;
      onChange();
    }
    schedule(isMoving ? REST_MS : LOOK_MS);
  };
  watchFolder(file, signal, () => schedule(REST_MS));
  signal.addEventListener('abort', () => cancel(), { once: true });
  // What happened while the watch was set up.
  await look();
}

/** The folder is watched, not the file: a file that is replaced would take its watch with it. */
function watchFolder(file: string, signal: AbortSignal, onEvent: () => void): void {
  const path = resolve(file);
  try {
    const watcher = watch(dirname(path), { signal, persistent: false }, (_event, name) => {
      // Kubernetes swaps the link `..data` beside the file.
      if (name === null || name === basename(path) || name === '..data') onEvent();
    });
    // The folder went away, or the system ran out of watches: the regular look remains.
    watcher.on('error', () => watcher.close());
  } catch {
    // As above.
  }
}

/** Changes whenever the file does; null while there is none. */
async function signature(file: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return null;
  }
}
