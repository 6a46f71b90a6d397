import type { Incident } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted } from '../format.ts';
import { Do } from '../parts/do.tsx';
import { Icon } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { Section } from '../parts/section.tsx';
import { Lasting, Moment } from '../parts/time.tsx';
import { incidentPath, serverPath } from '../paths.ts';
import { bySeverity, levelTone, plainSentence, roots, withoutName } from '../words.ts';

/** More would push the list itself out of sight. */
const SHOWN = 8;

/**
 * The open incidents that stand for themselves, worst first. One that is evidence of another is shown there; one that is
 * only to be known of, as tools that got better words, breaks nothing.
 */
export function BrokenNow({ incidents }: { incidents: readonly Incident[] }) {
  const told = roots(incidents)
    .filter(({ severity }) => severity !== 'info')
    .sort(bySeverity);
  if (told.length === 0) return null;
  return (
    <Section title="Broken now" kind="broken">
      <ul>
        {told.slice(0, SHOWN).map((incident) => (
          <BrokenRow key={incident.id} incident={incident} />
        ))}
        {told.length > SHOWN && (
          <li>
            <a href="/incidents?state=open">and {counted(told.length - SHOWN, 'more incident')}</a>
          </li>
        )}
      </ul>
    </Section>
  );
}

function BrokenRow({ incident }: { incident: Incident }) {
  const { server, signal, level, started_at: startedAt } = incident;
  return (
    <li class={incident.acknowledged === null ? '' : 'seen'}>
      <Mark tone={levelTone(signal, level)} label={incident.severity} />
      <div class="broken-words">
        <a class="broken-name" href={serverPath(server.id)}>
          {server.name}
        </a>{' '}
        <span>{withoutName(plainSentence(incident), server.name)}</span>
      </div>
      <div class="broken-since quiet">
        since <Moment at={startedAt} /> · <Lasting at={startedAt} />
      </div>
      <Acknowledge incident={incident} />
      <a class="button plain-link" href={incidentPath(incident.id)}>
        Incident <span class="hidden">of {server.name}</span>
        <Icon name="arrow" />
      </a>
    </li>
  );
}

function Acknowledge({ incident }: { incident: Incident }) {
  const { api, fleet } = useDashboard();
  const { server, acknowledged } = incident;
  if (acknowledged !== null) return <span class="quiet small">acknowledged</span>;
  const acknowledge = async () => {
    fleet.merge(await api.send<Incident>('POST', `${incidentPath(incident.id)}/acknowledge`, {}));
    return `Acknowledged: ${server.name}.`;
  };
  return (
    <Do name="Acknowledge" act={acknowledge}>
      Ack<span class="hidden"> {server.name}</span>
    </Do>
  );
}
