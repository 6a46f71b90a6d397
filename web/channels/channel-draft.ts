import type { Channel, ChannelKind } from '../../src/http/wire.ts';
import { type Entry, isMap, type Secret } from '../edit/draft.ts';

type Field = ChannelKind['fields'][number];

/** What a person is typing about a channel, by the key in its entry. */
export type ChannelDraft = Readonly<Record<string, Secret>>;

/** What every kind of channel has. */
export const COMMON: readonly Pick<Field, 'key' | 'list'>[] = [
  { key: 'severity', list: false },
  { key: 'tags', list: true },
];

export function channelDraft(fields: readonly Pick<Field, 'key'>[], before: Channel | null): ChannelDraft {
  const config = before?.config ?? {};
  return Object.fromEntries(
    ['id', ...fields.map(({ key }) => key)].map((key) => [key, { kept: isMap(config[key]), text: shown(config[key]) }]),
  );
}

/** Keys that the form does not show stay as they are. */
export function channelEntry(
  draft: ChannelDraft,
  fields: readonly Pick<Field, 'key' | 'list'>[],
  before: Entry,
): Entry {
  const entry: Record<string, Entry[string]> = { ...before, id: draft['id']?.text ?? '' };
  for (const { key, list } of fields) {
    const { kept, text = '' } = draft[key] ?? {};
    if (kept || (!isMap(before[key]) && text === shown(before[key]))) continue;
    if (text.trim() === '') delete entry[key];
    else entry[key] = list ? [...new Set(text.split(/[,;\s]+/).filter(Boolean))] : text.trim();
  }
  return entry;
}

function shown(value: Entry[string] | undefined): string {
  if (Array.isArray(value)) return value.join(', ');
  return value === undefined || isMap(value) ? '' : String(value);
}
