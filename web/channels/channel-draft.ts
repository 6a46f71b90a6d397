import type { Channel } from '../../src/http/wire.ts';
import { type Entry, isMap, type Secret, text } from '../edit/draft.ts';

/** What a person is typing about a channel. Only the fields of its type are sent. */
export interface ChannelDraft {
  readonly id: string;
  readonly type: string;
  readonly to: string;
  readonly from: string;
  readonly smtp: Secret;
  readonly url: Secret;
  readonly secret: Secret;
  readonly severity: string;
  readonly tags: string;
}

const NO_SECRET: Secret = { kept: false, text: '' };

export function channelDraft(type: string, before: Channel | null): ChannelDraft {
  const config = before?.config ?? {};
  const secret = (key: string): Secret =>
    isMap(config[key]) ? { kept: true, text: '' } : { kept: false, text: text(config[key]) };
  return {
    id: before?.id ?? '',
    type,
    to: Array.isArray(config['to']) ? config['to'].map(text).join(', ') : '',
    from: text(config['from']),
    smtp: before === null ? NO_SECRET : secret('smtp'),
    url: before === null ? NO_SECRET : secret('url'),
    secret: before === null ? NO_SECRET : secret('secret'),
    severity: text(config['severity']),
    tags: Array.isArray(config['tags']) ? config['tags'].map(text).join(', ') : '',
  };
}

export function channelEntry(draft: ChannelDraft): Entry {
  const own =
    draft.type === 'email' ? { to: words(draft.to), from: draft.from.trim(), smtp: value(draft.smtp) } : webhook(draft);
  const tags = words(draft.tags);
  return {
    id: draft.id,
    type: draft.type,
    ...own,
    ...(draft.severity === '' ? {} : { severity: draft.severity }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

function webhook({ url, secret }: ChannelDraft): Entry {
  const signed = secret.kept || secret.text !== '';
  return { url: value(url), ...(signed ? { secret: value(secret) } : {}) };
}

function value({ kept, text: typed }: Secret): Entry[string] {
  return kept ? { set: true } : typed.trim();
}

function words(list: string): string[] {
  return [...new Set(list.split(/[,;\s]+/).filter(Boolean))];
}
