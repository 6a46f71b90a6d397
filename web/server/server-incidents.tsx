import type { Incident, Page, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { IncidentRows } from '../incidents/incident-rows.tsx';
import { useLoad } from '../load.ts';
import { Empty, Lines, Shown } from '../parts/states.tsx';

export function ServerIncidents({ server }: { server: ServerDetail }) {
  const { api } = useDashboard();
  const path = `/incidents?server=${encodeURIComponent(server.id)}`;
  const incidents = useLoad(`${path}#${server.open_incidents.join()}`, (_, signal) =>
    api.get<Page<Incident>>(path, signal),
  );
  return (
    <Shown of={incidents} what="The incidents" shape={<Lines widths={[60, 60]} />}>
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
