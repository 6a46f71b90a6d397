import { z } from 'zod';
import { duration } from './duration.ts';
import { idField, tagList, timezone } from './fields.ts';
import { strictOr } from './server-schema.ts';

const INSTANT_EXPECTED = 'expected a time with its offset, such as `2026-12-24T22:00Z` or `2026-12-24T23:00+01:00`';

/** One maintenance window as written. */
export const windowSchema = z.strictObject(
  {
    id: idField.optional(),
    servers: z
      .array(idField, { error: 'expected a list of server ids, such as `[orders]`' })
      .max(1000, { error: 'expected at most 1000 servers' })
      .optional(),
    tags: tagList.optional(),
    cron: z.string({ error: 'expected a cron expression in quotes, such as `"0 3 * * SUN"`' }).optional(),
    timezone: timezone.optional(),
    starts_at: z.string({ error: INSTANT_EXPECTED }).refine(isInstant, { error: INSTANT_EXPECTED }).optional(),
    duration: duration('1m', '7d'),
  },
  { error: strictOr('expected a window, such as `{ servers: [orders], cron: "0 3 * * SUN", duration: 1h }`') },
);

export type WindowEntry = z.output<typeof windowSchema>;

/** RFC 3339 with an offset; seconds may be left out. */
const INSTANTS = [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })];

function isInstant(text: string): boolean {
  return INSTANTS.some((instant) => instant.safeParse(text).success);
}
