import { z } from 'zod';
import { SEVERITIES } from '../core/signal.ts';
import type { QuietSettings } from './config.ts';
import { timezone } from './fields.ts';
import { strictOr } from './server-schema.ts';

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;
const CLOCK_EXPECTED = 'expected a time of day in quotes, such as `"22:00"`';

const timeOfDay = z.string({ error: CLOCK_EXPECTED }).regex(CLOCK, { error: CLOCK_EXPECTED });

/** `quiet:` of a channel as written. */
export const quietSchema = z
  .strictObject(
    { from: timeOfDay, to: timeOfDay, timezone: timezone.optional(), except: z.enum(SEVERITIES).optional() },
    { error: strictOr('expected `{ from: "22:00", to: "07:00" }`, with `timezone` and `except` where wanted') },
  )
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'is the same as `from`; leave `quiet` out for no quiet hours',
  });

export function toQuiet({ from, to, timezone: zone, except }: z.output<typeof quietSchema>): QuietSettings {
  return { from: minutesOf(from), to: minutesOf(to), timezone: zone ?? null, except: except ?? null };
}

function minutesOf(clock: string): number {
  const [, hours, minutes] = CLOCK.exec(clock) ?? [];
  return Number(hours) * 60 + Number(minutes);
}
