import type { ServerRow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted, figure, MISSING } from '../format.ts';
import { Mark } from '../parts/mark.tsx';
import { STATES, stateTone, stateWord } from '../words.ts';
import { href } from './address.ts';

/** How many stand how, each a link to those. */
export function Counts({ rows }: { rows: readonly ServerRow[] }) {
  const { router, fleet } = useDashboard();
  const { query } = router.place.value;
  const probes = fleet.summary.value?.probes_last_hour;
  const counts = STATES.map((state) => ({ state, count: rows.filter((row) => row.state === state).length }));
  return (
    <div class="counts">
      <ul>
        {counts
          .filter(({ count }) => count > 0)
          .map(({ state, count }) => (
            <li key={state}>
              <a
                class={`tone-${stateTone(state)}`}
                href={href(query, { state: query.get('state') === state ? null : state })}
              >
                <Mark tone={stateTone(state)} />
                <b>{figure(count)}</b> {stateWord(state)}
              </a>
            </li>
          ))}
      </ul>
      <p class="quiet">{probes === undefined ? MISSING : `${counted(probes, 'probe')} in the last hour`}</p>
    </div>
  );
}
