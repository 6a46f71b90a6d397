import { useState } from 'preact/hooks';
import type { Channel } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { type Mistake, patchOf } from '../edit/entry.ts';
import { useGuard } from '../edit/guard.tsx';
import { asApiError } from '../load.ts';
import { Complaints, concerns, Field } from '../parts/field.tsx';
import { SecretInput } from '../parts/secret-field.tsx';
import { type ChannelDraft, channelDraft, channelEntry } from './channel-draft.ts';

const FIELDS = ['id', 'to', 'from', 'smtp', 'url', 'secret', 'severity', 'tags'];

export function ChannelForm({ before, type, onDone }: { before: Channel | null; type: string; onDone: () => void }) {
  const { api, router, fleet, say } = useDashboard();
  const [stored] = useState(() => channelDraft(type, before));
  const [draft, setDraft] = useState(stored);
  const [mistakes, setMistakes] = useState<readonly Mistake[]>([]);
  const free = useGuard(JSON.stringify(draft) !== JSON.stringify(stored));
  const change = (part: Partial<ChannelDraft>) => setDraft((last) => ({ ...last, ...part }));

  const save = async () => {
    try {
      const entry = channelEntry(draft);
      if (before === null) await api.send('POST', '/channels', entry);
      else
        await api.send(
          'PATCH',
          `/channels/${encodeURIComponent(before.id)}`,
          patchOf({ ...before.config, id: before.id }, entry),
        );
      free();
      router.go('/channels');
      say(before === null ? 'The channel is added. Send a test to see that it arrives.' : 'The channel is saved.');
      fleet.reload();
      onDone();
    } catch (error) {
      const { fields, message } = asApiError(error);
      setMistakes(fields.length > 0 ? fields : [{ path: '', message }]);
    }
  };
  const unplaced = mistakes.filter(({ path }) => !FIELDS.some((field) => concerns(path, field, false)));

  return (
    <Complaints.Provider value={mistakes}>
      <form
        class="compact channel-form"
        noValidate
        aria-label={before === null ? `Add ${type}` : `Edit ${before.id}`}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2>{before === null ? `Add ${type === 'email' ? 'a mailbox' : 'a webhook'}` : `Edit ${before.id}`}</h2>
        {unplaced.length > 0 && (
          <div class="notice-band bad" role="alert">
            {unplaced.map(({ path, message }) => (
              <p key={path + message}>
                {path !== '' && <code>{path}</code>} {message}
              </p>
            ))}
          </div>
        )}
        <Words
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
        <Field label="Tell" path="severity">
          {(wiring) => (
            <select
              {...wiring}
              value={draft.severity}
              onChange={(event) => change({ severity: event.currentTarget.value })}
            >
              <option value="">everything</option>
              <option value="critical">only critical</option>
              <option value="major">major and worse</option>
              <option value="warning">warning and worse</option>
            </select>
          )}
        </Field>
        <Words
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
      </form>
    </Complaints.Provider>
  );
}

interface PartProps {
  readonly draft: ChannelDraft;
  readonly onChange: (part: Partial<ChannelDraft>) => void;
}

function EmailFields({ draft, onChange }: PartProps) {
  return (
    <>
      <Words
        label="To"
        path="to"
        value={draft.to}
        placeholder="ops@example.com"
        hint="Several with commas."
        onInput={(to) => onChange({ to })}
      />
      <Words
        label="From"
        path="from"
        value={draft.from}
        placeholder="alivemcp@example.com"
        onInput={(from) => onChange({ from })}
      />
      <Field label="SMTP server" path="smtp" hint="With user and password, stored encrypted and never shown again.">
        {(wiring) => (
          <SecretInput
            wiring={wiring}
            secret={draft.smtp}
            placeholder="smtp://user:password@mail.example.com:587"
            onChange={(smtp) => onChange({ smtp })}
          />
        )}
      </Field>
    </>
  );
}

function WebhookFields({ draft, onChange }: PartProps) {
  return (
    <>
      <Field label="URL" path="url" hint="Stored encrypted: whoever knows it may post to it.">
        {(wiring) => (
          <SecretInput
            wiring={wiring}
            secret={draft.url}
            placeholder="https://hooks.example.com/x"
            onChange={(url) => onChange({ url })}
          />
        )}
      </Field>
      <Field
        label="Signing secret"
        path="secret"
        hint="Optional. whsec_ and 24 to 64 random bytes in base64, as Standard Webhooks has it."
      >
        {(wiring) => (
          <SecretInput
            wiring={wiring}
            secret={draft.secret}
            placeholder="whsec_…"
            onChange={(secret) => onChange({ secret })}
          />
        )}
      </Field>
    </>
  );
}

function Words({
  label,
  path,
  value,
  hint,
  placeholder,
  readOnly = false,
  onInput,
}: {
  label: string;
  path: string;
  value: string;
  hint?: string;
  placeholder?: string;
  readOnly?: boolean;
  onInput: (value: string) => void;
}) {
  return (
    <Field label={label} path={path} {...(hint === undefined ? {} : { hint })}>
      {(wiring) => (
        <input
          {...wiring}
          spellcheck={false}
          value={value}
          placeholder={placeholder ?? ''}
          readOnly={readOnly}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
