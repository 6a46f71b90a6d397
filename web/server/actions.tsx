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
  const turn = (action: 'pause' | 'resume') =>
    run(action === 'pause' ? 'Pause' : 'Resume', async () => {
      await api.send('POST', `${path}/${action}`, action === 'pause' ? {} : undefined);
      onChanged();
      return `${server.name} is ${action === 'pause' ? 'paused' : 'probed again'}.`;
    });
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
      <button type="button" disabled={busy !== null} onClick={() => turn(server.paused ? 'resume' : 'pause')}>
        <Icon name={server.paused ? 'play' : 'pause'} />
        {server.paused ? 'Resume' : 'Pause'}
      </button>
      <a class="button" href={`${path}/edit`}>
        <Icon name="edit" />
        {server.source === 'ui' ? 'Edit' : 'Show entry'}
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
