import type { MaintenanceWindow } from '../../src/http/wire.ts';
import { useAction } from '../action.ts';
import { useDashboard } from '../context.ts';
import { duration } from '../format.ts';
import { useLoad } from '../load.ts';
import { useFollow } from '../parts/follow.ts';
import { Icon } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { Lines, Shown } from '../parts/states.tsx';
import { Moment } from '../parts/time.tsx';
import { windowPath } from '../paths.ts';
import { WindowForm } from './window-form.tsx';

/** Maintenance windows: for whom, when, and when next. */
export function Windows() {
  const { api, router } = useDashboard();
  const windows = useLoad('/maintenance', (path, signal) => api.all<MaintenanceWindow>(path, signal));
  useFollow('windows', (event) => event.kind !== 'incident', windows.reload);
  const adding = router.place.value.query.get('window');
  return (
    <section class="section" aria-labelledby="windows-title">
      <div class="title-line">
        <h2 id="windows-title">Maintenance windows</h2>
        <a class="button" href="/monitor?window=">
          <Icon name="add" />
          Add window
        </a>
      </div>
      {adding !== null && <WindowForm servers={adding} onDone={windows.reload} />}
      <Shown of={windows} what="The maintenance windows" shape={<Lines widths={[50, 50]} />}>
        {(list) =>
          list.length === 0 ? (
            <p class="quiet">None. In a window servers are watched on, and what is over by its end is told nobody.</p>
          ) : (
            <ul class="channels">
              {list.map((window) => (
                <Row key={window.id} window={window} onChanged={windows.reload} />
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

function Row({ window, onChanged }: { window: MaintenanceWindow; onChanged: () => void }) {
  const { api, ask } = useDashboard();
  const { busy, run } = useAction();
  const { id, active, cron, source, next } = window;
  const remove = async () => {
    const body = <p>What it holds is told at once if it is still so.</p>;
    if (!(await ask({ title: `Delete ${id}?`, body, yes: 'Delete window', dangerous: true }))) return;
    await run('Delete', async () => {
      await api.send('DELETE', windowPath(id));
      onChanged();
      return `${id} is deleted.`;
    });
  };
  return (
    <li>
      <Mark tone={active ? 'up' : 'unknown'} label={active ? 'open' : 'not open'} />
      <div>
        <p>
          <b>{id}</b> for {whom(window)}
        </p>
        <p class="small">
          {active && (
            <>
              <b>
                open until <Moment at={window.until} />
              </b>
              {next.length > 0 && ', '}
            </>
          )}
          {next.length > 0 && 'next '}
          {next.map(({ from }, index) => (
            <span key={from}>
              {index > 0 && ', '}
              <Moment at={from} />
            </span>
          ))}
          {!active && next.length === 0 && 'over'}
        </p>
        <p class="quiet small">
          {cron === null ? (
            'once'
          ) : (
            <>
              <code>{cron}</code> by {window.timezone ?? "the monitor's clock"}
            </>
          )}
          , for {duration(window.duration_ms)} · {source === 'config' ? 'from the configuration file' : 'added here'}
        </p>
      </div>
      {source === 'ui' && (
        <div class="actions">
          <button type="button" disabled={busy !== null} onClick={remove}>
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

function whom({ servers, tags }: MaintenanceWindow): string {
  const tagged = tags.length === 0 ? [] : [`servers tagged ${tags.join(' or ')}`];
  return [...servers, ...tagged].join(', ') || 'all servers';
}
