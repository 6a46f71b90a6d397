import type { CheckedPage, EntryRules } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { ListedPage } from '../core/monitor.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import type { StatusPage } from '../core/status-page.ts';
import type { Store, StoredEntry } from '../core/store.ts';
import type { Bus } from './bus.ts';
import type { createTurns } from './in-turn.ts';
import type { Roster } from './roster.ts';

/** The one list of status pages: the file's, then those made in the browser. */
export interface PageList {
  all(): readonly ListedPage[];
  /** The file's servers are watched by now. */
  applyFile(pages: readonly CheckedPage[]): void;
  /** Rejects with InvalidEntryError or ConflictError; then nothing was changed. */
  add(entry: Json): Promise<ListedPage>;
  change(id: string, patch: Json): Promise<ListedPage | null>;
  remove(id: string): Promise<boolean>;
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
  const stored = (await store.statusPages()).flatMap((entry) => readStored(entry, rules, log));
  const own = new Map(stored.map((checked) => [checked.page.id, checked]));
  let fromFile = new Map<string, ListedPage>();

  const keep = async (checked: CheckedPage): Promise<ListedPage> => {
    refuseUnknown(checked.page, roster);
    const { id } = checked.page;
    await store.saveStatusPage({ id, entry: checked.entry, secrets: [] });
    own.set(id, checked);
    bus.emit({ kind: 'config' });
    return checked;
  };

  const add = async (entry: Json): Promise<ListedPage> => {
    const checked = rules.page(entry);
    const { id } = checked.page;
    if (own.has(id) || fromFile.has(id))
      throw new ConflictError(`There is a status page “${id}” already. Choose another id, or change that one.`);
    return keep(checked);
  };

  const change = async (id: string, patch: Json): Promise<ListedPage | null> => {
    refuseFile(fromFile.get(id)?.page, 'Change');
    const before = own.get(id);
    if (before === undefined) return null;
    const checked = rules.page(rules.merge(before.entry, patch));
    if (checked.page.id !== id) throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed.' }]);
    return keep(checked);
  };

  const remove = async (id: string): Promise<boolean> => {
    refuseFile(fromFile.get(id)?.page, 'Remove');
    if (!own.has(id)) return false;
    await store.removeStatusPage(id);
    own.delete(id);
    bus.emit({ kind: 'config' });
    return true;
  };

  return {
    all: () => [...fromFile.values(), ...[...own.values()].filter(({ page }) => !fromFile.has(page.id))],
    applyFile: (pages) => {
      fromFile = new Map(pages.map((checked) => [checked.page.id, checked]));
      for (const { page } of pages) warnOfHidden(page, { roster, log });
    },
    add: (entry) => inTurn(() => add(entry)),
    change: (id, patch) => inTurn(() => change(id, patch)),
    remove: (id) => inTurn(() => remove(id)),
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

function refuseFile(page: StatusPage | undefined, what: 'Change' | 'Remove'): void {
  if (page?.source.kind !== 'config') return;
  const { id, source } = page;
  throw new ConflictError(
    `The status page “${id}” comes from the configuration file (${source.file}:${source.line}). ${what} it there.`,
  );
}

function readStored({ id, entry }: StoredEntry, rules: Pick<EntryRules, 'page'>, log: Log): readonly CheckedPage[] {
  try {
    return [rules.page(entry)];
  } catch (error) {
    log.error({ page: id, error }, 'a status page made in the browser is no longer valid and is not shown');
    return [];
  }
}
