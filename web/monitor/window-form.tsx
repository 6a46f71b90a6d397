import { useState } from 'preact/hooks';
import type { MaintenanceWindow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { exact, ZONE } from '../format.ts';
import { type Entry, patchOf, text, wordsIn } from '../parts/entry.ts';
import { useAnswer } from '../parts/field.tsx';
import { ChoiceField, TextField } from '../parts/fields.tsx';
import { Form, FormButtons, useForm } from '../parts/form.tsx';
import { windowPath } from '../paths.ts';

const STARTS = { now: 'now', starts_at: 'once, later', cron: 'again and again' } as const;
const NEW = { duration: '1h' };

/** Adds a window for `servers`, or changes the one there is. */
export function WindowForm({
  before,
  servers,
  onDone,
}: {
  before: MaintenanceWindow | null;
  servers: string;
  onDone: () => void;
}) {
  const { api } = useDashboard();
  const config = before?.config ?? { ...NEW, servers };
  const form = useForm(config, entryOf);
  const { put, entry } = form;
  const [starts, setStarts] = useState(['cron', 'starts_at'].find((key) => key in config) ?? 'now');
  const choose = (next: string) => {
    setStarts(next);
    put('cron', undefined);
    put('starts_at', next === 'now' && before !== null ? new Date().toISOString() : undefined);
    put('timezone', next === 'cron' ? ZONE : undefined);
  };
  const title = before === null ? 'Add a window' : `Edit ${before.id}`;
  const save = async () => {
    if (before === null) await api.send('POST', '/maintenance', entry);
    else await api.send('PATCH', windowPath(before.id), patchOf(config, entry));
    onDone();
    return ['/monitor', before === null ? 'The window is added.' : `${before.id} is saved.`] as const;
  };
  return (
    <Form form={form} label={title} onSave={save}>
      <TextField label="Servers" path="servers" hint="Their ids. No servers and no tags: all servers." />
      <TextField label="And servers tagged" path="tags" />
      <ChoiceField label="Begins" path="starts" options={STARTS} chosen={starts} onChoose={choose} />
      {starts === 'starts_at' && <StartField />}
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
      <TextField label="Lasts" path="duration" hint="From 1m to 7d." />
      <TextField label="Id" path="id" hint="Empty: one is made." readOnly={before !== null} />
      <FormButtons save={before === null ? 'Add' : 'Save'} cancel="/monitor" />
    </Form>
  );
}

/** A date and a time of day by the viewer's clock. */
function StartField() {
  const [at, put] = useAnswer('starts_at');
  return (
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
      onInput={(typed) => put(typed && new Date(typed).toISOString())}
    />
  );
}

function entryOf({ servers, tags, ...more }: Entry): Entry {
  return { ...more, servers: wordsIn(servers), tags: wordsIn(tags) };
}
