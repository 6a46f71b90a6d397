import { z } from 'zod';
import { count, entry, page } from './schema-probe.ts';

/** Neither servers nor tags: it shows all public servers. */
export const StatusPage = z.object({
  id: z.string(),
  source: z.enum(['config', 'ui']),
  title: z.string(),
  servers: z.array(z.string()),
  tags: z.array(z.string()),
  notes: z.string(),
  url: z.string(),
  /** The servers that are on it, in its order. */
  shown: z.array(z.string()),
  /** Servers that it names and does not show: they are not `public`, or there is none of that id. */
  hidden: z.array(z.string()),
  /** Where the file says so; null for pages made in the browser. */
  defined_at: z.object({ file: z.string(), line: count }).nullable(),
  /** The entry as written. Send it back changed to PATCH. */
  config: entry,
});
export const StatusPages = page(StatusPage);
