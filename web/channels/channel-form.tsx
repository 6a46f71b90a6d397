import type { Channel, ChannelKind } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { type Entry, patchOf, text, wordsIn } from '../parts/entry.ts';
import { AskedField, ChoiceField, TextField } from '../parts/fields.tsx';
import { Form, FormButtons, useForm } from '../parts/form.tsx';
import { channelPath } from '../paths.ts';

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
  const { api, router, fleet } = useDashboard();
  const config = before === null ? { type: kind.type } : { ...before.config, id: before.id };
  const form = useForm(config, (draft) => entryOf(draft, kind));
  const title = before === null ? 'Add a channel' : `Edit ${before.id}`;
  const save = async () => {
    if (before === null) await api.send('POST', '/channels', form.entry);
    else await api.send('PATCH', channelPath(before.id), patchOf(config, form.entry));
    fleet.reload();
    onDone();
    const words = before === null ? 'added. Send a test to see that it arrives.' : 'saved.';
    return ['/channels', `The channel is ${words}`] as const;
  };
  return (
    <Form form={form} label={title} onSave={save}>
      <h2>{title}</h2>
      {before === null && (
        <ChoiceField
          label="Kind"
          path="type"
          options={Object.fromEntries(kinds.map(({ type, name }) => [type, name]))}
          onChoose={(type) => router.go(`/channels?new=${type}`)}
        />
      )}
      <TextField label="Id" path="id" placeholder="ops" readOnly={before !== null} />
      {kind.fields.map((field) => (
        <AskedField key={field.key} of={field} />
      ))}
      <ChoiceField label="Tell" path="severity" options={AUDIENCES} />
      <TextField label="Only for servers tagged" path="tags" hint="Empty: for all that name this channel." />
      <FormButtons save="Save" cancel="/channels" />
    </Form>
  );
}

/** Words as lists where lists are wanted; what the form does not show stays as it is. */
function entryOf(draft: Entry, { fields }: ChannelKind): Entry {
  const lists = ['tags', ...fields.filter(({ list }) => list).map(({ key }) => key)];
  const pairs = Object.entries(draft).map(([key, value]) => {
    if (lists.includes(key)) return [key, wordsIn(value)];
    return [key, typeof value === 'string' ? text(value).trim() : value];
  });
  return Object.fromEntries(pairs);
}
