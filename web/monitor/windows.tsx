import { useState } from 'preact/hooks';
import type { MaintenanceWindow } from '../../src/http/wire.ts';
import { duration, exact, ZONE } from '../format.ts';
import { Entries, EntryForm, type EntryFormProps } from '../parts/entries.tsx';
import { type Entry, text, wordsIn } from '../parts/entry.ts';
import { useAnswer } from '../parts/field.tsx';
import { ChoiceField, ServersField, TextField } from '../parts/fields.tsx';
import type { FormState } from '../parts/form.tsx';
import { Row } from '../parts/rows.tsx';
import { Moment } from '../parts/time.tsx';
import { sourceWords, whichServers } from '../words.ts';

const WINDOW = { name: 'window', path: '/maintenance', home: '/monitor' } as const;

/** Maintenance windows: for whom, when, and when next. */
export function Windows() {
  return (
    <Entries<MaintenanceWindow>
      title="Maintenance windows"
      kind={WINDOW}
      query="window"
      none="None. Servers are watched on in a window, and nobody is told of what is over by its end."
      loss={() => 'What it holds is told at once if it is still so.'}
      fields={WindowForm}
      row={(window, actions) => (
        <Row
          key={window.id}
          tone={window.active ? 'up' : 'unknown'}
          label={window.active ? 'open' : 'not open'}
          actions={actions}
        >
          <Words of={window} />
        </Row>
      )}
    />
  );
}

function Words({ of: window }: { of: MaintenanceWindow }) {
  const { id, active, cron, next, until } = window;
  return (
    <>
      <p>
        <b>{id}</b> for {whichServers(window, 'all servers')}
      </p>
      <p class="small">
        {active && (
          <b>
            open until <Moment at={until} />
          </b>
        )}
        {active && next.length > 0 && ', '}
        {next.map(({ from }, index) => (
          <span key={from}>
            {index > 0 ? ', ' : 'next '}
            <Moment at={from} />
          </span>
        ))}
        {!active && next.length === 0 && 'over'}
      </p>
      <p class="quiet small">
        {cron === null ? 'once' : <code>{cron}</code>}
        {cron !== null && ` by ${window.timezone ?? "the monitor's clock"}`}, for {duration(window.duration_ms)} ·{' '}
        {sourceWords(window)}
      </p>
    </>
  );
}

const STARTS = { now: 'now', starts_at: 'once, later', cron: 'again and again' } as const;

/** `begin`: the servers of a new one. */
function WindowForm({ before, begin, onDone }: EntryFormProps<MaintenanceWindow>) {
  return (
    <EntryForm before={before} begin={{ duration: '1h', servers: begin }} ready={entryOf} kind={WINDOW} onDone={onDone}>
      {(form) => (
        <>
          <ServersField hint="Their ids. No servers and no tags: all servers." />
          <TextField label="And servers tagged" path="tags" />
          <StartFields form={form} isNew={before === null} />
          <TextField label="Lasts" path="duration" hint="From 1m to 7d." />
          <TextField
            label="Id"
            path="id"
            hint={before === null ? 'Empty: one is made.' : 'Cannot be changed.'}
            readOnly={before !== null}
          />
        </>
      )}
    </EntryForm>
  );
}

function entryOf({ servers, tags, ...more }: Entry): Entry {
  return { ...more, servers: wordsIn(servers), tags: wordsIn(tags) };
}

function StartFields({ form: { stored, put }, isNew }: { form: FormState; isNew: boolean }) {
  const [starts, setStarts] = useState(['cron', 'starts_at'].find((key) => key in stored) ?? 'now');
  const [at] = useAnswer('starts_at');
  const choose = (next: string) => {
    setStarts(next);
    put('cron', undefined);
    put('timezone', next === 'cron' ? ZONE : undefined);
    // A new one without a time begins when it reaches the monitor.
    put('starts_at', next === 'now' && !isNew ? new Date().toISOString() : undefined);
  };
  return (
    <>
      <ChoiceField label="Begins" path="starts" options={STARTS} chosen={starts} onChoose={choose} />
      {starts === 'starts_at' && (
        <TextField
          label="At"
          path="starts_at"
          hint={ZONE}
          isTime
          value={
            text(at) &&
            exact(Date.parse(text(at)))
              .slice(0, 16)
              .replace(' ', 'T')
          }
          onInput={(typed) => put('starts_at', typed && new Date(typed).toISOString())}
        />
      )}
      {starts === 'cron' && (
        <>
          <TextField
            label="Cron expression"
            path="cron"
            hint="Minute, hour, day of the month, month, day of the week."
            placeholder="0 3 * * SUN"
          />
          <TextField label="Time zone" path="timezone" />
        </>
      )}
    </>
  );
}
