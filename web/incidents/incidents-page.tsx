import type { Incident, Page } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { useRead } from '../load.ts';
import { useFollow } from '../parts/follow.ts';
import { Empty, Shown } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { IncidentRows } from './incident-rows.tsx';

const FILTERS = ['all', 'open', 'resolved'] as const;

/** Open ones first, as they are now; then the resolved, newest first, page by page. */
export function IncidentsPage() {
  const { fleet, router } = useDashboard();
  const asked = router.place.value.query.get('state');
  const state = FILTERS.find((name) => name === asked) ?? 'all';
  const before = router.place.value.query.get('before');
  useTitle('Incidents');
  return (
    <>
      <h1>Incidents</h1>
      <ul class="chips page-chips" aria-label="Filters">
        {FILTERS.map((name) => (
          <li key={name}>
            <a
              class="chip"
              href={name === 'all' ? '/incidents' : `/incidents?state=${name}`}
              aria-current={name === state ? 'true' : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
      {state !== 'resolved' && before === null && <Group title="Open" incidents={fleet.open.value} />}
      {state === 'open' ? fleet.open.value.length === 0 && <NoIncidents /> : <Resolved before={before} />}
    </>
  );
}

function Resolved({ before }: { before: string | null }) {
  const { fleet } = useDashboard();
  const path = `/incidents?state=resolved${before === null ? '' : `&cursor=${encodeURIComponent(before)}`}`;
  const resolved = useRead<Page<Incident>>(path);
  useFollow(path, (event) => event.kind === 'incident', resolved.reload);
  return (
    <Shown of={resolved} what="The incidents" lines={[70, 60, 70]}>
      {({ items, next }) => (
        <>
          <Group title="Resolved" incidents={items} />
          {items.length === 0 && fleet.open.value.length === 0 && <NoIncidents />}
          {next !== null && (
            <a class="button" href={`/incidents?state=resolved&before=${encodeURIComponent(next)}`}>
              Older incidents
            </a>
          )}
        </>
      )}
    </Shown>
  );
}

function Group({ title, incidents }: { title: string; incidents: readonly Incident[] }) {
  if (incidents.length === 0) return null;
  return (
    <section class="incident-group">
      <h2>{title}</h2>
      <IncidentRows incidents={incidents.toSorted((a, b) => b.started_at.localeCompare(a.started_at))} named />
    </section>
  );
}

function NoIncidents() {
  return (
    <Empty title="No incidents">
      <p>
        When a server fails several probes in a row, an incident opens here by itself. It says at which layer, since
        when, why, and who was told.
      </p>
    </Empty>
  );
}
