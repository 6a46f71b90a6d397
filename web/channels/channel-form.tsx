import type { Channel, ChannelKind } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { EntryForm } from '../parts/entries.tsx';
import { type Entry, wordsIn } from '../parts/entry.ts';
import { AskedField, ChoiceField, TextField } from '../parts/fields.tsx';

export const CHANNEL = { name: 'channel', path: '/channels', home: '/channels' } as const;

/** By the lowest severity that is told. */
export const AUDIENCES = {
  '': 'everything',
  critical: 'only critical',
  major: 'major and worse',
  warning: 'warning and worse',
  info: 'info and worse',
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
  const { router } = useDashboard();
  return (
    <EntryForm
      before={before}
      begin={{ type: kind.type }}
      ready={(draft) => entryOf(draft, kind)}
      kind={CHANNEL}
      told=" Send a test to see that it arrives."
      onDone={onDone}
    >
      {() => (
        <>
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
        </>
      )}
    </EntryForm>
  );
}

/** Words as lists where lists are wanted; what the form does not show stays as it is. */
function entryOf(draft: Entry, { fields }: ChannelKind): Entry {
  const lists = ['tags', ...fields.filter(({ list }) => list).map(({ key }) => key)];
  const pairs = Object.entries(draft).map(([key, value]) => {
    if (lists.includes(key)) return [key, wordsIn(value)];
    return [key, typeof value === 'string' ? value.trim() : value];
  });
  return Object.fromEntries(pairs);
}
