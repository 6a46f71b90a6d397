import { useState } from 'preact/hooks';
import type { Page, Probe, ServerDetail } from '../../src/http/wire.ts';
import { latency } from '../format.ts';
import { useLatest } from '../load.ts';
import { StateMark } from '../parts/mark.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';
import { serverPath } from '../paths.ts';
import { stateWord } from '../words.ts';
import { Waterfall } from './waterfall.tsx';

const SHOWN = 20;

export function Probes({ server, newest }: { server: ServerDetail; newest: string | null }) {
  const [limit, setLimit] = useState(SHOWN);
  // Stays open when newer ones come: somebody reads it.
  const [first] = useState(newest);
  const probes = useLatest<Page<Probe>>(`${serverPath(server.id)}/probes?limit=${limit}`, newest);
  return (
    <Shown of={probes} what="The probes" lines={[50, 50, 50]}>
      {({ items, next }) =>
        items.length === 0 ? (
          <Empty title="Not probed yet">
            <p>The first probe comes within one interval. “Probe now” does not wait for it.</p>
          </Empty>
        ) : (
          <>
            <ul class="probes">
              {items.map((probe) => (
                <ProbeRow key={probe.id} probe={probe} open={probe.id === first && probe.state !== 'up'} />
              ))}
            </ul>
            {next !== null && (
              <button type="button" onClick={() => setLimit(limit * 2)}>
                Older probes
              </button>
            )}
          </>
        )
      }
    </Shown>
  );
}

function ProbeRow({ probe, open }: { probe: Probe; open: boolean }) {
  return (
    <li>
      <details open={open}>
        <summary>
          <StateMark state={probe.state} />
          <span class="probe-when">
            <Ago at={probe.started_at} />
          </span>
          <span class={`probe-words${probe.state === 'up' ? ' well' : ''}`}>
            {probe.reason?.message ?? stateWord(probe.state)}
          </span>
          <span class="probe-ms quiet">{latency(probe.duration_ms)}</span>
        </summary>
        <Waterfall probe={probe} />
      </details>
    </li>
  );
}
