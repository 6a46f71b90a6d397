import type { Incident, Page, ServerDetail } from '../../src/http/wire.ts';
import { IncidentRows } from '../incidents/incident-rows.tsx';
import { useLatest } from '../load.ts';
import { Empty, Shown } from '../parts/states.tsx';

export function ServerIncidents({ server }: { server: ServerDetail }) {
  const path = `/incidents?server=${encodeURIComponent(server.id)}`;
  const incidents = useLatest<Page<Incident>>(path, server.open_incidents.join());
  return (
    <Shown of={incidents} what="The incidents" lines={[60, 60]}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No incident so far">
            <p>
              When a signal of {server.name} stays bad for several probes in a row, it is listed here with what was seen
              and who was told.
            </p>
          </Empty>
        ) : (
          <IncidentRows incidents={items} named={false} />
        )
      }
    </Shown>
  );
}
