import type { CheckedChannel, EntryRules } from '../core/entries.ts';
import { asEntry } from '../core/entries.ts';
import type { Json } from '../core/json.ts';
import type { ListedChannel } from '../core/monitor.ts';
import { ConflictError } from '../core/monitor.ts';
import type { Channel, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import { createEntryList, type EntryList, inFile } from './entry-list.ts';
import type { createTurns } from './in-turn.ts';

/** The one list of channels. */
export interface ChannelList extends Pick<EntryList<ListedChannel>, 'all' | 'add' | 'change'> {
  byId(): ReadonlyMap<string, Channel>;
  applyFile(channels: readonly CheckedChannel[]): void;
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
  const listed = ({ channel, masked, ...more }: CheckedChannel): ListedChannel => ({
    channel,
    entry: masked,
    ...(more.place === undefined ? {} : { place: more.place }),
  });
  const list = await createEntryList<ListedChannel>({
    noun: 'channel',
    shelf: { load: store.channels, save: store.saveChannel, remove: store.removeChannel },
    check: (entry: Json) => {
      const checked = rules.channel(entry);
      const stored = { id: checked.channel.id, entry: asEntry(entry, 'channel'), secrets: checked.secrets };
      return { value: listed(checked), stored };
    },
    merge: rules.merge,
    place: ({ place }) => (place === undefined ? '' : inFile(place)),
    inTurn,
    log,
  });
  return {
    all: list.all,
    byId: () => new Map(list.all().map(({ channel }) => [channel.id, channel])),
    applyFile: (channels) => list.applyFile(new Map(channels.map((one) => [one.channel.id, listed(one)]))),
    add: list.add,
    change: list.change,
    remove: (id, usersOf) => list.remove(id, () => refuseUsed(id, usersOf())),
  };
}

function refuseUsed(id: string, users: readonly string[]): void {
  if (users.length === 0) return;
  throw new ConflictError(`“${id}” is the channel of ${users.slice(0, 5).join(', ')}. Take it off there first.`);
}
