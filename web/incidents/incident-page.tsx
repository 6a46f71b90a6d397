import type { IncidentDetail } from '../../src/http/wire.ts';
import { duration } from '../format.ts';
import { useRead } from '../load.ts';
import { Advice } from '../parts/advice.tsx';
import { useFollow } from '../parts/follow.ts';
import { Mark } from '../parts/mark.tsx';
import { Shown } from '../parts/states.tsx';
import { Lasting, Moment } from '../parts/time.tsx';
import { useTitle } from '../parts/title.ts';
import { incidentPath, serverPath } from '../paths.ts';
import { levelTone, plainSentence, signalWord, withoutName } from '../words.ts';
import { Acknowledgement } from './acknowledgement.tsx';
import { Evidence } from './evidence.tsx';
import { Notices } from './notices.tsx';
import { Timeline } from './timeline.tsx';

export function IncidentPage({ id }: { id: string }) {
  const path = incidentPath(id);
  const incident = useRead<IncidentDetail>(path);
  useFollow(id, (event) => event.kind === 'incident' && event.incident.id === id, incident.reload);
  useTitle(
    incident.value === null ? 'Incident' : `${incident.value.server.name}: ${signalWord(incident.value.signal)}`,
  );
  return (
    <>
      <p class="trail">
        <a href="/incidents">Incidents</a>
      </p>
      {incident.value === null && <h1 class="hidden">Incident</h1>}
      <Shown of={incident} what="The incident" lines={[50, 30, 60]}>
        {(value) => <Whole incident={value} reload={incident.reload} />}
      </Shown>
    </>
  );
}

function Whole({ incident, reload }: { incident: IncidentDetail; reload: () => void }) {
  const { server, signal, level, state } = incident;
  return (
    <>
      <h1 class="incident-title">
        <Mark tone={state === 'open' ? levelTone(signal, level) : 'unknown'} label={`${incident.severity}, ${state}`} />
        <span>
          <a href={serverPath(server.id)}>{server.name}</a> {withoutName(plainSentence(incident), server.name)}
        </span>
      </h1>
      <p class="quiet circumstances">
        <Span incident={incident} />
        <span>{signalWord(signal)}</span>
        <span>{incident.severity}</span>
        <code>{incident.reason.code}</code>
      </p>
      <Advice items={incident.advice} />
      {incident.attached_to !== null && (
        <p class="attached">
          It is evidence of <a href={incidentPath(incident.attached_to)}>an incident of the same or higher severity</a>{' '}
          and is told only if it outlasts that one.
        </p>
      )}
      <Acknowledgement incident={incident} onDone={reload} />
      <div class="incident-columns">
        <Evidence incident={incident} />
        <Timeline incident={incident} />
      </div>
      <Notices notices={incident.notices} told={incident.told} onSent={reload} />
    </>
  );
}

function Span({ incident }: { incident: IncidentDetail }) {
  const { started_at: from, resolved_at: to, duration_seconds: seconds } = incident;
  if (to === null) {
    return (
      <span>
        open since <Moment at={from} /> (<Lasting at={from} />)
      </span>
    );
  }
  return (
    <span>
      <Moment at={from} /> to <Moment at={to} /> ({duration(seconds * 1_000)})
    </span>
  );
}
