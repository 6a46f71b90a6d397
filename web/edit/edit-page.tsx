import type { Channel, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { useLoad } from '../load.ts';
import { Shown } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { serverPath } from '../paths.ts';
import { Settings } from '../server/settings.tsx';
import { ServerForm } from './form.tsx';

/** `?like=` names a server whose entry is where this one starts. */
export function AddPage() {
  const { api, router } = useDashboard();
  const like = router.place.value.query.get('like');
  const both = useLoad(`/channels#${like}`, (_, signal) =>
    Promise.all([
      api.all<Channel>('/channels', signal),
      like === null ? null : api.get<ServerDetail>(serverPath(like), signal),
    ]),
  );
  useTitle('Add a server');
  return (
    <>
      <p class="trail">
        <a href="/">Servers</a>
      </p>
      <h1>Add a server</h1>
      <Shown of={both} what="What the form needs" lines={[40, 40]}>
        {([channels, server]) => <ServerForm before={null} like={server?.config ?? null} channels={channels} />}
      </Shown>
    </>
  );
}

export function EditPage({ id }: { id: string }) {
  const { api } = useDashboard();
  const path = serverPath(id);
  const both = useLoad(path, async (key, signal) => {
    const [server, channels] = await Promise.all([
      api.get<ServerDetail>(key, signal),
      api.all<Channel>('/channels', signal),
    ]);
    return { server, channels };
  });
  useTitle(`Edit ${both.value?.server.name ?? id}`);
  return (
    <>
      <p class="trail">
        <a href="/">Servers</a> / <a href={path}>{both.value?.server.name ?? id}</a>
      </p>
      {both.value === null && <h1 class="hidden">{id}</h1>}
      <Shown of={both} what={`The server ${id}`} lines={[24, 40, 40]}>
        {({ server, channels }) =>
          server.source === 'ui' ? (
            <>
              <h1>Edit {server.name}</h1>
              <ServerForm before={{ ...server.config, id: server.id }} like={null} channels={channels} />
            </>
          ) : (
            <>
              <h1>{server.name} as configured</h1>
              <Settings server={server} />
            </>
          )
        }
      </Shown>
    </>
  );
}
