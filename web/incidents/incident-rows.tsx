import type { Incident } from '../../src/http/wire.ts';
import { duration } from '../format.ts';
import { Mark } from '../parts/mark.tsx';
import { Lasting, Moment } from '../parts/time.tsx';
import { incidentPath } from '../paths.ts';
import { levelTone, plainSentence, withoutName } from '../words.ts';

/** `named`: say of which server. */
export function IncidentRows({ incidents, named }: { incidents: readonly Incident[]; named: boolean }) {
  return (
    <ul class="incidents">
      {incidents.map((incident) => (
        <li key={incident.id}>
          <Mark
            tone={incident.state === 'open' ? levelTone(incident.signal, incident.level) : 'unknown'}
            label={incident.state}
          />
          <div>
            <a href={incidentPath(incident.id)}>
              {named && <b>{incident.server.name} </b>}
              {withoutName(plainSentence(incident), incident.server.name)}
            </a>
            {incident.state === 'resolved' && (
              <p class="small">{incident.likely_cause?.explanation ?? incident.reason.message}</p>
            )}
            <p class="quiet small">
              {incident.severity}
              {incident.attached_to !== null && ', evidence of another incident'}
              {incident.acknowledged !== null &&
                `, acknowledged${incident.acknowledged.note === null ? '' : `: ${incident.acknowledged.note}`}`}
            </p>
          </div>
          <span class="incident-when quiet">
            <Moment at={incident.started_at} />
            <span>
              {incident.state === 'open' ? (
                <Lasting at={incident.started_at} />
              ) : (
                duration(incident.duration_seconds * 1_000)
              )}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
