import type { Incident, Pool } from '../../src/http/wire.ts';
import { figure, percent } from '../format.ts';
import { Ladder } from '../parts/ladder.tsx';
import { Section } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';
import { factWord } from '../words.ts';

/** The facts the diagnosis rests on, as a ladder: each rung one thing that was seen. */
export function Evidence({ incident }: { incident: Incident }) {
  const { facts, texts, pools, silent_failure: silent } = incident.evidence;
  return (
    <Section title="What was seen" kind="">
      {silent && (
        <p class="silent">
          <strong>Silent failure:</strong> the protocol looked healthy, but real work was not getting done.
        </p>
      )}
      <p>{incident.reason.message}</p>
      <Ladder rungs={incident.evidence.ladder} />
      {facts.length > 0 && (
        <dl class="ladder">
          {facts.map(({ label, value }) => (
            <div key={label + value}>
              <dt>{factWord(label)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {texts.length > 0 && (
        <>
          <h3>{incident.signal === 'tools' ? 'Differences' : "The server's words"}</h3>
          <ul class="quotes">
            {texts.map((text) => (
              <li key={text} class="mono">
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
      {pools.length > 0 && <Pools pools={pools} />}
    </Section>
  );
}

function Pools({ pools }: { pools: readonly Pool[] }) {
  return (
    <Table
      label="Pool figures"
      heads={['pool', 'waiting', 'used', 'idle', 'total', 'max', 'utilisation']}
      rows={pools.map(({ name, waiting, used, idle, total, max, utilization }) => [
        name,
        ...[waiting, used, idle, total, max].map(figure),
        percent(utilization),
      ])}
    />
  );
}
