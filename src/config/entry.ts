import { z } from 'zod';
import { isJsonObject, type Json } from '../core/json.ts';
import type { EntryError } from '../core/monitor.ts';
import type { Server } from '../core/server.ts';
import { channelOf } from './channel.ts';
import type { ChannelKind, ConfiguredChannel, Entry, Mistake, Path } from './config.ts';
import { explain, issueWords } from './explain.ts';
import { idField } from './fields.ts';
import { channelSchema } from './file-schema.ts';
import { channelSecrets, maskedUrl, serverSecrets } from './mask.ts';
import { isSecretMark } from './merge.ts';
import { mistakesIn, type ServerContext, serverOf } from './server.ts';
import { hidesInChannel, valueAtPath } from './show.ts';

type Refused = { readonly ok: false; readonly errors: readonly EntryError[] };

export type CheckedServer =
  | { readonly ok: true; readonly server: Server; readonly masked: Entry; readonly secretPaths: readonly Path[] }
  | Refused;

/** Checks a server's entry that came through the API. Texts are taken as they are: `${…}` means nothing in them. */
export function checkServerEntry(entry: Json, context: ServerContext): CheckedServer {
  if (isJsonObject(entry) && 'command' in entry) {
    return refused([{ path: ['command'], at: 'key', message: 'stdio servers come from the configuration file only.' }]);
  }
  const mistakes = [
    ...copiedMarks(entry, isJsonObject(entry) ? serverSecrets(entry) : []),
    ...mistakesIn(entry, entry, context),
  ];
  if (mistakes.length > 0) return refused(mistakes);
  const result = serverOf({ resolved: entry, written: entry, source: { kind: 'ui' } }, context);
  if (!result.ok) return refused(result.mistakes);
  const { server, entry: masked, secrets } = result.configured;
  return { ok: true, server, masked, secretPaths: [...secrets, ...addressesThatHide(entry)] };
}

/** Where addresses are whose query may hold a token: shown without its values, kept like a secret. */
function addressesThatHide(entry: Json): readonly Path[] {
  const paths: readonly Path[] = [['url'], ['health_url'], ['health_url', 'ready'], ['health_url', 'live']];
  return paths.filter((path) => {
    const value = valueAtPath(entry, path);
    return typeof value === 'string' && maskedUrl(value) !== value;
  });
}

export type CheckedChannel =
  | {
      readonly ok: true;
      readonly channel: Omit<ConfiguredChannel, 'line' | 'entry'>;
      readonly masked: Entry;
      readonly secretPaths: readonly Path[];
    }
  | Refused;

/** Checks a channel's entry that came through the API: as in the file, with its `id` as a key. */
export function checkChannelEntry(
  entry: Json,
  { channelKinds }: { channelKinds: ReadonlyMap<string, ChannelKind> },
): CheckedChannel {
  if (!isJsonObject(entry))
    return refused([{ path: [], at: 'value', message: 'expected a channel with `id` and `type`.' }]);
  const { id, ...rest } = entry;
  const parsedId = z.object({ id: idField }).safeParse({ id }, { error: issueWords });
  const parsed = channelSchema(channelKinds).safeParse(rest, { error: issueWords });
  const issues = [...(parsedId.error?.issues ?? []), ...(parsed.error?.issues ?? [])];
  const secretPaths = channelSecrets(entry, channelKinds.get(String(entry['type']))?.secrets ?? []);
  const written = { root: entry, hides: hidesInChannel };
  const mistakes = [...copiedMarks(entry, secretPaths), ...explain(issues, written)];
  if (mistakes.length > 0 || !parsedId.success) return refused(mistakes);
  const { entry: masked, ...channel } = channelOf(
    { id: parsedId.data.id, written: rest, resolved: rest },
    channelKinds,
  );
  return { ok: true, channel, masked, secretPaths };
}

/** A `{ set: true }` that stands for no stored secret: what was sent is a copy of another entry. */
function copiedMarks(entry: Json, secrets: readonly Path[]): readonly Mistake[] {
  return secrets
    .filter((path) => isSecretMark(valueAtPath(entry, path)))
    .map((path) => ({ path, at: 'value', message: 'this secret is not known here; enter it again.' }));
}

/** One mistake for each place, the first one told. */
function refused(mistakes: readonly Mistake[]): Refused {
  const byPath = new Map<string, EntryError>();
  for (const { path, message } of mistakes) {
    const dotted = path.join('.');
    if (!byPath.has(dotted)) byPath.set(dotted, { path: dotted, message });
  }
  return { ok: false, errors: [...byPath.values()] };
}
