import type { ComponentChildren } from 'preact';
import type { IncidentDetail } from '../../src/http/wire.ts';
import { counted, duration } from '../format.ts';
import { Section } from '../parts/section.tsx';
import { Moment } from '../parts/time.tsx';
import { eventWords } from './notices.tsx';

interface Happening {
  readonly at: string;
  readonly words: ComponentChildren;
}

/** What happened when, oldest first. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const happenings = happeningsOf(incident).sort((a, b) => a.at.localeCompare(b.at));
  return (
    <Section title="Timeline" kind="">
      <ol class="timeline">
        {happenings.map(({ at, words }, index) => (
          <li key={index}>
            <Moment at={at} precise />
            <span>{words}</span>
          </li>
        ))}
      </ol>
      <p class="quiet small">{counted(incident.probe_count, 'bad probe')}</p>
    </Section>
  );
}

function happeningsOf(incident: IncidentDetail): Happening[] {
  const {
    started_at: started,
    opened_at: opened,
    acknowledged,
    resolved_at: resolved,
    duration_seconds: seconds,
  } = incident;
  const told = incident.notices.flatMap(({ channel, event, tries }) =>
    tries.map((attempt) => ({
      at: attempt.at,
      words: (
        <>
          {attempt.ok ? 'Told' : 'Not accepted by'} <b>{channel}</b>: {eventWords(event)}
        </>
      ),
    })),
  );
  return [
    { at: started, words: 'First bad probe' },
    { at: opened, words: 'Confirmed: the incident opened' },
    ...told,
    ...(acknowledged === null
      ? []
      : [{ at: acknowledged.at, words: `Acknowledged${acknowledged.note === null ? '' : `: ${acknowledged.note}`}` }]),
    ...(resolved === null
      ? []
      : [{ at: resolved, words: `First good probe of the recovery, after ${duration(seconds * 1_000)}` }]),
  ];
}
