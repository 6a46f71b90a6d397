import { useState } from 'preact/hooks';
import type { Incident } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { asApiError } from '../load.ts';
import { Icon } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { Lasting, Moment } from '../parts/time.tsx';
import { levelTone, withoutName } from '../words.ts';

const SEVERITIES: readonly Incident['severity'][] = ['critical', 'major', 'warning', 'info'];

/** The open incidents that stand for themselves, worst first. One that is evidence of another is shown there. */
export function BrokenNow({ incidents }: { incidents: readonly Incident[] }) {
  const told = incidents
    .filter((incident) => incident.attached_to === null)
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.started_at.localeCompare(b.started_at),
    );
  if (told.length === 0) return null;
  return (
    <section class="broken" aria-labelledby="broken-title">
      <h2 id="broken-title">Broken now</h2>
      <ul>
        {told.map((incident) => (
          <BrokenRow key={incident.id} incident={incident} />
        ))}
      </ul>
    </section>
  );
}

function BrokenRow({ incident }: { incident: Incident }) {
  const { server, signal, level, started_at: startedAt } = incident;
  return (
    <li class={incident.acknowledged === null ? '' : 'seen'}>
      <Mark tone={levelTone(signal, level)} label={incident.severity} />
      <div class="broken-words">
        <a class="broken-name" href={`/servers/${encodeURIComponent(server.id)}`}>
          {server.name}
        </a>{' '}
        <span>{withoutName(incident.sentence, server.name)}</span>
      </div>
      <div class="broken-since quiet">
        since <Moment at={startedAt} /> · <Lasting at={startedAt} />
      </div>
      <Acknowledge incident={incident} />
      <a class="button plain-link" href={`/incidents/${encodeURIComponent(incident.id)}`}>
        Incident <span class="hidden">of {server.name}</span>
        <Icon name="arrow" />
      </a>
    </li>
  );
}

function Acknowledge({ incident }: { incident: Incident }) {
  const { api, fleet, say } = useDashboard();
  const [busy, setBusy] = useState(false);
  if (incident.acknowledged !== null) return <span class="quiet small">acknowledged</span>;
  const acknowledge = async () => {
    setBusy(true);
    try {
      fleet.merge(await api.send<Incident>('POST', `/incidents/${encodeURIComponent(incident.id)}/acknowledge`, {}));
      say(`Acknowledged: ${incident.server.name}.`);
    } catch (error) {
      say(`Not acknowledged. ${asApiError(error).message}`);
    }
    setBusy(false);
  };
  return (
    <button type="button" disabled={busy} onClick={acknowledge}>
      Ack<span class="hidden">nowledge {incident.server.name}</span>
    </button>
  );
}
