import { z } from 'zod';
import { isJsonObject, type Json } from '../core/json.ts';
import type { ChannelKind, ConfiguredChannel } from './config.ts';
import { channelSchema, commonChannelKeys } from './file-schema.ts';
import { channelSecrets, maskEntry } from './mask.ts';
import { toQuiet } from './quiet.ts';

interface ChannelSources {
  readonly id: string;
  /** References resolved, checked by channelSchema. */
  readonly resolved: Json | undefined;
  /** The same as a person wrote it: what may be shown once masked. */
  readonly written: Json;
}

/** The channel that a checked entry describes. */
export function channelOf(
  { id, resolved, written }: ChannelSources,
  kinds: ReadonlyMap<string, ChannelKind>,
): Omit<ConfiguredChannel, 'line'> {
  const parsed = channelSchema(kinds).parse(resolved);
  const { type, severity, tags, quiet } = z.object({ type: z.string(), ...commonChannelKeys }).parse(parsed);
  const own = Object.entries(parsed).filter(([key]) => key !== 'type' && !Object.hasOwn(commonChannelKeys, key));
  const entry = { id, ...(isJsonObject(written) ? written : {}) };
  return {
    id,
    kind: type,
    severity: severity ?? null,
    tags: [...new Set(tags)],
    ...(quiet === undefined ? {} : { quiet: toQuiet(quiet) }),
    settings: Object.fromEntries(own),
    entry: maskEntry(entry, channelSecrets(entry, kinds.get(type)?.secrets ?? [])),
  };
}
