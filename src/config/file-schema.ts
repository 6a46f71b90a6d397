import { z } from 'zod';
import { SEVERITIES } from '../core/signal.ts';
import type { ChannelKind } from './config.ts';
import { idField, tagList } from './fields.ts';
import { monitorSchema } from './monitor-schema.ts';
import { pageSchema } from './page.ts';
import { quietSchema } from './quiet.ts';
import { defaultsSchema, serverSchema, strictOr } from './server-schema.ts';
import { windowSchema } from './window-schema.ts';
import { list } from './words.ts';

/** What every kind of channel takes. */
export const commonChannelKeys = {
  severity: z.enum(SEVERITIES).optional(),
  tags: tagList.optional(),
  quiet: quietSchema.optional(),
} as const;

/** One channel as written, by its `type`. */
export function channelSchema(kinds: ReadonlyMap<string, ChannelKind>) {
  const options = [...kinds].map(([kind, { settings }]) =>
    settings.safeExtend({ type: z.literal(kind), ...commonChannelKeys }),
  );
  const [first = z.strictObject({ type: z.never() }), ...others] = options;
  return z.discriminatedUnion('type', [first, ...others], {
    error: `expected a channel with \`type:\` ${list([...kinds.keys()])}`,
  });
}

/** The whole file as written. A part whose keys are all commented out is `null`, as good as left out. */
export function fileSchema(kinds: ReadonlyMap<string, ChannelKind>) {
  return z.strictObject(
    {
      monitor: monitorSchema.nullish(),
      defaults: defaultsSchema.nullish(),
      channels: z
        .record(idField, channelSchema(kinds), {
          error: 'expected channels by their id, such as `ops: { type: email, … }`',
        })
        .nullish(),
      servers: z.array(serverSchema, { error: 'expected a list of servers, each starting with `- id: …`' }).nullish(),
      maintenance: z
        .array(windowSchema, { error: 'expected a list of windows, such as `- { cron: "0 3 * * SUN", duration: 1h }`' })
        .nullish(),
      status_pages: z
        .array(pageSchema, { error: 'expected a list of status pages, such as `- { id: main, title: Status }`' })
        .nullish(),
    },
    { error: strictOr('expected the keys `monitor`, `defaults`, `channels` and `servers`') },
  );
}
