import { z } from 'zod';
import { count, entry, ms, page, time } from './schema-probe.ts';

const occurrence = z.object({ from: time, to: time });

/** Neither servers nor tags: it is for all servers. Either `cron` or `starts_at` is there. */
export const MaintenanceWindow = z.object({
  id: z.string(),
  source: z.enum(['config', 'ui']),
  servers: z.array(z.string()),
  tags: z.array(z.string()),
  cron: z.string().nullable(),
  /** Of `cron`; null: that of the monitor's machine. */
  timezone: z.string().nullable(),
  starts_at: time.nullable(),
  duration_ms: ms,
  active: z.boolean(),
  /** When it closes; null while it is not open. */
  until: time.nullable(),
  /** The next three times it opens, fewer where no more come. */
  next: z.array(occurrence),
  /** Where the file says so; null for windows made in the browser. */
  defined_at: z.object({ file: z.string(), line: count }).nullable(),
  /** The entry as written. Send it back changed to PATCH. */
  config: entry,
});
export const MaintenancePage = page(MaintenanceWindow);
