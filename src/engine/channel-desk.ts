import type { Monitor } from '../core/monitor.ts';
import type { Channel } from '../core/ports.ts';
import type { Bus } from './bus.ts';
import type { ChannelList } from './channel-list.ts';
import type { Deliveries } from './deliveries.ts';
import type { Roster } from './roster.ts';

interface DeskParts {
  readonly channels: ChannelList;
  readonly deliveries: Deliveries;
  readonly roster: Roster;
  readonly bus: Bus;
  readonly testChannel: (
    channel: Channel,
  ) => Promise<{ readonly ok: boolean; readonly answer: string; readonly ms: number }>;
}

type ChannelMethods =
  | 'channels'
  | 'addChannel'
  | 'changeChannel'
  | 'removeChannel'
  | 'testChannel'
  | 'channelStandings'
  | 'resend';

/** What the monitor does with channels. One that was changed, or whose test arrived, is tried again at once. */
export function createChannelDesk(parts: DeskParts): Pick<Monitor, ChannelMethods> {
  const { channels, deliveries, roster, bus, testChannel } = parts;

  const tryAgain = async (channel: string): Promise<void> => {
    await deliveries.changed([channel]);
    deliveries.courier.wake();
  };

  /** Says that the list of channels is another one. */
  const told = async <T>(id: string | null, changing: Promise<T>): Promise<T> => {
    const changed = await changing;
    if (id !== null) await tryAgain(id);
    bus.emit({ kind: 'config' });
    return changed;
  };

  return {
    channels: channels.all,
    addChannel: (entry) => told(null, channels.add(entry)),
    changeChannel: (id, patch) => told(id, channels.change(id, patch)),
    removeChannel: (id) =>
      told(
        id,
        channels.remove(id, () => usersOf(roster, id)),
      ),
    testChannel: async (id) => {
      const channel = channels.byId().get(id);
      const result = channel === undefined ? null : await testChannel(channel);
      if (result?.ok) await tryAgain(id);
      return result;
    },
    channelStandings: deliveries.standings,
    resend: deliveries.resend,
  };
}

function usersOf(roster: Roster, channel: string): readonly string[] {
  return roster.all().flatMap(({ server }) => (server.channels.includes(channel) ? [server.id] : []));
}
