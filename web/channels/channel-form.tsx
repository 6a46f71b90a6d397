import { useState } from 'preact/hooks';
import type { Channel } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { patchOf } from '../edit/entry.ts';
import { useGuard } from '../edit/guard.tsx';
import type { Complaint } from '../parts/complaint.ts';
import { complaintsOf, Form } from '../parts/form.tsx';
import { ChoiceField, SecretField, TextField } from '../parts/text-field.tsx';
import { channelPath } from '../paths.ts';
import { type ChannelDraft, channelDraft, channelEntry } from './channel-draft.ts';

const FIELDS = ['id', 'to', 'from', 'smtp', 'url', 'secret', 'severity', 'tags'];
const AUDIENCES = {
  '': 'everything',
  critical: 'only critical',
  major: 'major and worse',
  warning: 'warning and worse',
} as const;

export function ChannelForm({ before, type, onDone }: { before: Channel | null; type: string; onDone: () => void }) {
  const { api, router, fleet, say } = useDashboard();
  const [stored] = useState(() => channelDraft(type, before));
  const [draft, setDraft] = useState(stored);
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const free = useGuard(JSON.stringify(draft) !== JSON.stringify(stored));
  const change = (part: Partial<ChannelDraft>) => setDraft((last) => ({ ...last, ...part }));
  const title = before === null ? `Add ${type === 'email' ? 'a mailbox' : 'a webhook'}` : `Edit ${before.id}`;

  const save = async () => {
    try {
      const entry = channelEntry(draft);
      if (before === null) await api.send('POST', '/channels', entry);
      else await api.send('PATCH', channelPath(before.id), patchOf({ ...before.config, id: before.id }, entry));
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
    <Form kind="compact" label={title} fields={FIELDS} complaints={complaints} onSubmit={save}>
      <h2>{title}</h2>
      <TextField
        label="Id"
        path="id"
        value={draft.id}
        readOnly={before !== null}
        placeholder={type === 'email' ? 'ops' : 'pager'}
        onInput={(id) => change({ id })}
      />
      {type === 'email' ? (
        <EmailFields draft={draft} onChange={change} />
      ) : (
        <WebhookFields draft={draft} onChange={change} />
      )}
      <ChoiceField
        label="Tell"
        path="severity"
        options={AUDIENCES}
        chosen={draft.severity}
        onChoose={(severity) => change({ severity })}
      />
      <TextField
        label="Only for servers tagged"
        path="tags"
        value={draft.tags}
        hint="Empty: for all that name this channel."
        onInput={(tags) => change({ tags })}
      />
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

interface PartProps {
  readonly draft: ChannelDraft;
  readonly onChange: (part: Partial<ChannelDraft>) => void;
}

function EmailFields({ draft, onChange }: PartProps) {
  return (
    <>
      <TextField
        label="To"
        path="to"
        value={draft.to}
        placeholder="ops@example.com"
        hint="Several with commas."
        onInput={(to) => onChange({ to })}
      />
      <TextField
        label="From"
        path="from"
        value={draft.from}
        placeholder="alivemcp@example.com"
        onInput={(from) => onChange({ from })}
      />
      <SecretField
        label="SMTP server"
        path="smtp"
        hint="With user and password, stored encrypted and never shown again."
        placeholder="smtp://user:password@mail.example.com:587"
        secret={draft.smtp}
        onChange={(smtp) => onChange({ smtp })}
      />
    </>
  );
}

function WebhookFields({ draft, onChange }: PartProps) {
  return (
    <>
      <SecretField
        label="URL"
        path="url"
        hint="Stored encrypted: whoever knows it may post to it."
        placeholder="https://hooks.example.com/x"
        secret={draft.url}
        onChange={(url) => onChange({ url })}
      />
      <SecretField
        label="Signing secret"
        path="secret"
        hint="Optional. whsec_ and 24 to 64 random bytes in base64, as Standard Webhooks has it."
        placeholder="whsec_…"
        secret={draft.secret}
        onChange={(secret) => onChange({ secret })}
      />
    </>
  );
}
