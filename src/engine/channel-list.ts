import type { CheckedChannel, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { ListedChannel } from '../core/monitor.ts';
import { ConflictError, InvalidEntryError } from '../core/monitor.ts';
import type { Channel, Log } from '../core/ports.ts';
import type { Store, StoredEntry } from '../core/store.ts';
import type { createTurns } from './in-turn.ts';

/** The one list of channels: the file's and those entered in the browser. */
export interface ChannelList {
  all(): readonly ListedChannel[];
  byId(): ReadonlyMap<string, Channel>;
  applyFile(channels: readonly CheckedChannel[]): void;
  add(entry: Json): Promise<ListedChannel>;
  change(id: string, patch: Json): Promise<ListedChannel | null>;
  /** Rejects with ConflictError while a server names it; `usersOf` says which. */
  remove(id: string, usersOf: () => readonly string[]): Promise<boolean>;
}

interface ChannelListOptions {
  readonly store: Store;
  readonly rules: Pick<EntryRules, 'channel' | 'merge'>;
  readonly inTurn: ReturnType<typeof createTurns>;
  readonly log: Log;
}

export async function createChannelList({ store, rules, inTurn, log }: ChannelListOptions): Promise<ChannelList> {
  const stored = new Map((await store.channels()).map((entry) => [entry.id, entry]));
  const fromBrowser = new Map([...stored.values()].flatMap((entry) => readStored(entry, rules, log)));
  let fromFile = new Map<string, ListedChannel>();

  const find = (id: string): ListedChannel | undefined => fromFile.get(id) ?? fromBrowser.get(id);

  const keep = async ({ channel, masked, secrets }: CheckedChannel, entry: Json): Promise<ListedChannel> => {
    const saved: StoredEntry = { id: channel.id, entry: asEntry(entry, 'channel'), secrets };
    await store.saveChannel(saved);
    stored.set(channel.id, saved);
    const listed = { channel, entry: masked };
    fromBrowser.set(channel.id, listed);
    return listed;
  };

  const ownedByBrowser = (id: string): StoredEntry | null => {
    if (fromFile.has(id))
      throw new ConflictError(`The channel “${id}” comes from the configuration file. Change it there.`);
    return stored.get(id) ?? null;
  };

  const add = async (entry: Json): Promise<ListedChannel> => {
    const checked = rules.channel(entry);
    const { id } = checked.channel;
    if (find(id) !== undefined) throw new ConflictError(`There is a channel “${id}” already. Choose another id.`);
    return keep(checked, entry);
  };

  const change = async (id: string, patch: Json): Promise<ListedChannel | null> => {
    const before = ownedByBrowser(id);
    if (before === null) return null;
    const entry = rules.merge(before.entry, patch);
    const checked = rules.channel(entry);
    if (checked.channel.id !== id) throw new InvalidEntryError([{ path: 'id', message: 'An id cannot be changed.' }]);
    return keep(checked, entry);
  };

  const remove = async (id: string, users: readonly string[]): Promise<boolean> => {
    if (ownedByBrowser(id) === null) return false;
    if (users.length > 0)
      throw new ConflictError(`“${id}” is the channel of ${users.slice(0, 5).join(', ')}. Take it off there first.`);
    await store.removeChannel(id);
    stored.delete(id);
    fromBrowser.delete(id);
    return true;
  };

  return {
    all: () => [...fromFile.values(), ...[...fromBrowser.values()].filter(({ channel }) => !fromFile.has(channel.id))],
    byId: () => new Map([...fromBrowser, ...fromFile].map(([id, { channel }]) => [id, channel])),
    applyFile: (channels) => {
      fromFile = new Map(channels.map(({ channel, masked }) => [channel.id, { channel, entry: masked }]));
    },
    add: (entry) => inTurn(() => add(entry)),
    change: (id, patch) => inTurn(() => change(id, patch)),
    remove: (id, usersOf) => inTurn(() => remove(id, usersOf())),
  };
}

function readStored(
  entry: StoredEntry,
  rules: Pick<EntryRules, 'channel'>,
  log: Log,
): readonly (readonly [string, ListedChannel])[] {
  if (entry.unreadable) {
    log.error({ channel: entry.id }, 'its secrets cannot be read with the present key; enter them again to use it');
    return [];
  }
  try {
    const { channel, masked } = rules.channel(entry.entry);
    return [[entry.id, { channel, entry: masked }]];
  } catch (error) {
    log.error({ channel: entry.id, error }, 'a channel added in the browser is no longer valid and is not used');
    return [];
  }
}
