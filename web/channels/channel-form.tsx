import { useState } from 'preact/hooks';
import type { Channel, ChannelKind } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { patchOf } from '../edit/entry.ts';
import { useGuard } from '../edit/guard.tsx';
import type { Complaint } from '../parts/complaint.ts';
import { complaintsOf, Form } from '../parts/form.tsx';
import { ChoiceField, SecretField, TextField } from '../parts/text-field.tsx';
import { channelPath } from '../paths.ts';
import { COMMON, channelDraft, channelEntry } from './channel-draft.ts';

const AUDIENCES = {
  '': 'everything',
  critical: 'only critical',
  major: 'major and worse',
  warning: 'warning and worse',
} as const;

/** Asks for what the monitor says the kind needs; a new kind needs nothing here. */
export function ChannelForm({
  before,
  kinds,
  kind,
  onDone,
}: {
  before: Channel | null;
  kinds: readonly ChannelKind[];
  kind: ChannelKind;
  onDone: () => void;
}) {
  const { api, router, fleet, say } = useDashboard();
  const fields = [...kind.fields, ...COMMON];
  const [stored] = useState(() => channelDraft(fields, before));
  const [draft, setDraft] = useState(stored);
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const free = useGuard(JSON.stringify(draft) !== JSON.stringify(stored));
  const title = before === null ? 'Add a channel' : `Edit ${before.id}`;
  const wired = (path: string) => ({
    path,
    value: draft[path]?.text ?? '',
    onInput: (text: string) => setDraft((last) => ({ ...last, [path]: { kept: false, text } })),
  });

  const save = async () => {
    try {
      const config = before?.config ?? { type: kind.type };
      const entry = channelEntry(draft, fields, config);
      if (before === null) await api.send('POST', '/channels', entry);
      else await api.send('PATCH', channelPath(before.id), patchOf({ ...config, id: before.id }, entry));
      free();
      router.go('/channels');
      say(before === null ? 'The channel is added. Send a test to see that it arrives.' : 'The channel is saved.');
      fleet.reload();
      onDone();
    } catch (error) {
      setComplaints(complaintsOf(error));
    }
  };

  return (
    <Form kind="compact" label={title} fields={Object.keys(draft)} complaints={complaints} onSubmit={save}>
      <h2>{title}</h2>
      {before === null && (
        <ChoiceField
          label="Kind"
          path="type"
          options={Object.fromEntries(kinds.map(({ type, name }) => [type, name]))}
          chosen={kind.type}
          onChoose={(type) => router.go(`/channels?new=${type}`)}
        />
      )}
      <TextField label="Id" {...wired('id')} readOnly={before !== null} placeholder="ops" />
      {kind.fields.map(({ key, label, hint, example, secret }) => {
        const all = { label, hint: hint || undefined, placeholder: example, ...wired(key) };
        return secret ? (
          <SecretField
            key={key}
            {...all}
            secret={draft[key] ?? { kept: false, text: '' }}
            onChange={({ text }) => all.onInput(text)}
          />
        ) : (
          <TextField key={key} {...all} />
        );
      })}
      <ChoiceField
        label="Tell"
        path="severity"
        options={AUDIENCES}
        chosen={wired('severity').value}
        onChoose={wired('severity').onInput}
      />
      <TextField label="Only for servers tagged" hint="Empty: for all that name this channel." {...wired('tags')} />
      <div class="actions">
        <button type="submit" class="primary">
          Save
        </button>
        <a class="button plain-link" href="/channels">
          Cancel
        </a>
      </div>
    </Form>
  );
}
