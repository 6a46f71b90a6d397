import type { CheckedServer, Entry, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Log } from '../core/ports.ts';
import type { Server } from '../core/server.ts';
import type { Store, StoredEntry } from '../core/store.ts';
import type { Admission } from './admission.ts';
import type { createTurns } from './in-turn.ts';
import type { Roster } from './roster.ts';

/** The one list of servers, wherever they were registered: the file's and those entered in the browser. */
export interface Catalog {
  /**
   * Takes over what the file says now and reads the browser's entries by its defaults. Where both have an id, the file's
   * entry holds for as long as it is there. Servers that are new or changed are probed at once.
   */
  applyFile(servers: readonly CheckedServer[]): Promise<void>;
  /** Resolves with the id. Rejects with InvalidEntryError or ConflictError; then nothing was changed. */
  add(entry: Json): Promise<string>;
  /** False: there is no such server. Rejects like `add`. */
  change(id: string, patch: Json): Promise<boolean>;
  /** With its history. Rejects with ConflictError where it is the file's. */
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
  /** Ends what servers that are gone have left. */
  readonly retire: (isGone: (id: string) => boolean) => Promise<void>;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly log: Log;
}

/** Nothing is watched before the first `applyFile`. */
export async function createCatalog(options: CatalogOptions): Promise<Catalog> {
  const { store, roster, rules, channelIds, inTurn } = options;
  const stored = new Map((await store.servers()).map((entry) => [entry.id, entry]));

  const add = async (entry: Json): Promise<string> => {
    const checked = rules.server(entry, channelIds());
    const { id } = checked.server;
    const taken = roster.get(id);
    if (taken !== null) throw new ConflictError(`The id “${id}” is taken${whereIs(taken.server)}. Choose another one.`);
    await keep(options, stored, checked, asEntry(entry, 'server'));
    return id;
  };

  const change = async (id: string, patch: Json): Promise<boolean> => {
    const member = roster.get(id);
    if (member === null) return false;
    refuseFile(member.server, 'Change');
    const entry = rules.merge(stored.get(id)?.entry ?? {}, patch);
    const checked = rules.server(entry, channelIds());
    if (checked.server.id !== id)
      throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed: the history hangs on it.' }]);
    await keep(options, stored, checked, asEntry(entry, 'server'));
    return true;
  };

  return {
    applyFile: (servers) => inTurn(() => takeOver(options, stored, servers)),
    add: (entry) => inTurn(() => add(entry)),
    change: (id, patch) => inTurn(() => change(id, patch)),
    remove: (id) => inTurn(() => remove(options, stored, id)),
    check: (entry) => rules.server(overStored(asEntry(entry, 'server'), stored, rules), channelIds()).server,
  };
}

function overStored(entry: Entry, stored: ReadonlyMap<string, StoredEntry>, rules: EntryRules): Json {
  const before = stored.get(String(entry['id']));
  return before === undefined ? entry : rules.merge(before.entry, entry);
}

type Stored = Map<string, StoredEntry>;

async function takeOver(
  { roster, admission, retire, log, ...options }: CatalogOptions,
  stored: Stored,
  servers: readonly CheckedServer[],
): Promise<void> {
  const named = new Set(servers.map(({ server }) => server.id));
  for (const id of stored.keys()) {
    if (named.has(id) && roster.get(id)?.server.source.kind !== 'config')
      log.warn({ server: id }, 'the file has a server with the id of one added in the browser; the file wins');
  }
  const own = [...stored.values()]
    .filter(({ id }) => !named.has(id))
    .flatMap((entry) => readStored(entry, options, log));
  const watched = new Set([...named, ...own.map(({ server }) => server.id)]);
  for (const { server } of roster.all()) {
    // A browser's entry that the file's new defaults make invalid stays as it was.
    if (!watched.has(server.id) && server.source.kind === 'config') admission.dismiss(server.id, false);
  }
  await admission.admit([...servers, ...own]);
  await retire((id) => roster.get(id) === null && !stored.has(id));
}

async function keep(
  { store, admission }: CatalogOptions,
  stored: Stored,
  checked: CheckedServer,
  entry: Entry,
): Promise<void> {
  const saved: StoredEntry = { id: checked.server.id, entry, secrets: checked.secrets };
  await store.saveServer(saved);
  stored.set(saved.id, saved);
  await admission.admit([checked]);
}

/** Off the roster first, so that no probe under way writes to a history that is gone. */
async function remove({ store, roster, admission }: CatalogOptions, stored: Stored, id: string): Promise<boolean> {
  const member = roster.get(id);
  if (member !== null) refuseFile(member.server, 'Remove');
  else if (!stored.has(id)) return false;
  admission.dismiss(id, true);
  try {
    await store.removeServer(id);
  } catch (error) {
    if (member !== null) await admission.admit([{ server: member.server, masked: member.entry, secrets: [] }]);
    throw error;
  }
  stored.delete(id);
  return true;
}

function refuseFile(server: Server, what: 'Change' | 'Remove'): void {
  if (server.source.kind !== 'config') return;
  throw new ConflictError(`“${server.id}” comes from the configuration file${whereIs(server)}. ${what} it there.`);
}

/** A stored entry that today's rules refuse is kept in the store and said in the log; it is not watched. */
function readStored(
  { id, entry, unreadable }: StoredEntry,
  { rules, channelIds }: Pick<CatalogOptions, 'rules' | 'channelIds'>,
  log: Log,
): readonly CheckedServer[] {
  if (unreadable) {
    log.error({ server: id }, 'its secrets cannot be read with the present key; enter them again to watch it');
    return [];
  }
  try {
    // A channel that is gone is no reason to stop watching: the notice then says that it reached nobody.
    const channels = entry['channels'];
    const named = Array.isArray(channels) ? channels.filter((channel) => typeof channel === 'string') : [];
    const known = channelIds();
    const gone = named.filter((channel) => !known.includes(channel));
    if (gone.length > 0)
      log.warn({ server: id, channels: gone }, 'it names channels that are gone; they are told nothing');
    return [rules.server(entry, [...known, ...gone])];
  } catch (error) {
    log.error({ server: id, error }, 'a server added in the browser is no longer valid and is not watched');
    return [];
  }
}

function whereIs({ source }: Server): string {
  return source.kind === 'config' ? ` (${source.file}:${source.line})` : '';
}
