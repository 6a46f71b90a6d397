import type { Probe, ServerDetail } from '../../src/http/wire.ts';
import { useAction } from '../action.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { Icon } from '../parts/icon.tsx';
import { serverPath } from '../paths.ts';
import { stateWord } from '../words.ts';

export function Actions({ server, onChanged }: { server: ServerDetail; onChanged: () => void }) {
  const { api, router, ask } = useDashboard();
  const { busy, run } = useAction();
  const path = serverPath(server.id);

  const probeNow = () =>
    run('Probe now', async () => {
      const probe = await api.send<Probe>('POST', `${path}/probe`);
      onChanged();
      return `Probed: ${stateWord(probe.state)}, ${latency(probe.duration_ms)} in all.`;
    });
  const resume = () =>
    run('Resume', async () => {
      await api.send('POST', `${path}/resume`);
      onChanged();
      return `${server.name} is probed again.`;
    });
  const pause = async () => {
    let hours = 0;
    if (!(await ask(pausing(server.name, (chosen) => (hours = chosen))))) return;
    await run('Pause', async () => {
      const until = new Date(Date.now() + hours * HOUR_MS).toISOString();
      await api.send('POST', `${path}/pause`, hours === 0 ? {} : { until });
      onChanged();
      return `${server.name} is paused.`;
    });
  };
  const remove = async () => {
    if (!(await ask(removal(server)))) return;
    await run('Delete', async () => {
      await api.send('DELETE', path);
      router.go('/');
      return `${server.name} is deleted.`;
    });
  };

  return (
    <div class="actions">
      <button type="button" class="primary" disabled={busy !== null} onClick={probeNow}>
        <Icon name="probe" />
        {busy === 'Probe now' ? 'Probing …' : 'Probe now'}
      </button>
      <button type="button" disabled={busy !== null} onClick={server.paused ? resume : pause}>
        <Icon name={server.paused ? 'play' : 'pause'} />
        {server.paused ? 'Resume' : 'Pause'}
      </button>
      <a class="button" href={`${path}/edit`}>
        <Icon name="edit" />
        {server.source === 'ui' ? 'Edit' : 'Show entry'}
      </a>
      <a class="button" href={`/servers/new?like=${encodeURIComponent(server.id)}`}>
        <Icon name="copy" />
        Duplicate
      </a>
      {server.source === 'ui' && (
        <button type="button" disabled={busy !== null} onClick={remove}>
          <Icon name="bin" />
          Delete
        </button>
      )}
    </div>
  );
}

const HOUR_MS = 3_600_000;
const PAUSES = {
  'until it is resumed': 0,
  'for an hour': 1,
  'for 4 hours': 4,
  'for a day': 24,
  'for a week': 168,
} as const;

function pausing(name: string, onChoose: (hours: number) => void) {
  return {
    title: `Pause ${name}?`,
    body: (
      <>
        <p>It is not probed. To watch on and be told of nothing, add a maintenance window on the Monitor page.</p>
        <select aria-label="How long" onChange={(event) => onChoose(Number(event.currentTarget.value))}>
          {Object.entries(PAUSES).map(([words, hours]) => (
            <option key={hours} value={hours}>
              {words}
            </option>
          ))}
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
