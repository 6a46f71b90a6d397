import type { MaintenanceWindow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { duration } from '../format.ts';
import { useAll } from '../load.ts';
import { Do } from '../parts/do.tsx';
import { useFollow } from '../parts/follow.ts';
import { Icon } from '../parts/icon.tsx';
import { Row } from '../parts/rows.tsx';
import { Section } from '../parts/section.tsx';
import { Lines, Shown } from '../parts/states.tsx';
import { Moment } from '../parts/time.tsx';
import { windowPath } from '../paths.ts';
import { sourceWords } from '../words.ts';
import { WindowForm } from './window-form.tsx';

/** Maintenance windows: for whom, when, and when next. */
export function Windows() {
  const { query } = useDashboard().router.place.value;
  const windows = useAll<MaintenanceWindow>('/maintenance');
  useFollow('windows', (event) => event.kind !== 'incident', windows.reload);
  const [adding, editing] = [query.get('window'), query.get('edit-window')];
  const add = (
    <a class="button" href="/monitor?window=">
      <Icon name="add" />
      Add window
    </a>
  );
  return (
    <Section title="Maintenance windows" beside={add}>
      {adding !== null && <WindowForm before={null} servers={adding} onDone={windows.reload} />}
      <Shown of={windows} what="The maintenance windows" shape={<Lines widths={[50, 50]} />}>
        {(list) =>
          list.length === 0 ? (
            <p class="quiet">None. In a window servers are watched on, and what is over by its end is told nobody.</p>
          ) : (
            <ul class="rows">
              {list.map((window) =>
                window.id === editing && window.source === 'ui' ? (
                  <li key={window.id}>
                    <WindowForm before={window} servers="" onDone={windows.reload} />
                  </li>
                ) : (
                  <WindowRow key={window.id} window={window} onChanged={windows.reload} />
                ),
              )}
            </ul>
          )
        }
      </Shown>
    </Section>
  );
}

function WindowRow({ window, onChanged }: { window: MaintenanceWindow; onChanged: () => void }) {
  const { api } = useDashboard();
  const { id, active, cron, source, next } = window;
  const remove = async () => {
    await api.send('DELETE', windowPath(id));
    onChanged();
    return `${id} is deleted.`;
  };
  const first = {
    title: `Delete ${id}?`,
    body: <p>What it holds is told at once if it is still so.</p>,
    yes: 'Delete window',
    dangerous: true,
  };
  return (
    <Row
      tone={active ? 'up' : 'unknown'}
      label={active ? 'open' : 'not open'}
      actions={
        source === 'ui' && (
          <>
            <a class="button" href={`/monitor?edit-window=${encodeURIComponent(id)}`}>
              Edit
            </a>
            <Do name="Delete" first={first} act={remove} />
          </>
        )
      }
    >
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
        , for {duration(window.duration_ms)} · {sourceWords(window)}
      </p>
    </Row>
  );
}

function whom({ servers, tags }: MaintenanceWindow): string {
  const tagged = tags.length === 0 ? [] : [`servers tagged ${tags.join(' or ')}`];
  return [...servers, ...tagged].join(', ') || 'all servers';
}
