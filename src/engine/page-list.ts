import type { CheckedPage, EntryRules } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { ListedPage } from '../core/monitor.ts';
import { InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import type { StatusPage } from '../core/status-page.ts';
import type { Store } from '../core/store.ts';
import type { Bus } from './bus.ts';
import { createEntryList, type EntryList, placeOf } from './entry-list.ts';
import type { createTurns } from './in-turn.ts';
import type { Roster } from './roster.ts';

/** The one list of status pages. Browsers hear of each change. */
export interface PageList extends Pick<EntryList<ListedPage>, 'all' | 'add' | 'change' | 'remove'> {
  /** The file's servers are watched by now. */
  applyFile(pages: readonly CheckedPage[]): void;
}

interface PageListOptions {
  readonly store: Store;
  readonly rules: Pick<EntryRules, 'page' | 'merge'>;
  readonly roster: Pick<Roster, 'get'>;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly bus: Pick<Bus, 'emit'>;
  readonly log: Log;
}

export async function createPageList({ store, rules, roster, inTurn, bus, log }: PageListOptions): Promise<PageList> {
  const list = await createEntryList<ListedPage>({
    noun: 'status page',
    shelf: { load: store.statusPages, save: store.saveStatusPage, remove: store.removeStatusPage },
    check: (entry: Json) => {
      const value = rules.page(entry);
      return { value, stored: { id: value.page.id, entry: value.entry, secrets: [] } };
    },
    refuse: ({ page }) => refuseUnknown(page, roster),
    merge: rules.merge,
    place: ({ page }) => placeOf(page.source),
    inTurn,
    log,
  });
  const told = async <T>(changing: Promise<T>): Promise<T> => {
    const changed = await changing;
    bus.emit({ kind: 'config' });
    return changed;
  };
  return {
    all: list.all,
    applyFile: (pages) => {
      list.applyFile(new Map(pages.map((checked) => [checked.page.id, checked])));
      for (const { page } of pages) warnOfHidden(page, { roster, log });
    },
    add: (entry) => told(list.add(entry)),
    change: (id, patch) => told(list.change(id, patch)),
    remove: (id) => told(list.remove(id)),
  };
}

function refuseUnknown({ servers }: StatusPage, roster: Pick<Roster, 'get'>): void {
  const errors = servers.flatMap((id, index) =>
    roster.get(id) === null ? [{ path: `servers.${index}`, message: `There is no server “${id}”.` }] : [],
  );
  if (errors.length > 0) throw new InvalidEntryError(errors);
}

/** A page may be written before its servers are; that it does not show them should not stay a riddle. */
function warnOfHidden({ id, servers }: StatusPage, { roster, log }: Pick<PageListOptions, 'roster' | 'log'>): void {
  for (const server of servers) {
    const fields = { page: id, server };
    const member = roster.get(server);
    if (member === null) log.warn(fields, 'a status page names a server that is not watched');
    else if (!member.server.isPublic)
      log.warn(fields, 'a status page names a server that is not public, and does not show it');
  }
}
