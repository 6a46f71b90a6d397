import { useState } from 'preact/hooks';
import { useDashboard } from '../context.ts';
import { wordsIn } from '../edit/entry.ts';
import { useGuard } from '../edit/guard.tsx';
import { zone } from '../format.ts';
import type { Complaint } from '../parts/complaint.ts';
import { complaintsOf, Form } from '../parts/form.tsx';
import { ChoiceField, TextField } from '../parts/text-field.tsx';

const STARTS = { now: 'now', starts_at: 'once, later', cron: 'again and again' } as const;

interface Draft {
  readonly id: string;
  readonly servers: string;
  readonly tags: string;
  readonly starts: string;
  readonly starts_at: string;
  readonly cron: string;
  readonly timezone: string;
  readonly duration: string;
}

const EMPTY = { id: '', tags: '', starts: 'now', starts_at: '', cron: '', timezone: zone(), duration: '1h' };

export function WindowForm({ servers, onDone }: { servers: string; onDone: () => void }) {
  const { api, router, say } = useDashboard();
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, servers });
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const [touched, setTouched] = useState(false);
  const free = useGuard(touched);
  const wired = (path: keyof Draft) => ({
    path,
    value: draft[path],
    onInput: (text: string) => {
      setTouched(true);
      setDraft((last) => ({ ...last, [path]: text }));
    },
  });
  const save = async () => {
    try {
      await api.send('POST', '/maintenance', entryOf(draft));
      free();
      router.go('/monitor');
      say('The window is added.');
      onDone();
    } catch (error) {
      setComplaints(complaintsOf(error));
    }
  };
  const { starts } = draft;
  return (
    <Form kind="compact" label="Add a window" fields={Object.keys(draft)} complaints={complaints} onSubmit={save}>
      <TextField label="Servers" hint="Their ids. No servers and no tags: all servers." {...wired('servers')} />
      <TextField label="And servers tagged" {...wired('tags')} />
      <ChoiceField
        label="Begins"
        options={STARTS}
        {...wired('starts')}
        chosen={starts}
        onChoose={wired('starts').onInput}
      />
      {starts === 'starts_at' && <TextField label="At" isTime hint={zone()} {...wired(starts)} />}
      {starts === 'cron' && (
        <>
          <TextField
            label="Cron expression"
            hint="Minute, hour, day of the month, month, day of the week."
            placeholder="0 3 * * SUN"
            {...wired(starts)}
          />
          <TextField label="Time zone" {...wired('timezone')} />
        </>
      )}
      <TextField label="Lasts" hint="From 1m to 7d." {...wired('duration')} />
      <TextField label="Id" hint="Empty: one is made." {...wired('id')} />
      <div class="actions">
        <button type="submit" class="primary">
          Add
        </button>
        <a class="button plain-link" href="/monitor">
          Cancel
        </a>
      </div>
    </Form>
  );
}

function entryOf({ id, servers, tags, starts, starts_at: at, cron, timezone, duration }: Draft): object {
  return {
    ...(id && { id }),
    servers: wordsIn(servers),
    tags: wordsIn(tags),
    ...(starts === 'cron' && { cron, timezone }),
    ...(starts === 'starts_at' && { starts_at: at && new Date(at).toISOString() }),
    duration,
  };
}
