import { Fragment } from 'preact';
import type { ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { Advice } from '../parts/advice.tsx';
import { Ladder } from '../parts/ladder.tsx';
import { incidentPath } from '../paths.ts';
import { signalWord, stateTone } from '../words.ts';

/** Why it is probably so, and what to try. Nothing while all is well. `said`: what already stands above. */
export function Diagnosis({ server, said }: { server: ServerDetail; said: string }) {
  const { last_probe: probe, state, open_incidents: open } = server;
  const incidents = useDashboard().fleet.open.value;
  const cause = probe?.likely_cause ?? null;
  if (state === 'up' || state === 'paused') return null;
  const text = probe?.canary?.is_error === true ? probe.canary.text : null;
  return (
    <section class={`diagnosis ${stateTone(state)}`} aria-label="Diagnosis">
      {server.silent_failure && (
        <p>
          <strong>Silent failure:</strong> the protocol looks healthy, but real work is not getting done.
        </p>
      )}
      <Ladder rungs={server.ladder} />
      {cause !== null && !said.includes(cause.explanation.split(':')[0] ?? '') && <p>{cause.explanation}</p>}
      {text !== null && (
        <p>
          The canary says: <q class="mono">{text}</q>
        </p>
      )}
      <Advice items={server.advice} />
      {open.length > 0 && (
        <p>
          {open.map((id, index) => {
            const one = incidents.find((incident) => incident.id === id);
            return (
              <Fragment key={id}>
                {index > 0 && ' · '}
                <a href={incidentPath(id)}>
                  {index === 0 && 'See the '}
                  {open.length > 1 && one && `${signalWord(one.signal)} `}
                  incident
                </a>
              </Fragment>
            );
          })}
        </p>
      )}
    </section>
  );
}
