import { useRef } from 'preact/hooks';
import type { Probe, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { Do } from '../parts/do.tsx';
import { Icon } from '../parts/icon.tsx';
import { Options } from '../parts/options.tsx';
import { serverPath } from '../paths.ts';
import { stateWord } from '../words.ts';

export function Actions({ server, onChanged }: { server: ServerDetail; onChanged: () => void }) {
  const { api, router } = useDashboard();
  const hours = useRef(0);
  const path = serverPath(server.id);
  const changed = (words: string) => {
    onChanged();
    return words;
  };

  const probe = async () => {
    const { state, duration_ms: ms } = await api.send<Probe>('POST', `${path}/probe`);
    return changed(`Probed: ${stateWord(state)}, ${latency(ms)} in all.`);
  };
  const resume = async () => {
    await api.send('POST', `${path}/resume`);
    return changed(`${server.name} is probed again.`);
  };
  const pause = async () => {
    const until = new Date(Date.now() + hours.current * HOUR_MS).toISOString();
    await api.send('POST', `${path}/pause`, hours.current === 0 ? {} : { until });
    hours.current = 0;
    return changed(`${server.name} is paused.`);
  };
  const remove = async () => {
    await api.send('DELETE', path);
    router.go('/');
    return `${server.name} is deleted.`;
  };
  const isOurs = server.source === 'ui';

  return (
    <div class="actions">
      <Do name="Probe now" busy="Probing …" icon="probe" kind="primary" act={probe} />
      {server.paused ? (
        <Do name="Resume" icon="play" act={resume} />
      ) : (
        <Do name="Pause" icon="pause" first={pausing(server.name, hours)} act={pause} />
      )}
      <a class="button" href={`${path}/edit`}>
        <Icon name="edit" />
        {isOurs ? 'Edit' : 'Show entry'}
      </a>
      <a class="button" href={`/servers/new?like=${encodeURIComponent(server.id)}`}>
        <Icon name="copy" />
        Duplicate
      </a>
      {isOurs && <Do name="Delete" icon="bin" first={removal(server)} act={remove} />}
    </div>
  );
}

const HOUR_MS = 3_600_000;
/** By hours. */
const PAUSES = {
  0: 'until it is resumed',
  1: 'for an hour',
  4: 'for 4 hours',
  24: 'for a day',
  168: 'for a week',
} as const;

function pausing(name: string, hours: { current: number }) {
  return {
    title: `Pause ${name}?`,
    body: (
      <>
        <p>It is not probed. To watch on and be told of nothing, add a maintenance window on the Monitor page.</p>
        <select aria-label="How long" onChange={(event) => (hours.current = Number(event.currentTarget.value))}>
          <Options of={PAUSES} />
        </select>
      </>
    ),
    yes: 'Pause',
  };
}

function removal(server: ServerDetail) {
  return {
    title: `Delete ${server.name}?`,
    body: (
      <>
        <p>
          It is no longer probed, and its history goes with it: all probes, latency and uptime figures, and its
          incidents.
        </p>
        <p>This cannot be undone. To stop probing and keep the history, pause it instead.</p>
      </>
    ),
    yes: 'Delete server and history',
    dangerous: true,
  };
}
