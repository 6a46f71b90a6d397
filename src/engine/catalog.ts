import type { CheckedServer, Entry, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log, Store, StoredEntry } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { Admission } from './admission.ts';
import type { Member, Roster } from './roster.ts';

/** The one list of servers, wherever they were registered: the file's and those entered in the browser. */
export interface Catalog {
  /** Takes over what the file says now. Servers that are new or changed are probed at once. */
  applyFile(servers: readonly CheckedServer[]): Promise<void>;
  /** Rejects with InvalidEntryError or ConflictError; then nothing was changed. */
  add(entry: Json): Promise<Member>;
  /** null: there is no such server. */
  change(id: string, patch: Json): Promise<Member | null>;
  remove(id: string): Promise<boolean>;
  /**
   * The server an entry would make; nothing is changed. Under the id of one added in the browser it is a patch of that
   * entry, because a form that edits it was never given the secrets.
   */
  check(entry: Json): Server;
}

interface CatalogOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly admission: Admission;
  readonly rules: EntryRules;
  readonly channelIds: () => readonly string[];
  readonly log: Log;
}

export async function createCatalog({
  store,
  roster,
  admission,
  rules,
  channelIds,
  log,
}: CatalogOptions): Promise<Catalog> {
  const stored = new Map((await store.servers()).map((entry) => [entry.id, entry]));

  const keep = async (checked: CheckedServer, entry: Entry): Promise<Member> => {
    const saved: StoredEntry = { id: checked.server.id, entry, secrets: checked.secrets };
    await store.saveServer(saved);
    stored.set(saved.id, saved);
    const [member] = await admission.admit([checked]);
    if (member === undefined) throw new Error(`${saved.id} was saved but is not watched`);
    return member;
  };

  const fromBrowser = [...stored.values()].flatMap((entry) =>
    readStored(entry, () => rules.server(entry.entry, channelIds()), log),
  );
  await admission.admit(fromBrowser);

  return {
    applyFile: async (servers) => {
      const named = new Set(servers.map(({ server }) => server.id));
      for (const { server } of roster.all()) {
        if (server.source.kind === 'config' && !named.has(server.id)) admission.dismiss(server.id);
        if (server.source.kind === 'ui' && named.has(server.id)) {
          log.warn(
            { server: server.id },
            'the file has a server with the id of one added in the browser; the file wins',
          );
        }
      }
      await admission.admit(servers);
    },
    add: async (entry) => {
      const checked = rules.server(entry, channelIds());
      const taken = roster.get(checked.server.id);
      if (taken !== null)
        throw new ConflictError(`The id “${checked.server.id}” is taken${whereIs(taken.server)}. Choose another one.`);
      return keep(checked, asEntry(entry, 'server'));
    },
    change: async (id, patch) => {
      const member = roster.get(id);
      if (member === null) return null;
      const before = stored.get(id);
      if (before === undefined || member.server.source.kind === 'config') {
        throw new ConflictError(`“${id}” comes from the configuration file${whereIs(member.server)}. Change it there.`);
      }
      const entry = rules.merge(before.entry, patch);
      const checked = rules.server(entry, channelIds());
      if (checked.server.id !== id) {
        throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed: the history hangs on it.' }]);
      }
      return keep(checked, asEntry(entry, 'server'));
    },
    remove: async (id) => {
      const member = roster.get(id);
      if (member === null) return false;
      if (member.server.source.kind === 'config') {
        throw new ConflictError(`“${id}” comes from the configuration file${whereIs(member.server)}. Remove it there.`);
      }
      admission.dismiss(id);
      stored.delete(id);
      await store.removeServer(id);
      return true;
    },
    check: (entry) => rules.server(overStored(asEntry(entry, 'server'), stored, rules), channelIds()).server,
  };
}

function overStored(entry: Entry, stored: ReadonlyMap<string, StoredEntry>, rules: EntryRules): Json {
  const before = stored.get(String(entry['id']));
  return before === undefined ? entry : rules.merge(before.entry, entry);
}

/** A stored entry that today's rules refuse is kept in the store and said in the log; it is not watched. */
function readStored(entry: StoredEntry, check: () => CheckedServer, log: Log): readonly CheckedServer[] {
  if (entry.unreadable) {
    log.error({ server: entry.id }, 'its secrets cannot be read with the present key; enter them again to watch it');
    return [];
  }
  try {
    return [check()];
  } catch (error) {
    log.error({ server: entry.id, error }, 'a server added in the browser is no longer valid and is not watched');
    return [];
  }
}

function whereIs({ source }: Server): string {
  return source.kind === 'config' ? ` (${source.file}:${source.line})` : '';
}
