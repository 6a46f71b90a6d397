import type { Channel, ChannelKind, Delivery, Page } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { useAll, useRead } from '../load.ts';
import { AddLink } from '../parts/add-link.tsx';
import { useFollow } from '../parts/follow.ts';
import { Empty, Shown } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { CHANNEL, ChannelForm } from './channel-form.tsx';
import { ChannelRow } from './channel-row.tsx';
import { Deliveries } from './deliveries.tsx';

const DELIVERIES_READ = 200;

export function ChannelsPage() {
  const { query } = useDashboard().router.place.value;
  const channels = useAll<Channel>('/channels');
  const deliveries = useRead<Page<Delivery>>(`/deliveries?limit=${DELIVERIES_READ}`);
  useFollow('channels', (event) => event.kind !== 'server', channels.reload);
  useFollow('deliveries', (event) => event.kind === 'incident', deliveries.reload);
  useTitle('Channels');
  const kinds = useAll<ChannelKind>('/channel-kinds').value ?? [];
  const kindOf = (type: string | undefined) => kinds.find((kind) => kind.type === type);
  const adding = query.get('new');
  const editing = query.get('edit');
  const added = adding === null ? undefined : (kindOf(adding) ?? kinds[0]);
  return (
    <>
      <div class="title-line">
        <h1>Channels</h1>
        <AddLink href="/channels?new=email" what="channel" of={CHANNEL.path} />
      </div>
      {added && <ChannelForm key={added.type} before={null} kinds={kinds} kind={added} onDone={channels.reload} />}
      <Shown of={channels} what="The channels" lines={[40, 50]}>
        {(list) => (
          <>
            {list.length === 0 && adding === null && <NoChannels />}
            <ul class="rows">
              {list.map((channel) => {
                const kind = channel.id === editing && channel.source === 'ui' && kindOf(channel.type);
                return kind ? (
                  <li key={channel.id}>
                    <ChannelForm before={channel} kinds={kinds} kind={kind} onDone={channels.reload} />
                  </li>
                ) : (
                  <ChannelRow key={channel.id} channel={channel} onChanged={channels.reload} />
                );
              })}
            </ul>
          </>
        )}
      </Shown>
      <Shown of={deliveries} what="The deliveries" lines={[60, 60]}>
        {({ items }) => <Deliveries items={items} onSent={deliveries.reload} />}
      </Shown>
    </>
  );
}

function NoChannels() {
  return (
    <Empty title="Nobody is told yet" actions={<AddLink href="/channels?new=email" what="channel" kind="primary" />}>
      <p>
        A channel is where notices go when a server breaks and when it works again: a mailbox, a chat, a phone, a pager
        or a webhook. Without one, incidents are only seen here.
      </p>
    </Empty>
  );
}
