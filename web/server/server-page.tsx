import type { ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import type { LiveEvent } from '../live.ts';
import type { Loaded } from '../load.ts';
import { useRead } from '../load.ts';
import { useFollow } from '../parts/follow.ts';
import { MaintenanceFlag } from '../parts/maintenance-flag.tsx';
import { StateMark } from '../parts/mark.tsx';
import { Shown } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Ago, Due, Lasting, Moment } from '../parts/time.tsx';
import { useTitle } from '../parts/title.ts';
import { serverPath } from '../paths.ts';
import { standingSentence, stateTone, stateWord } from '../words.ts';
import { Actions } from './actions.tsx';
import { Diagnosis } from './diagnosis.tsx';
import { History } from './history.tsx';
import { Lights } from './lights.tsx';
import { Probes } from './probes.tsx';
import { ServerIncidents } from './server-incidents.tsx';
import { Settings } from './settings.tsx';
import { Tools } from './tools.tsx';
import { Uptime } from './uptime.tsx';

export function ServerPage({ id }: { id: string }) {
  const server = useRead<ServerDetail>(serverPath(id));
  useFollow(id, (event) => concernsServer(event, id), server.reload);
  useTitle(server.value === null ? id : `${server.value.name}: ${stateWord(server.value.state)}`);
  return (
    <>
      <p class="trail">
        <a href="/">Servers</a>
      </p>
      {server.value === null && <h1 class="hidden">{id}</h1>}
      <Shown of={server} what={`The server ${id}`} lines={[24, 60, 90]}>
        {(value) => <Whole server={value} load={server} />}
      </Shown>
    </>
  );
}

function concernsServer(event: LiveEvent, id: string): boolean {
  if (event.kind === 'server') return event.event.items.some((row) => row.id === id);
  return event.kind === 'incident' ? event.incident.server.id === id : event.kind === 'config';
}

function Whole({ server, load }: { server: ServerDetail; load: Loaded<ServerDetail> }) {
  const { fleet } = useDashboard();
  const sentence = standingSentence(server, fleet.open.value);
  const newest = server.last_probe?.id ?? null;
  return (
    <>
      <div class="title-line server-title">
        <h1>{server.name}</h1>
        <Actions server={server} onChanged={load.reload} />
      </div>
      <p class={`standing tone-${stateTone(server.state)}`}>
        <StateMark state={server.state} />
        <strong>{sentence}</strong>
      </p>
      <Circumstances server={server} />
      <Lights server={server} />
      <Diagnosis server={server} said={sentence} />
      <History server={server} newest={newest} />
      <Uptime server={server} />
      <Tabs
        label="More about this server"
        tabs={[
          { key: 'probes', name: 'Probes', body: () => <Probes server={server} newest={newest} /> },
          { key: 'incidents', name: 'Incidents', body: () => <ServerIncidents server={server} /> },
          { key: 'tools', name: 'Tools', body: () => <Tools server={server} onAccepted={load.reload} /> },
          { key: 'settings', name: 'Settings', body: () => <Settings server={server} /> },
        ]}
      />
    </>
  );
}

function Circumstances({ server }: { server: ServerDetail }) {
  const { url, command, state, since, turning, pause } = server;
  return (
    <p class="quiet circumstances">
      <span class="mono">{url ?? command?.join(' ')}</span>
      <span>
        {stateWord(state)} since <Moment at={since} /> (<Lasting at={since} />)
      </span>
      <span>
        checked <Ago at={server.last_probe_at} />
        {server.next_probe_at !== null && !server.paused && (
          <>
            , next <Due at={server.next_probe_at} />
          </>
        )}
      </span>
      {pause !== null && pause.until !== null && (
        <span>
          paused until <Moment at={pause.until} />
        </span>
      )}
      {turning !== null && (
        <span>
          turning {turning.to}: {turning.count} of {turning.needed} probes
        </span>
      )}
      <MaintenanceFlag until={server.maintenance_until} />
    </p>
  );
}
