import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExportProbes } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { exportText } from './export-text.ts';

/** Probes read at once, which takes two milliseconds; then other work has its turn. */
const PAGE = 25;

/** Resolves for one caller in each turn of the event loop, in the order they came. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => nextTurn());
    return last;
  };
}

/** Exports of a store that no other thread can read: one page of probes a piece, one piece of all exports a turn of the event loop. */
export function createExportHere(store: Pick<Store, 'probes'>): ExportProbes {
  const itsTurn = createTurns();
  return async function* (serverId, format) {
    const { head, line } = exportText(format);
    let text = head;
    let cursor: string | null = null;
    do {
      await itsTurn();
      const page: Awaited<ReturnType<Store['probes']>> = await store.probes(serverId, { limit: PAGE, cursor });
      text += page.items.map(line).join('');
      if (text !== '') yield text;
      text = '';
      cursor = page.next;
    } while (cursor !== null);
  };
}
