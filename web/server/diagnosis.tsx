import { Fragment } from 'preact';
import type { ServerDetail } from '../../src/http/wire.ts';
import { Advice } from '../parts/advice.tsx';
import { Ladder } from '../parts/ladder.tsx';
import { incidentPath } from '../paths.ts';
import { stateTone } from '../words.ts';

/** Why it is probably so, and what to try. Nothing while all is well. `said`: what already stands above. */
export function Diagnosis({ server, said }: { server: ServerDetail; said: string }) {
  const { last_probe: probe, state } = server;
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
      {server.open_incidents.length > 0 && (
        <p>
          {server.open_incidents.map((id, index) => (
            <Fragment key={id}>
              {index > 0 && ' · '}
              <a href={incidentPath(id)}>{index === 0 ? 'See the incident' : `incident ${index + 1}`}</a>
            </Fragment>
          ))}
        </p>
      )}
    </section>
  );
}
