import type { Incident, Pool } from '../../src/http/wire.ts';
import { figure, MISSING, percent } from '../format.ts';
import { Ladder } from '../parts/ladder.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Section } from '../parts/section.tsx';
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
    <Scroll label="Pool figures">
      <table class="plain-table">
        <thead>
          <tr>
            {['pool', 'waiting', 'used', 'idle', 'total', 'max', 'utilisation'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pools.map((pool) => (
            <tr key={pool.name}>
              <th scope="row">{pool.name}</th>
              {[pool.waiting, pool.used, pool.idle, pool.total, pool.max].map((value, index) => (
                <td key={index}>{figure(value)}</td>
              ))}
              <td>{pool.utilization === null ? MISSING : percent(pool.utilization)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
